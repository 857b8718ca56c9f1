"""What an API answered is recorded without its secrets, and replayed without the API."""

from __future__ import annotations

import json
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import (
    AmbiguousWriteError,
    ConfigurationError,
    ConnectionLostError,
    Headers,
    InvalidArgumentError,
    Login,
    PagerTree,
    PagerTreeError,
    Request,
    Response,
    Secret,
)
from pagertree_async.errors import Sent
from pagertree_async.pagerduty import OAuth, PagerDuty
from pagertree_async.sandbox import Sandbox
from pagertree_async.testing import NotRecordedError, Recording, without_people
from pagertree_async.testing.account import URL, key_pair
from pagertree_async.transports import MemoryTransport
from tests.modes import Mode, each, got, rows
from tests.testing.stage import Stage


def around(mode: Mode, recording: Recording, below: Any = None) -> Any:
    """A transport of a mode that records or replays."""
    return (recording.transport if mode.blocking else recording.async_transport)(below)


def client(stage: Stage, recording: Recording, auth: Any = None, **settings: Any) -> Any:
    """A client whose requests to the stage's account are recorded, or replayed."""
    transport = around(stage.mode, recording, stage.transport)
    return stage.mode.client(auth or key_pair(stage.sandbox), base_url=URL, transport=transport, **settings)


def run(stage: Stage, recording: Recording, auth: Any = None) -> list[Any]:
    """Some calls, and what they gave."""

    async def scenario() -> list[Any]:
        one = client(stage, recording, auth)
        found = [team.to_dict() for team in await rows(one.teams.list(limit=2))]
        alert = await got(one.alerts.create(title="disk full — Ünïcode", destination_ids=[stage.team]))
        found.append(alert.to_dict())
        await got(one.alerts.acknowledge(alert))
        try:
            await got(one.alerts.retrieve("alt_none"))
        except PagerTreeError as error:
            found.append(str(error).partition(" (")[0])
        await stage.mode.close(one)
        return found

    return stage.mode.run(scenario)


def exchanges(path: Path) -> list[Any]:
    """What a file holds."""
    found: list[Any] = json.loads(path.read_text("utf-8"))["exchanges"]
    return found


def test_what_was_recorded_is_replayed(stage: Stage, tmp_path: Path) -> None:
    """A second run gives what the first gave, and sends nothing."""
    path = tmp_path / "deep" / "down" / "alerts.json"
    first = run(stage, Recording(path, "once"))
    sent = len(stage.log)
    second = Recording(path)
    assert first == run(stage, second)
    assert (sent, [], sent) == (len(stage.log), second.unplayed, len(second.exchanges))
    assert first == run(stage, Recording(path, "once"))
    assert sent == len(stage.log)
    assert [f"<Recording {path} mode='none' {sent} exchanges>", ["deep"]] == [
        repr(second),
        [entry.name for entry in tmp_path.iterdir()],
    ]


def test_an_old_one_is_replayed_years_later(mode: Mode) -> None:
    """A file as this version writes it is read by those that come after it."""

    async def scenario() -> list[Any]:
        transport = around(mode, Recording(Path(__file__).parent / "recorded.json"))
        one = mode.client("another token", base_url="https://api.pagertree.com", transport=transport)
        return [(team.id, team.name) for team in await rows(one.teams.list())]

    assert [("tem_1", "Plattform Süd")] == mode.run(scenario)


def test_the_file_is_for_people(stage: Stage, tmp_path: Path) -> None:
    """It is indented JSON in the order of the requests, with a few headers and no credentials."""
    path = tmp_path / "alerts.json"
    run(stage, Recording(path, "once"))
    text = path.read_text("utf-8")
    assert text.startswith('{\n  "version": 1,\n  "exchanges": [\n    {\n      "request": {\n        "method": "GET",')
    assert "disk full — Ünïcode" in text
    found = exchanges(path)
    assert [
        *("GET /team?limit=2&offset=0", "GET /team?limit=2&offset=2", "POST /alert"),
        *("POST /alert/:id/acknowledge", "GET /alert/alt_none"),
    ] == [
        f"{one['request']['method']} {one['request']['url'].removeprefix(URL)}".replace(
            found[2]["response"]["body"]["json"]["id"], ":id"
        )
        for one in found
    ]
    assert {"method", "url"} == set(found[0]["request"])
    assert {"method", "url", "body"} == set(found[2]["request"])
    assert {"content-type", "x-request-id"} >= {name for one in found for name in one["response"]["headers"]}
    assert stage.sandbox.api_key not in text
    assert stage.sandbox.api_secret not in text


def test_a_login_is_replayed_without_its_password(stage: Stage, tmp_path: Path) -> None:
    """Neither name, password nor token is in the file; a login by anybody else is answered from it."""
    path = tmp_path / "login.json"
    login = Login(stage.sandbox.username, stage.sandbox.password)
    first = run(stage, Recording(path, "once"), login)
    text = path.read_text("utf-8")
    tokens = [one["response"]["body"]["json"]["token"] for one in exchanges(path) if "/login" in one["request"]["url"]]
    assert ["***"] == tokens
    assert stage.sandbox.password not in text
    assert {"json": {"username": "***", "password": "***"}} == exchanges(path)[0]["request"]["body"]
    assert first == run(stage, Recording(path), Login("somebody@else.example", "another password"))


def test_what_is_not_recorded_is_an_error(stage: Stage, tmp_path: Path) -> None:
    """It says what was asked for, what comes nearest, and what to do; it is not an error that code would handle."""
    path = tmp_path / "alerts.json"
    run(stage, Recording(path, "once"))

    async def scenario(call: Any) -> str:
        one = client(stage, Recording(path))
        with pytest.raises(NotRecordedError) as caught:
            await got(call(one))
        assert not isinstance(caught.value, PagerTreeError)
        return str(caught.value)

    sent = len(stage.log)
    lines = stage.mode.run(
        scenario, lambda one: one.alerts.create(title="another", destination_ids=[stage.team])
    ).splitlines()
    body = f'{{"title": "another", "destination_ids": ["{stage.team}"]}}'
    assert f"POST {URL}/alert {body} was not recorded in {path} (5 exchanges, mode='none')" == lines[0]
    assert "the nearest that were:" == lines[1]
    assert lines[2].startswith(f"  POST {URL}/alert {{")
    assert lines[2].endswith("   <- another title")
    assert ["hint: mode='new', or pytest's --pagertree-record=new, records it; 'all' records everything anew", 6] == [
        lines[-1],
        len(lines),
    ]
    lines = stage.mode.run(scenario, lambda one: one.teams.list(limit=3).first()).splitlines()
    assert f"  GET {URL}/team?limit=2&offset=0" in lines[2:4]
    assert sent == len(stage.log)


def test_more_often_than_it_was_recorded(stage: Stage, tmp_path: Path) -> None:
    """Each answer is given once, in the order of then."""
    path = tmp_path / "alerts.json"

    async def scenario(recording: Recording, times: int) -> list[str]:
        one = client(stage, recording)
        alert = "alt_" + "1"
        found: list[str] = []
        for _ in range(times):
            stage.faults.answer(200, json={"id": alert, "status": f"{len(found)}"}, times=1)
            found.append((await got(one.alerts.retrieve(alert))).status)
        await stage.mode.close(one)
        return found

    assert ["0", "1"] == stage.mode.run(scenario, Recording(path, "all"), 2)
    assert ["0", "1"] == stage.mode.run(scenario, Recording(path), 2)
    with pytest.raises(NotRecordedError, match="was made more often than the 2 times that it was recorded in"):
        stage.mode.run(scenario, Recording(path), 3)


def test_nothing_is_nearest_to_an_empty_one(stage: Stage, tmp_path: Path) -> None:
    """Without a file there is nothing near."""

    async def scenario() -> None:
        one = client(stage, Recording(tmp_path / "none.json"))
        with pytest.raises(NotRecordedError) as caught:
            await got(one.teams.list().first())
        assert 2 == len(str(caught.value).splitlines())
        await stage.mode.close(one)

    stage.mode.run(scenario)
    assert [] == list(tmp_path.iterdir())


def test_new_ones_are_added(stage: Stage, tmp_path: Path) -> None:
    """``new`` replays what there is and records the rest; ``all`` replaces the file."""
    path = tmp_path / "alerts.json"

    async def scenario(recording: Recording, *limits: int) -> None:
        one = client(stage, recording)
        for limit in limits:
            await got(one.teams.list(limit=limit).first())
        await stage.mode.close(one)

    def limits() -> list[str]:
        return [one["request"]["url"].partition("=")[2] for one in exchanges(path)]

    stage.mode.run(scenario, Recording(path, "new"), 1, 2)
    stage.mode.run(scenario, Recording(path, "new"), 2, 3)
    assert (3, ["1", "2", "3"]) == (len(stage.log), [limit[0] for limit in limits()])
    half = Recording(path, "new")
    stage.mode.run(scenario, half, 2, 3)
    assert ["limit=1"] == [one.request.url.partition("?")[2].partition("&")[0] for one in half.unplayed]
    stage.mode.run(scenario, Recording(path, "all"), 3)
    assert (4, ["3"]) == (len(stage.log), [limit[0] for limit in limits()])


def test_attempts_are_recorded_one_by_one(stage: Stage, tmp_path: Path) -> None:
    """An attempt that failed with a status is replayed as such; one that got no answer is not there."""
    path = tmp_path / "alerts.json"
    stage.faults.answer(503, times=1, after=1)
    stage.faults.refuse(times=1)

    async def scenario(recording: Recording) -> int:
        one = client(stage, recording)
        count = await got(one.teams.list().count())
        count += await got(one.teams.list().count())
        await stage.mode.close(one)
        return count

    assert 8 == stage.mode.run(scenario, Recording(path, "once"))
    assert ["ConnectionFailedError", None, None, None] == [one.error for one in stage.log]
    assert [200, 503, 200] == [one["response"]["status"] for one in exchanges(path)]
    waits = len(stage.clock.waits)
    assert 8 == stage.mode.run(scenario, Recording(path))
    assert (4, waits + 1) == (len(stage.log), len(stage.clock.waits))


def test_pages_that_are_read_at_once(stage: Stage, tmp_path: Path) -> None:
    """Several at once are recorded and replayed like one after another."""
    path = tmp_path / "alerts.json"

    async def scenario(recording: Recording) -> list[str]:
        one = client(stage, recording)
        if stage.mode.blocking:
            with one.users.list(limit=2).concurrently(4) as users:
                found = [user.id async for user in each(users)]
        else:
            async with one.users.list(limit=2).concurrently(4) as users:
                found = [user.id async for user in each(users)]
        await stage.mode.close(one)
        return found

    first = stage.mode.run(scenario, Recording(path, "once"))
    assert 12 == len(set(first))
    replay = Recording(path)
    assert first == stage.mode.run(scenario, replay)
    assert [] == replay.unplayed


@pytest.mark.parametrize("fault", ["lose", "cut", "garble"])
def test_a_write_whose_answer_got_lost(fault: str, stage: Stage, tmp_path: Path) -> None:
    """Nothing is recorded for it where there was no answer; half an answer is recorded as it is."""
    path = tmp_path / "alerts.json"
    getattr(stage.faults, fault)("POST /alert")

    async def scenario(recording: Recording) -> str:
        one = client(stage, recording)
        with pytest.raises(PagerTreeError) as caught:
            await got(one.alerts.create(title="disk full", destination_ids=[stage.team]))
        await stage.mode.close(one)
        return type(caught.value).__name__

    ended = stage.mode.run(scenario, Recording(path, "all"))
    assert (fault == "garble") == path.exists()
    if fault == "garble":
        assert ["text"] == list(exchanges(path)[0]["response"]["body"])
        assert ended == stage.mode.run(scenario, Recording(path))


def memory(mode: Mode, *answers: Any) -> Any:
    """A transport that gives these answers, one by one, and remembers that it was closed."""
    from pagertree_async.transports import AsyncMemoryTransport

    left = iter(answers)
    return (MemoryTransport if mode.blocking else AsyncMemoryTransport)(lambda request: next(left))


def sent(mode: Mode, transport: Any, **fields: Any) -> Response:
    """A request's answer."""
    request = Request(**({"method": "GET", "url": "https://api.test/x"} | fields))

    async def scenario() -> Any:
        return await got(transport.send(request))

    return mode.run(scenario)


@pytest.mark.parametrize(
    ("body", "kind", "kept"),
    [
        (b"", "application/json", None),
        (b"{}", "application/json", {"json": {}}),
        (b"0", "application/json", {"json": 0}),
        (b"12345678901234567890123", "", {"json": 12345678901234567890123}),
        (b'{"a": 1.5, "b": "\\ud800"}', "", {"json": {"a": 1.5, "b": "\ud800"}}),
        (b"NaN", "application/json", {"text": "NaN"}),
        (b'{"a": 1', "application/json", {"text": '{"a": 1'}),
        (b"[" * 100_000, "", {"text": "[" * 100_000}),
        ("<p>Wartung für alle</p>".encode(), "text/html", {"text": "<p>Wartung für alle</p>"}),
        (b"\xff\x00", "image/x", {"base64": "/wA="}),
        (b"a=b+c&d=", "application/x-www-form-urlencoded; charset=utf-8", {"form": {"a": "b c", "d": ""}}),
    ],
)
def test_bodies(body: bytes, kind: str, kept: Any, tmp_path: Path, mode: Mode) -> None:
    """Whatever a body is, it is kept in the form that people can read, and replayed as what it was."""
    path = tmp_path / "bodies.json"
    answer = Response(status=200, headers=Headers([("content-type", kind)]), body=body)
    transport = around(mode, Recording(path, "once"), memory(mode, answer))
    headers = (("content-type", kind),)
    assert answer is sent(mode, transport, headers=headers, body=body, method="POST")
    mode.run(close, mode, transport)
    assert kept == exchanges(path)[0]["response"].get("body")
    assert kept == exchanges(path)[0]["request"].get("body")
    again = sent(mode, around(mode, Recording(path)), headers=headers, body=body, method="POST")
    same = body == again.body
    assert same or json.loads(body) == json.loads(again.body)
    assert (200, kind) == (again.status, again.headers["content-type"])


async def close(mode: Mode, transport: Any) -> None:
    """Close a transport of a mode."""
    await got(transport.close() if mode.blocking else transport.aclose())


def test_headers(tmp_path: Path, mode: Mode) -> None:
    """Of an answer's headers a few are kept, without what is secret in them; of a request's, none."""
    path = tmp_path / "headers.json"
    pairs = [
        ("Set-Cookie", "session=abcdefgh"),
        ("Retry-After", "7"),
        ("Location", "https://x/?access_token=abcdefgh&a=b"),
        ("X-Something", "else"),
    ]
    below = memory(mode, Response(status=429, headers=Headers(pairs)))
    transport = around(mode, Recording(path, "all"), below)
    headers = (("x-api-key", Secret("an-api-key")), ("cookie", "a=b"), ("accept", "application/json"))
    sent(mode, transport, headers=headers)
    mode.run(close, mode, transport)
    assert [
        {
            "request": {"method": "GET", "url": "https://api.test/x"},
            "response": {
                "status": 429,
                "headers": {"location": "https://x/?access_token=***&a=b", "retry-after": "7"},
            },
        }
    ] == exchanges(path)


def test_an_answer_that_repeats_the_credentials(tmp_path: Path, mode: Mode) -> None:
    """They are gone from text, binary and JSON, also where only a later exchange tells that they are."""
    path = tmp_path / "repeats.json"
    answers = [
        Response(status=200, body=b'{"title": "told-later", "told-later": 1}'),
        Response(status=401, body=b'{"message": "no such token: abcdefgh"}'),
        Response(status=502, body=b"<p>abcdefgh</p>"),
        Response(status=200, body=b"\xff abcdefgh"),
        Response(status=200, body=b'{"client_secret": "told-later"}'),
    ]
    transport = around(mode, Recording(path, "all"), memory(mode, *answers))
    for number in range(len(answers)):
        sent(
            mode,
            transport,
            url=f"https://api.test/{number}?token=in-the-query&z=1&a=abcdefgh",
            headers=(("authorization", Secret("Bearer abcdefgh")),),
        )
    mode.run(close, mode, transport)
    text = path.read_text("utf-8")
    assert [] == [word for word in ("abcdefgh", "told-later", "in-the-query", "YWJjZGVmZ2g") if word in text]
    assert "https://api.test/0?a=***&token=***&z=1" == exchanges(path)[0]["request"]["url"]
    assert {"json": {"title": "***", "***": 1}} == exchanges(path)[0]["response"]["body"]


def test_another_order_of_the_query_is_the_same(tmp_path: Path, mode: Mode) -> None:
    """Names in another order are the same request; values of one name in another order are another."""
    path = tmp_path / "query.json"
    transport = around(mode, Recording(path, "once"), memory(mode, Response(status=204)))
    sent(mode, transport, url="https://api.test/x?b=1&a=2&a=3")
    mode.run(close, mode, transport)
    assert 204 == sent(mode, around(mode, Recording(path)), url="https://api.test/x?a=2&a=3&b=1").status
    with pytest.raises(NotRecordedError):
        sent(mode, around(mode, Recording(path)), url="https://api.test/x?a=3&a=2&b=1")


@given(st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=8), max_size=3))
def test_what_json_says_counts_and_not_how(body: dict[str, Any]) -> None:
    """A body is the same whatever the order of its names and its spaces."""
    from tempfile import TemporaryDirectory

    mode = Mode("blocking")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        with Recording(path, "once") as recording:
            sent(mode, recording.transport(memory(mode, Response(status=204))), body=json.dumps(body).encode())
        other = json.dumps(dict(reversed(body.items())), indent=3, ensure_ascii=False).encode("utf-8", "replace")
        if json.loads(other) == json.loads(json.dumps(body)):
            assert 204 == sent(mode, Recording(path).transport(), body=other).status


def test_people_are_hidden_on_demand(stage: Stage, tmp_path: Path) -> None:
    """With a function that hides them no address is in the file, and requests that name others are the same."""
    path = tmp_path / "people.json"

    async def scenario(recording: Recording, email: str) -> list[str]:
        one = client(stage, recording)
        await got(one.users.list(email=email).first())
        found = [user.email for user in await rows(one.users.list(limit=5))]
        await stage.mode.close(one)
        return found

    first = stage.mode.run(scenario, Recording(path, "once", hide=without_people), stage.sandbox.username)
    second = stage.mode.run(scenario, Recording(path, hide=without_people), "other@people.example")
    assert (12, ["someone@example.com"] * 12) == (len(set(first)), second)
    assert stage.sandbox.username not in path.read_text("utf-8")


def test_an_oauth_token_is_not_recorded(tmp_path: Path) -> None:
    """A form that obtains a token is kept without its secret, the answer without the token, with how long it lasts."""
    path = tmp_path / "oauth.json"
    token = Response(
        status=200, body=b'{"access_token": "abcdefgh", "token_type": "bearer", "expires_in": 3600, "scope": "x"}'
    )
    users = Response(status=200, body=b'{"users": [], "more": false, "offset": 0, "limit": 100, "total": null}')

    def listed(recording: Recording, *answers: Response) -> list[Any]:
        left = iter(answers)
        transport = recording.transport(MemoryTransport(lambda request: next(left)))
        with PagerDuty(
            OAuth("an-id", "a-client-secret", scope="as_account-us.acme users.read"), transport=transport
        ) as one:
            return list(one.iter_all("users"))

    assert [] == listed(Recording(path, "once"), token, users)
    text = path.read_text("utf-8")
    assert [] == [word for word in ("abcdefgh", "a-client-secret", "an-id") if word in text]
    assert {"json": {"access_token": "***", "token_type": "bearer", "expires_in": 3600, "scope": "x"}} == exchanges(
        path
    )[0]["response"]["body"]
    assert [] == listed(Recording(path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"version": 1}',
        '{"version": 2, "exchanges": []}',
        '{"version": 1, "exchanges": [1]}',
        "[" * 99_999,
    ],
)
def test_a_file_that_is_no_recording(text: str, tmp_path: Path) -> None:
    """It is told as such when the recording is made, and left alone."""
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match="broken.json is (no|a) recording"):
        Recording(path, "once")
    assert text == path.read_text()
    with pytest.raises(ConfigurationError, match="is no recording that can be read"):
        Recording(tmp_path)


def test_a_mode_that_there_is_not(tmp_path: Path) -> None:
    """The error names those that there are."""
    mode: Any = "new_episodes"
    with pytest.raises(
        InvalidArgumentError, match="there is no mode 'new_episodes' of recording; there are none, once, new, all"
    ):
        Recording(tmp_path / "x.json", mode)


def test_a_file_that_cannot_be_written(mode: Mode, tmp_path: Path) -> None:
    """The transport below is closed all the same, and nothing half is left behind."""
    path = tmp_path / "file" / "x.json"
    below = memory(mode, Response(status=204))
    transport = around(mode, Recording(path, "all"), below)
    sent(mode, transport)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        mode.run(close, mode, transport)
    assert below._closed
    assert ["file"] == [entry.name for entry in tmp_path.iterdir()]


def test_a_file_is_replaced_as_a_whole(mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails, the old file stays, and nothing beside it."""
    path = tmp_path / "x.json"
    path.write_text('{"version": 1, "exchanges": []}')
    transport = around(mode, Recording(path, "new"), memory(mode, Response(status=204)))
    sent(mode, transport)

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space left"):
            mode.run(close, mode, transport)
    assert (["x.json"], []) == ([entry.name for entry in tmp_path.iterdir()], exchanges(path))
    mode.run(close, mode, transport)
    assert 1 == len(exchanges(path))
    assert stat.S_ISREG(path.stat().st_mode)


class Below:
    """A transport without a way to close it, which fails."""

    def send(self, request: Request) -> Response:
        raise ConnectionLostError("gone", sent=Sent.MAYBE)


def test_failures_leave_no_gap(mode: Mode, tmp_path: Path) -> None:
    """A request that failed has no place in the file, and its error goes on as it is."""
    path = tmp_path / "x.json"
    recording = Recording(path, "new")
    if mode.blocking:
        transport: Any = recording.transport(Below())
    else:

        class AsyncBelow:
            async def send(self, request: Request) -> Response:
                return Below().send(request)

        transport = recording.async_transport(AsyncBelow())
    with pytest.raises(ConnectionLostError):
        sent(mode, transport)
    sent(mode, around(mode, recording, memory(mode, Response(status=204))))
    mode.run(close, mode, transport)
    assert (1, []) == (len(exchanges(path)), recording.unplayed)
    assert "RecordingTransport <Recording " in repr(transport)


def test_the_next_best_transport_is_httpx(mode: Mode, tmp_path: Path) -> None:
    """Without a transport below, httpx sends; while everything is replayed, it is not even made."""
    transport = around(mode, Recording(tmp_path / "x.json", "once"))
    mode.run(close, mode, around(mode, Recording(tmp_path / "x.json", "once")))
    with pytest.raises(PagerTreeError, match="127.0.0.1"):
        sent(mode, transport, url="http://127.0.0.1:1/x")
    assert "HTTPXTransport" in repr(transport._below)
    assert mode.blocking or transport.keeps_deadlines
    mode.run(close, mode, transport)


def test_cutting_short_goes_through() -> None:
    """What the transport below can cut short is cut short."""
    told: list[Any] = []
    below = MemoryTransport(lambda request: Response(status=204))
    transport = Recording("nowhere.json").transport(below)
    transport.cut([1])
    below.cut = told.append  # type: ignore[attr-defined]
    transport.cut([1])
    assert [[1]] == told


def test_threads_take_turns(tmp_path: Path) -> None:
    """However many threads ask for the same at once, each recorded answer is given once."""
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / "x.json"
    numbers = iter(range(40))
    below = MemoryTransport(lambda request: Response(status=200, body=str(next(numbers)).encode()))
    mode = Mode("blocking")
    for kind in ("once", "none"):
        with Recording(path, kind) as recording, ThreadPoolExecutor(8) as threads:  # type: ignore[arg-type]
            transport = recording.transport(below)
            bodies = list(threads.map(lambda _: sent(mode, transport).body, range(40)))
        assert {str(number).encode(): 1 for number in range(40)} == Counter(bodies)


def test_tasks_that_are_cancelled_leave_no_gap(anyio_backend: str, tmp_path: Path) -> None:
    """A task that is cancelled while its request is under way has recorded nothing."""

    class Hangs:
        async def send(self, request: Request) -> Response:
            await anyio.sleep_forever()
            raise AssertionError

    async def scenario() -> None:
        with Recording(tmp_path / "x.json", "all") as recording, anyio.move_on_after(0.01):
            await recording.async_transport(Hangs()).send(Request(method="GET", url="https://api.test/"))
        assert [] == recording.exchanges

    anyio.run(scenario, backend=anyio_backend)
    assert [] == list(tmp_path.iterdir())


def test_the_ambiguous_stay_ambiguous(tmp_path: Path) -> None:
    """A create that got no answer while it was recorded says so, and is not in the file."""
    path = tmp_path / "x.json"
    with Sandbox(size=50) as sandbox:
        transport = Recording(path, "all").transport(Below())
        with PagerTree(sandbox.token(), base_url=URL, transport=transport) as one, pytest.raises(AmbiguousWriteError):
            one.alerts.create(title="x", destination_ids=["tem_1"])
    assert not path.exists()


def test_the_difference_of_bodies(tmp_path: Path) -> None:
    """Where only the body is another, the error tells which names in it are; a long one is cut."""
    mode, path = Mode("blocking"), tmp_path / "x.json"
    bodies = [b'{"a": 1, "b": 2}', b"[1]", b"plain", b""]
    with Recording(path, "all") as recording:
        transport = recording.transport(memory(mode, *(Response(status=204) for _ in bodies)))
        for body in bodies:
            sent(mode, transport, body=body)
    with pytest.raises(NotRecordedError) as caught:
        sent(mode, Recording(path).transport(), body=b'{"a": 2, "c": 3}')
    assert '  GET https://api.test/x {"a": 1, "b": 2}   <- another a, c, b' in str(caught.value).splitlines()
    with pytest.raises(NotRecordedError) as caught:
        sent(mode, Recording(path).transport(), body=b"[2]")
    assert "  GET https://api.test/x [1]   <- another body" in str(caught.value).splitlines()
    with pytest.raises(NotRecordedError) as caught:
        sent(mode, Recording(path).transport(), body=json.dumps("x" * 1000).encode())
    assert len(str(caught.value).splitlines()[0]) < 600
