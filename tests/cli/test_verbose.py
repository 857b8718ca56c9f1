"""``-v``: what became of each attempt, why it is made again and what is waited for; ``-vv``: everything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anyio
import pytest

from pagertree_async.cli import verbose, wires
from pagertree_async.http import Request, Response
from pagertree_async.sandbox import Sandbox
from pagertree_async.telling import Event
from tests.cli.conftest import Answers, Stream, on
from tests.rawserver import RawServer, answer, close_before_answer, refusing_port

NOW = re.compile(r"^\d\d:\d\d:\d\d\.\d{3}Z ", re.MULTILINE)


def told(text: str) -> list[str]:
    """The lines of what was told, without when and how long."""
    assert len(text.splitlines()) == len(NOW.findall(text))
    return [re.sub(r"\d+\.\d{3} s", "N s", NOW.sub("", line)) for line in text.splitlines()]


@pytest.fixture
def token(tmp_path: Path) -> str:
    """A file with a token."""
    path = tmp_path / "token"
    path.write_text("a-very-secret-token\n")
    return str(path)


def test_an_attempt(cli: Any, sandbox: Any) -> None:
    """Where to and as whom, then the number of each attempt, its status, how long it took, and how much came."""
    result = cli("teams", "list", "--sandbox", "-v", "--limit", "2")
    came = len(cli("api", "GET", "/team", "-f", "limit=2", "-f", "offset=0", "--sandbox").out.encode()) - 1
    assert [
        "Token from the sandbox, for https://sandbox.localhost (v3); no network: the sandbox is in this process",
        f"GET /team attempt 1: 200 after N s, {came} bytes",
    ] == told("\n".join(result.err.splitlines()[:2]))


@pytest.mark.parametrize("api", ["v3", "v4", "pagerduty"])
def test_every_api(api: str, cli: Any, sandbox: Any) -> None:
    """Each API's client tells of its attempts, and of its events with their headers."""
    asked = ("oncall", "gaps", "none", "--api", api, "--sandbox")
    assert re.search(
        r"GET \S+ attempt 1: 404 after N s, \d+ bytes", "\n".join(told(cli(*asked, "-v").err.partition("error")[0]))
    )
    whole = told(cli(*asked, "-vv").err.partition("error")[0])
    assert any(re.match(r"asks for GET \S+", line) for line in whole)
    assert any(re.match(r"request GET \S+ attempt=1 .*accept=", line) for line in whole)
    assert any(
        re.match(r"response GET \S+ attempt=1 status=404 bytes=\d+ seconds=\S+ .*content-type='application/json'", line)
        for line in whole
    )
    assert not any("authorization" in line for line in whole)


def test_a_server_that_fails(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt that is made again says why, and how long is waited before."""
    on(monkeypatch, Failing())
    assert [
        "GET /team attempt 1: 503 after N s, 0 bytes",
        "GET /team attempt 1 failed with 503: it is tried again",
        "GET /team waits N s before it is tried again (retry)",
        "GET /team attempt 2: 200 after N s, 13 bytes",
    ] == told(cli("teams", "list", "--sandbox", "-v").err)[1:]


class Failing(Answers):
    """Fails the first time."""

    def __init__(self) -> None:
        super().__init__(b"")

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self._status, self._body = (200, b'{"data": [ ]}') if self.requests else (503, b"")
        await super().app(scope, receive, send)


def test_a_server_that_closes(cli: Any, token: str) -> None:
    """An attempt without an answer says how it failed; the last one is followed by the error."""
    with RawServer(close_before_answer) as server:
        lines = cli(
            "teams", "list", "--token-file", token, "--base-url", server.url, "-v", "--timeout", "3"
        ).err.splitlines()
    assert re.search(r"GET /team attempt 1: no answer after \S+ s, \w+Error$", lines[1])
    assert re.search(r"GET /team attempt 1 failed with \w+Error: it is tried again$", lines[2])
    assert lines[-2].startswith("error: GET /team: ")


def test_nobody_there(cli: Any, token: str) -> None:
    """Where nobody listens, each attempt says so."""
    url = f"http://127.0.0.1:{refusing_port()}"
    said = cli("teams", "list", "--token-file", token, "--base-url", url, "-v", "--timeout", "1").err
    assert f"Token from file, for {url} (v3); httpx\n" in said
    assert "GET /team attempt 1: no answer after " in said
    assert "a-very-secret-token" not in said


def test_the_server_asks_to_wait(cli: Any, token: str) -> None:
    """A 429 is told with the wait that it asked for."""

    def busy(connection: Any, request: Any) -> bool | None:
        first = len(server.requests) == 1
        return (answer(429, b"", ("Retry-After", "0.2")) if first else answer(200, b'{"data": []}'))(
            connection, request
        )

    with RawServer(busy) as server:
        said = told(cli("teams", "list", "--token-file", token, "--base-url", server.url, "-v").err)
    assert "GET /team attempt 1 failed with 429: it is tried again" in said
    assert any(line.startswith("GET /team waits N s ") and line.endswith(("(hold)", "(retry)")) for line in said), said


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            Event(kind="wait", method="GET", path="/x", cause="pace", seconds=0.5),
            "waits N s for its turn, at the pace in force (pace)",
        ),
        (
            Event(kind="wait", method="GET", path="/x", cause="hold", seconds=3),
            "waits N s as the API asked all to wait (hold)",
        ),
        (Event(kind="wait", method="GET", path="/x", cause="login"), "waits for another call's login (login)"),
        (Event(kind="wait", method="GET", path="/x", cause="odd", seconds=1), "waits N s odd (odd)"),
    ],
)
def test_what_is_waited_for(event: Event, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cause of a wait is said in words and by its name."""
    said = Stream()
    monkeypatch.setattr("sys.stderr", said)
    hooks: Any = verbose.hooks(1)
    hooks.on_wait(event)
    assert [f"GET /x {line}"] == told(said.getvalue())


def test_nothing_is_told_unless_asked() -> None:
    """Without ``-v`` nobody listens."""
    assert verbose.hooks(0) is None


def test_the_environment_asks(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """``PAGERTREE_VERBOSE`` is as good as ``-v``."""
    monkeypatch.setenv("PAGERTREE_VERBOSE", "true")
    assert "attempt 1: 200" in cli("teams", "list", "--sandbox").err
    monkeypatch.setenv("PAGERTREE_VERBOSE", "no")
    assert "" == cli("teams", "list", "--sandbox").err


def test_an_export(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export tells of its attempts and, twice, of its queries and pages."""
    with Sandbox(size=60) as sandbox:
        on(monkeypatch, sandbox)
        told = cli("export", "--sandbox", "-o", str(tmp_path), "--resource", "teams", "-vv").err
    assert re.search(r"Z asks for GET /team\?\S*limit=100&offset=0\n", told)
    assert re.search(r"Z page GET /team rows=\d+\n", told)


class Plain:
    """A transport without a way to close it."""

    def send(self, request: Request) -> Response:
        return Response(status=200)


class AsyncPlain:
    """The same to await."""

    async def send(self, request: Request) -> Response:
        return Response(status=200)


def test_what_is_asked_for_has_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The query of each request is told, stars for its secrets; a transport without a way to close it is left alone."""
    said = Stream()
    monkeypatch.setattr("sys.stderr", said)
    request = Request(method="GET", url="https://x.example/team?password=hunter2&limit=3")
    asked = wires.Asked(Plain())
    asked.send(request)
    asked.close()

    async def scenario() -> None:
        await wires.AsyncAsked(AsyncPlain()).send(Request(method="POST", url="https://x.example/team"))
        await wires.AsyncAsked(AsyncPlain()).aclose()

    anyio.run(scenario)
    assert ["asks for GET /team?password=***&limit=3", "asks for POST /team"] == told(said.getvalue())


def test_nothing_moves_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server sends does not move the cursor, nor does it end the line."""
    said = Stream()
    monkeypatch.setattr("sys.stderr", said)
    verbose.say("a\x1b[2J\nb")
    assert ["a [2J b"] == told(said.getvalue())
