"""Every list of an account as files that are whole or not there."""

from __future__ import annotations

import json
import sqlite3
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from pagertree_async import InvalidArgumentError, PagerTreeError, ServerError, Token
from pagertree_async.calling import BlockingSignal
from pagertree_async.export import Exported, ExportError, Progress, Report, export, linefile, resources, rows
from pagertree_async.models import Model
from pagertree_async.sandbox import Sandbox
from tests.modes import Mode, got

LISTS = {
    "alerts": "alert",
    "automations": "automation",
    "broadcasts": "broadcast",
    "events": "event",
    "incidents": "incident",
    "integrations": "integration",
    "logs": "log",
    "notifications": "notification",
    "routers": "router",
    "schedules": "schedule",
    "stakeholders": "stakeholder",
    "teams": "team",
    "users": "user",
}
"""The 13 lists of the API, with the tables of the sandbox."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An account in a file."""
    path = tmp_path_factory.mktemp("account") / "sandbox.db"
    with Sandbox(str(path), size=600):
        return path


@pytest.fixture
def sandbox(database: Path) -> Iterator[Sandbox]:
    """The account, served."""
    with Sandbox(str(database)) as sandbox:
        yield sandbox


def client(mode: Mode, app: Any, token: str = "a-token") -> Any:
    return mode.on(app, Token(token), timeout=5.0)


def exported(mode: Mode, client: Any, folder: Path, **settings: Any) -> Report:
    """Export in a mode."""

    async def scenario() -> Report:
        try:
            return await got(export(client, folder, **settings))
        finally:
            await mode.close(client)

    return mode.run(scenario)


def answering(body: bytes, status: int = 200, pause: bool = False) -> Any:
    """An application that answers every request alike."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if pause:
            await anyio.sleep(0.05)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return app


def test_every_list_row_for_row(mode: Mode, sandbox: Sandbox, database: Path, tmp_path: Path) -> None:
    """Each list has a file with just the rows that its table has, each a line of valid JSON, in their order."""
    report = exported(mode, client(mode, sandbox.app, sandbox.token()), tmp_path / "new" / "folder")
    connection = sqlite3.connect(database)
    for name, table in LISTS.items():
        lines = (tmp_path / "new" / "folder" / f"{name}.ndjson").read_bytes().splitlines()
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (len(lines),)
        assert [row[0] for row in connection.execute(f"SELECT id FROM {table} ORDER BY seq")] == [
            json.loads(line)["id"] for line in lines
        ]
    connection.close()
    assert sorted(f"{name}.ndjson" for name in LISTS) == sorted(
        path.name for path in (tmp_path / "new" / "folder").iterdir()
    )
    assert (list(LISTS), ()) == ([one.resource for one in report.resources], report.warnings)
    assert report.rows == sum(sandbox.count(table) for table in LISTS.values())
    assert report.bytes == sum(one.path.stat().st_size for one in report.resources)
    assert report.pages == sum(-(-one.rows // 100) for one in report.resources)


def test_secrets_are_left_out(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """A user's secrets are not in the file; everything else is, just as it was sent."""
    exported(mode, client(mode, sandbox.app, sandbox.token()), tmp_path, only=["users"])
    rows = {row["id"]: row for row in map(json.loads, (tmp_path / "users.ndjson").read_bytes().splitlines())}
    kept = sandbox._store.all("user")
    assert any(user.get("password") for user in kept)
    assert [
        {name: value for name, value in user.items() if name not in {"password", "verificationcode"}} for user in kept
    ] == [rows[user["id"]] for user in kept]


def test_progress_is_told(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """After each page, and once a file is final."""
    told: list[Progress] = []
    exported(mode, client(mode, sandbox.app, sandbox.token()), tmp_path, only="alerts", progress=told.append)
    total = sandbox.count("alert")
    assert [*range(100, total, 100), total, total] == [step.rows for step in told]
    assert ([total] * len(told), [False] * (len(told) - 1) + [True]) == (
        [step.total for step in told],
        [step.done for step in told],
    )


def test_lists_are_named_by_the_endpoint_table(mode: Mode) -> None:
    """What can be exported is what can be listed."""
    assert list(LISTS) == list(resources(client(mode, answering(b""))))


@pytest.mark.parametrize(
    ("settings", "error"), [({"only": ["nonsense"]}, "there is no list of 'nonsense'"), ({"at_once": 0}, "at_once")]
)
def test_wrong_arguments(settings: dict[str, Any], error: str, mode: Mode, tmp_path: Path) -> None:
    """An unknown resource and no concurrency at all are refused before anything is made."""
    with pytest.raises(InvalidArgumentError, match=error):
        export(client(mode, answering(b"")), tmp_path / "new", **settings)
    assert [] == list(tmp_path.iterdir())


def test_a_failure_keeps_what_is_whole(mode: Mode, sandbox: Sandbox, tmp_path: Path) -> None:
    """The resource that failed is named with its cause, whole files and older ones stay, and it can be gone on with."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        failing = scope["path"] == "/log" and b"gte" in scope["query_string"]
        await (answering(b"", 409) if failing else sandbox.app)(scope, receive, send)

    (tmp_path / "logs.ndjson").write_text("an older export\n")
    with pytest.raises(ExportError) as caught:
        exported(mode, client(mode, app, sandbox.token()), tmp_path, at_once=1)
    assert ("logs", 409) == (caught.value.resource, caught.value.__cause__.status)
    assert ["alerts", "automations", "broadcasts", "events", "incidents", "integrations"] == [
        one.resource for one in caught.value.report.resources
    ]
    assert "an older export\n" == (tmp_path / "logs.ndjson").read_text()
    report = exported(mode, client(mode, sandbox.app, sandbox.token()), tmp_path)
    assert list(LISTS) == [one.resource for one in report.resources]
    assert sorted(f"{name}.ndjson" for name in LISTS) == sorted(path.name for path in tmp_path.iterdir())
    lines = (tmp_path / "logs.ndjson").read_bytes().splitlines()
    assert sandbox.count("log") == len({json.loads(line)["id"] for line in lines}) == len(lines)


def test_a_failure_ends_the_others(sandbox: Sandbox, tmp_path: Path) -> None:
    """Several at a time: the first that fails ends the others, and leaves no file of theirs that seems whole."""
    mode = Mode("asyncio")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != "/alert":
            await anyio.sleep(0.02)
            await answering(b"", 409)(scope, receive, send)
        else:
            await anyio.sleep(5)

    with pytest.raises(ExportError) as caught:
        exported(mode, client(mode, app), tmp_path)
    assert ([], False) == (list(tmp_path.glob("*.ndjson")), caught.value.resource == "alerts")


def test_several_fail_at_once(tmp_path: Path) -> None:
    """Where several fail, one is told."""
    mode = Mode("trio")
    with pytest.raises(ExportError):
        exported(mode, client(mode, answering(b"", 409, pause=True)), tmp_path)


def test_a_full_disk(mode: Mode, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the disk refuses is told as an export that failed, with the resource's name."""

    def full(self: Any, items: Any, window: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(linefile.FileSink, "write", full)
    with pytest.raises(ExportError, match="teams could not be exported: .*No space left on device"):
        exported(mode, client(mode, sandbox.app, sandbox.token()), tmp_path, only=["teams"])
    assert [] == list(tmp_path.glob("*.ndjson"))


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_cancelling_leaves_no_final_half_file(backend: str, sandbox: Sandbox, tmp_path: Path) -> None:
    """An export that is cancelled leaves the files that are whole, and nothing else."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/log" and b"gte" in scope["query_string"]:
            await anyio.sleep(60)
        await sandbox.app(scope, receive, send)

    async def scenario() -> bool:
        opened = client(Mode(backend), app, sandbox.token())
        with anyio.move_on_after(0.5) as scope:
            await export(opened, tmp_path)
        await opened.aclose()
        return scope.cancelled_caught

    assert anyio.run(scenario, backend=backend)
    assert sorted(f"{name}.ndjson" for name in LISTS if name != "logs") == sorted(
        path.name for path in tmp_path.glob("*.ndjson")
    )
    assert len((tmp_path / "users.ndjson").read_bytes().splitlines()) == sandbox.count("user")


def test_an_interrupt_leaves_no_final_half_file(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for Ctrl-C in blocking mode, which comes while the caller waits for the threads."""
    interrupted = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/log" and b"gte" in scope["query_string"]:
            interrupted.set()
            raise ConnectionError
        await sandbox.app(scope, receive, send)

    async def wait(self: BlockingSignal) -> None:
        interrupted.wait(10)
        raise KeyboardInterrupt

    monkeypatch.setattr(BlockingSignal, "wait", wait)
    mode = Mode("blocking")
    with pytest.raises(KeyboardInterrupt):
        exported(mode, client(mode, app, sandbox.token()), tmp_path, at_once=1)
    assert ["alerts", "automations", "broadcasts", "events", "incidents", "integrations"] == sorted(
        path.stem for path in tmp_path.glob("*.ndjson")
    )


@pytest.mark.parametrize(
    "body",
    [
        b'{"data": [], "has_more": false, "total_count": 5}',
        b'{"data": [{"id": "a"}], "has_more": false, "total_count": 5}',
    ],
)
@pytest.mark.parametrize("action", ["ignore", "error"])
def test_a_list_that_ends_short_is_told(body: bytes, action: str, mode: Mode, tmp_path: Path) -> None:
    """A list with fewer rows than its total is exported with a warning, however warnings are dealt with otherwise."""
    with warnings.catch_warnings():
        warnings.simplefilter(action)  # type: ignore[arg-type]
        report = exported(mode, client(mode, once(body)), tmp_path, only=["teams"])
    rows = body.count(b'"id"')
    assert rows == report.rows
    assert 1 == len(report.warnings)
    assert report.warnings[0].startswith(f"teams.list() ended after {rows} of 5 rows")


def once(body: bytes) -> Any:
    """An application whose list ends with its first page."""
    empty = b'{"data": [], "has_more": false, "total_count": 5}'

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await answering(body if b"offset=0" in scope["query_string"] else empty)(scope, receive, send)

    return app


def test_an_empty_list_is_an_empty_file(mode: Mode, tmp_path: Path) -> None:
    """Where there is nothing, the file is there and empty."""
    report = exported(
        mode, client(mode, answering(b'{"data": [], "has_more": false, "total_count": 0}')), tmp_path, only=["teams"]
    )
    assert (b"", 0, ()) == ((tmp_path / "teams.ndjson").read_bytes(), report.rows, report.warnings)


def test_a_line_is_one_line() -> None:
    """An object that was sent over several lines is one line in the file."""
    from msgspec import Raw

    sent = [Raw(b'{\n "id": "a",\r\n "text": "b\\nc"}'), Raw(b'{"id":"b"}')]
    assert b'{"id":"a","text":"b\\nc"}\n{"id":"b"}\n' == rows.JsonLines(Model).lines(sent)


def test_an_error_tells_its_cause() -> None:
    """The text of an export's error holds the cause's, without saying its hint twice."""
    empty = Report(resources=(), seconds=0.0)
    cause = PagerTreeError("odd", hint="Do this")
    assert "logs could not be exported: odd. Do this" == str(ExportError("logs", cause, empty))
    assert "logs could not be exported: ValueError" == str(ExportError("logs", ValueError(), empty))
    failed = f"logs could not be exported: 500 internal server error. {ServerError.hint}"
    assert failed == str(ExportError("logs", ServerError(500), empty))


def test_values_of_a_report() -> None:
    """A report adds up."""
    one = Exported(resource="a", path=Path("a"), rows=2, pages=1, bytes=10, seconds=0.1, warnings=("short",))
    report = Report(resources=(one, one), seconds=0.2)
    assert (4, 2, 20, ("short", "short")) == (report.rows, report.pages, report.bytes, report.warnings)
