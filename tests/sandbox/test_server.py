"""The sandbox as a whole: how it is made, driven, counted and kept."""

from __future__ import annotations

import runpy
import sqlite3
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

import pagertree_async.sandbox
from pagertree_async.sandbox import Sandbox
from tests.sandbox.wire import LISTS, Clock, Wire, drive

TABLES = (*(name for name in LISTS if name != "incident"), "account", "token")


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a database file holds, table by table."""
    connection = sqlite3.connect(path)
    try:
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY seq").fetchall() for name in TABLES}
    finally:
        connection.close()


def test_one_step_of_the_coroutine_answers() -> None:
    """Without any event loop, a single send runs a request to its end."""
    with Sandbox(size=0) as sandbox:
        body = f'{{"username": "{sandbox.username}", "password": "{sandbox.password}"}}'.encode()
        reply = drive(sandbox.app, "POST", "/public/login", body, b"", {})
        assert 200 == reply.status
        reply = drive(sandbox.app, "GET", "/user", b"", b"limit=1", {"authorization": reply.json["token"]})
        assert (200, "Alex Rivera") == (reply.status, reply.json["data"][0]["name"])


@pytest.mark.anyio
async def test_an_http_library_gets_answers_in_an_event_loop() -> None:
    """Concurrent tasks of an event loop read, write and get the headers that every answer has."""
    with Sandbox(size=0) as sandbox:
        transport = httpx.ASGITransport(app=sandbox.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
            client.headers["authorization"] = sandbox.token()
            made: list[httpx.Response] = []

            async def make(number: int) -> None:
                made.append(await client.post("/team", json={"name": f"team {number}"}))

            async with anyio.create_task_group() as group:
                for number in range(20):
                    group.start_soon(make, number)
            listed = await client.get("/team", params={"limit": 100, "name": "team ", "ops": "name:beginsWith"})
        assert {201} == {reply.status_code for reply in made}
        assert (20, 20) == (listed.json()["total_count"], len({reply.json()["id"] for reply in made}))
        assert {"application/json"} == {reply.headers["content-type"] for reply in [*made, listed]}
        assert 21 == len({reply.headers["x-request-id"] for reply in [*made, listed]})


def test_threads_may_call_at_the_same_time() -> None:
    """Eight threads reading and writing lose nothing."""
    with Sandbox(size=0) as sandbox:
        wire = Wire(sandbox)
        start = threading.Barrier(8)

        def work(number: int) -> list[int]:
            start.wait()
            return [
                reply.status
                for step in range(10)
                for reply in (wire.post("/team", {"name": f"{number}/{step}"}), wire.get("/team", limit=100))
            ]

        with ThreadPoolExecutor(8) as pool:
            statuses = [status for found in pool.map(work, range(8)) for status in found]
        assert {200: 80, 201: 80} == Counter(statuses)
        assert (84, 84) == (sandbox.count("team"), len({team["tinyId"] for team in wire.everything("/team")}))
        assert 80 == sandbox.requests["POST /team"]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two accounts of a seed are equal to the byte whatever the clock says; another seed's is another."""
    for name, seed, now in (("a", 7, 1e9), ("b", 7, 2e9), ("c", 8, 1e9)):
        Sandbox(str(tmp_path / name), seed=seed, size=300, clock=Clock(now)).close()
    first, second, other = (contents(tmp_path / name) for name in "abc")
    assert first == second
    assert not {row[1] for row in first["alert"]} & {row[1] for row in other["alert"]}


def test_a_file_is_served_as_it_was_left(tmp_path: Path) -> None:
    """Opening a file again seeds nothing, whatever seed and size are given, and takes the same credentials."""
    path = str(tmp_path / "account.db")
    with Sandbox(path, seed=5, alerts=3) as sandbox:
        team, token = Wire(sandbox).made("/team", name="mine"), sandbox.token()
        entry = (sandbox.username, sandbox.password, sandbox.api_key, sandbox.api_secret)
    before = contents(tmp_path / "account.db")
    with Sandbox(path, seed=6, size=5000) as sandbox:
        assert entry == (sandbox.username, sandbox.password, sandbox.api_key, sandbox.api_secret)
        assert team == Wire(sandbox, {"authorization": token}).get(f"/team/{team['id']}").json
        assert 3 == sandbox.count("alert")
        assert 200 == Wire(sandbox).post("/public/login", {"username": entry[0], "password": entry[1]}).status
    assert before == contents(tmp_path / "account.db")


def test_what_another_process_writes_is_seen(tmp_path: Path) -> None:
    """A list read before shows what another connection has written to the file since."""
    with Sandbox(str(tmp_path / "account.db"), alerts=3) as sandbox:
        wire = Wire(sandbox)
        assert 3 == wire.get("/alert").json["total_count"]
        connection = sqlite3.connect(tmp_path / "account.db")
        with connection:
            connection.execute("DELETE FROM alert WHERE seq = 1")
        connection.close()
        assert 2 == wire.get("/alert").json["total_count"] == sandbox.count("alert")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Something else's file is left as it is, and nothing stays open."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Sandbox(str(path))
    assert path.read_text().startswith("Dear Sir")


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """A database of something else is not written to."""
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE diary (entry TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(sqlite3.DatabaseError, match="is a database of something else"):
        Sandbox(str(path))
    assert before == path.read_bytes()


def test_a_seed_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """An account that cannot be made leaves an empty file, which the next attempt fills."""
    path = tmp_path / "account.db"
    with pytest.raises(TypeError):
        Sandbox(str(path), size="many")  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError):
        Sandbox(str(path), alerts=1.5)  # pyright: ignore[reportArgumentType]
    assert {0} == {len(rows) for rows in contents(path).values()}
    with Sandbox(str(path), alerts=1) as sandbox:
        assert 1 == sandbox.count("alert")


@pytest.mark.parametrize("seed", range(1, 6))
def test_an_account_has_at_least_a_thousand_objects(seed: int) -> None:
    """By default there are a thousand objects and not many more, some of every resource."""
    with Sandbox(seed=seed) as sandbox:
        counts = {name: sandbox.count(name) for name in TABLES}
    assert 1000 <= sum(counts.values()) <= 1500
    assert 0 < min(counts.values())


def test_the_seeded_objects_hang_together(big: Wire) -> None:
    """Every id that a seeded object names belongs to a seeded object, and no two objects share one."""
    objects = [item for name in LISTS if name != "incident" for item in big.everything(f"/{name}")]
    account = big.get(f"/account/{objects[0]['sid']}").json
    known = {item["id"] for item in [*objects, account, big.get(f"/token/{account['token_id']}").json]}
    assert len(objects) + 2 == len(known)
    named = set()

    def visit(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                visit(inner, key)
        elif isinstance(value, list):
            for inner in value:
                visit(inner, name)
        elif isinstance(value, str) and (
            name == "sid" or name.endswith(("_id", "_ids", "by", "attendees", "default_receiver"))
        ):
            named.add((name, value))

    for item in objects:
        visit(item, "")
    free = {"thirdparty_id", "workflow_id"}
    assert set() == {value for name, value in named if name not in free} - known
    assert {"destination_ids", "attendees", "schedule_id", "p_event_id", "event_id", "acknowledgedby"} <= {
        name for name, _ in named
    }


def test_the_seeded_account_looks_used(big: Wire) -> None:
    """Alerts are in every state and urgency, over months before a fixed day; some text is not ASCII; some is untouched."""
    alerts = big.everything("/alert")
    assert {"queued", "open", "acknowledged", "resolved", "archived", "dropped"} == {
        alert["status"] for alert in alerts
    }
    assert {"silent", "low", "medium", "high", "critical"} == {alert["urgency"] for alert in alerts}
    times = [alert["createdAt"] for alert in alerts]
    assert ("2025-09", "2025-12") == (min(times)[:7], max(times)[:7])
    assert times == sorted(times)
    assert any(not alert["title"].isascii() for alert in alerts)
    assert {True, False} == {"updatedAt" in alert for alert in alerts}
    logs = big.everything("/log")
    assert {alert["id"] for alert in alerts} <= {log["owner_id"] for log in logs}
    assert [log["createdAt"] for log in logs] == sorted(log["createdAt"] for log in logs)


def test_a_hundred_thousand_alerts_are_made_and_listed_fast() -> None:
    """The number of alerts is exact; seeding takes seconds, a page a moment, however deep it lies."""
    begin = time.perf_counter()
    with Sandbox(alerts=100_000) as sandbox:
        assert 20 > time.perf_counter() - begin
        wire = Wire(sandbox)
        assert 100_000 == wire.get("/alert").json["total_count"] == sandbox.count("alert")
        begin = time.perf_counter()
        pages = [wire.get("/alert", limit=100, offset=offset) for offset in range(0, 100_000, 10_000)]
        assert 0.5 > time.perf_counter() - begin
        assert {100} == {len(page.json["data"]) for page in pages}
        first, last = (wire.ids("/alert", limit=1, sort=order)[0] for order in ("created", "-created"))
        assert 0 == wire.get(f"/alert/{first}/notifications").json["total_count"]
        assert 0 == sum(1 for one in wire.everything("/log", owner_id=first))
        assert 1 == sum(1 for one in wire.everything("/log", owner_id=last))


def test_requests_are_counted_by_method_and_template() -> None:
    """Whatever comes is counted once, refused or not; unknown paths together."""
    with Sandbox(size=0) as sandbox:
        wire, nobody = Wire(sandbox), Wire(sandbox, {})
        wire.get("/team/x"), wire.get("/team/y"), nobody.get("/team/x")
        wire.post("/public/login"), wire.get("/nowhere"), wire.get("/else/where"), wire("PATCH", "/team")
        expected = {"GET /team/:id": 3, "POST /public/login": 1, "GET *": 2, "PATCH /team": 1}
        assert (expected, 7, 1) == (sandbox.requests, sandbox.requests.total(), sandbox.logins)


@pytest.mark.parametrize("path", ["/", "/nowhere", "/team/", "/team/a/b/c", "/public", "/token"])
def test_an_unknown_path_is_not_found(wire: Wire, path: str) -> None:
    """What leads nowhere is a 404 in the API's words."""
    reply = wire.get(path)
    assert (404, [f"The path {path} does not exist"]) == (reply.status, reply.messages)
    assert "application/json" == reply.headers["content-type"]


def test_a_wrong_method_is_named_with_the_right_ones(wire: Wire) -> None:
    """A 405 says which methods there are."""
    reply = wire("PATCH", "/team/x")
    assert (405, "DELETE, GET, PUT") == (reply.status, reply.headers["allow"])
    assert ["PATCH is not possible here: use DELETE, GET, PUT"] == reply.messages
    assert "POST" == wire.get("/public/login").headers["allow"]


def test_every_answer_has_its_own_request_id(wire: Wire) -> None:
    """Good answers and bad ones carry a request id."""
    replies = [
        wire.get("/team"),
        wire.get("/x"),
        wire.get("/team/x"),
        wire.post("/team"),
        wire("PUT", "/team"),
        wire.delete("/team/x"),
    ]
    assert 6 == len({reply.headers["x-request-id"] for reply in replies})


def test_a_fault_of_the_sandbox_is_a_500_in_the_words_of_the_api() -> None:
    """What breaks inside is answered as JSON, then raised for whoever serves."""
    sandbox = Sandbox(size=0)
    headers = {"authorization": sandbox.token()}
    sandbox.close()
    sandbox.close()
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/team",
        "query_string": b"",
        "headers": [(b"authorization", headers["authorization"].encode())],
    }
    with pytest.raises(sqlite3.ProgrammingError):
        sandbox.app(scope, receive, send).send(None)
    assert (500, b'{"errors":[{"message":"Something went wrong: ProgrammingError"}]}') == (
        sent[0]["status"],
        sent[1]["body"],
    )


def test_only_what_exists_is_counted(wire: Wire) -> None:
    """Counting something that is no resource is a KeyError."""
    with pytest.raises(KeyError):
        wire.sandbox.count("alert; DROP TABLE alert")


def test_the_sandbox_imports_nothing_of_the_client() -> None:
    """Every import is of the standard library, the sandbox itself or the three libraries it may use."""
    import ast
    import sys

    import pagertree_async.sandbox as package

    allowed = {*sys.stdlib_module_names, "starlette", "msgspec", "dateutil"}
    files = list(Path(package.__path__[0]).rglob("*.py"))
    assert 10 < len(files)
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                assert 0 == node.level
            for name in names:
                assert name.split(".")[0] in allowed or name.startswith("pagertree_async.sandbox"), (file, name)
                assert not name.startswith("dateutil") or file.name == "oncall.py", (file, name)


def test_a_part_of_its_own_that_is_missing_is_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation says which module it lacks, and not to install an extra that is there."""
    missing = "pagertree_async.sandbox.server"
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ModuleNotFoundError) as caught:
        runpy.run_path(str(Path(pagertree_async.sandbox.__file__)))
    assert (missing, False) == (caught.value.name, "pip install" in str(caught.value))
