"""A command line to call, on a sandbox that lasts for a test."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import pytest

from pagertree_async.cli import clients, connect
from pagertree_async.cli.app import run
from pagertree_async.sandbox import Sandbox


class Result(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Stream(io.StringIO):
    """A standard stream that is, or is not, a terminal."""

    def __init__(self, text: str = "", *, terminal: bool = False) -> None:
        super().__init__(text)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config file of the test's own, which is not there yet."""
    path = tmp_path / "config" / "config.toml"
    monkeypatch.setenv("PAGERTREE_CONFIG", str(path))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return path


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command line in this process, with streams of its own."""

    def call(*arguments: str, stdin: str = "", terminal: bool = False) -> Result:
        out, err = Stream(terminal=terminal), Stream(terminal=terminal)
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", Stream(stdin, terminal=terminal))
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            code = run(arguments)
        return Result(code, out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The account that ``--sandbox`` means in this test, kept from one command to the next."""
    with Sandbox(size=250) as sandbox:
        on(monkeypatch, sandbox)
        yield sandbox


def on(monkeypatch: pytest.MonkeyPatch, sandbox: Any) -> None:
    """Have ``--sandbox`` mean ``sandbox``: anything with an ``app`` and a ``token``."""

    @contextmanager
    def sandboxed(target: connect.Target) -> Iterator[Any]:
        yield sandbox

    monkeypatch.setattr(clients, "sandboxed", sandboxed)


class Answers:
    """In a sandbox's place: an application that answers every request alike.

    Args:
        body: The answer's body.
        status: Its status.
        before: Called with the number of the request, from 1, before it is answered.
        pause: Seconds to wait before it is answered, for async clients.
    """

    def __init__(
        self, body: bytes, status: int = 200, before: Callable[[int], None] = lambda number: None, pause: float = 0.0
    ) -> None:
        self._body, self._status, self._before, self._pause = body, status, before, pause
        self.requests = 0

    v4_api_key = "a-key"

    def token(self) -> str:
        return "a-token"

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.requests += 1
        self._before(self.requests)
        if self._pause:
            await anyio.sleep(self._pause)
        await send({"type": "http.response.start", "status": self._status, "headers": []})
        await send({"type": "http.response.body", "body": self._body})
