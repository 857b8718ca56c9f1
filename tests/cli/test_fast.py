"""Which transport and which event loop a command uses: what it says, what it takes, and what is missing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import anyio
import pytest
import uvicorn

from pagertree_async.cli import fast
from pagertree_async.cli import sandbox as serving
from pagertree_async.cli.connect import Target
from pagertree_async.cli.exits import CommandError
from pagertree_async.sandbox import Sandbox
from pagertree_async.transports import NAMES


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Where a sandbox is served, and a file with its token."""
    with Sandbox(size=50) as sandbox, serving.listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(sandbox.app, log_level="error", lifespan="off", loop="asyncio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        token = tmp_path_factory.mktemp("token") / "token"
        token.write_text(sandbox.token())
        yield serving.address(listener), str(token)
        server.should_exit = True
        thread.join(10)


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Have these libraries not be installed."""
    monkeypatch.setattr(fast, "find_spec", lambda name: None if name in names else find_spec(name))


def test_the_names_are_the_clients_own() -> None:
    """The help names every transport, without loading any."""
    assert NAMES == fast.TRANSPORTS


def test_what_is_used_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many requests at a time go over aiohttp where it is installed; one after another go over httpx."""
    monkeypatch.setattr(fast, "find_spec", lambda name: object())
    assert ("httpx", "aiohttp") == (fast.transport(Target(), many=False), fast.transport(Target(), many=True))
    without(monkeypatch, "aiohttp")
    assert "httpx" == fast.transport(Target(), many=True)


@pytest.mark.parametrize("name", fast.TRANSPORTS)
def test_each_transport(name: str, cli: Any, url: tuple[str, str], tmp_path: Path) -> None:
    """Each of them carries a command and an export, and ``-v`` says which it was."""
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    reach = ("--base-url", url[0], "--token-file", url[1], "--transport", name, "-v")
    listed = cli("teams", "list", *reach)
    assert (0, True) == (listed.code, f" (v3); {name}\n" in listed.err), listed.err
    exported = cli("export", "-o", str(tmp_path), "--resource", "teams", *reach)
    assert (0, True) == (exported.code, f" (v3); {name}\n" in exported.err), exported.err
    assert listed.out.splitlines() == (tmp_path / "teams.ndjson").read_text().splitlines()


@pytest.mark.parametrize("loop", fast.LOOPS)
def test_each_loop(loop: str, cli: Any, url: tuple[str, str], tmp_path: Path) -> None:
    """An export runs on the loop that is asked for, and says which it was."""
    if loop == fast.UVLOOP:
        pytest.importorskip("uvloop")
    reach = ("--base-url", url[0], "--token-file", url[1], "--transport", "httpx", "-v", "--loop", loop)
    result = cli("export", "-o", str(tmp_path), "--resource", "teams", *reach)
    over = "httpx on uvloop" if loop == fast.UVLOOP else "httpx"
    assert (0, True) == (result.code, f" (v3); {over}\n" in result.err), result.err
    assert f"are in {tmp_path}, read over {over}\n" in result.err


@pytest.mark.parametrize("loop", [None, *fast.LOOPS])
def test_the_loop_itself(loop: str | None) -> None:
    """What ``anyio.run`` is given makes the loop that was asked for."""
    if loop == fast.UVLOOP:
        pytest.importorskip("uvloop")

    async def running() -> str:
        return type(asyncio.get_running_loop()).__module__.partition(".")[0]

    assert (loop or "asyncio") == anyio.run(running, **fast.running(Target(loop=loop)))


@pytest.mark.parametrize(
    ("target", "error", "hint"),
    [
        (Target(transport="telepathy"), "--transport: 'telepathy' is none of httpx, httpx2, aiohttp, pyreqwest", ""),
        (Target(loop="spiral"), "--loop: 'spiral' is none of asyncio, uvloop", ""),
        (
            Target(transport="aiohttp"),
            "--transport aiohttp needs a library that is not installed",
            "pip install 'pagertree-async[aiohttp]'",
        ),
        (
            Target(loop="uvloop"),
            "--loop uvloop needs a library that is not installed",
            "pip install 'pagertree-async[uvloop]'",
        ),
    ],
)
def test_what_cannot_be_used(target: Target, error: str, hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What there is not is refused before anything is sent; what is missing is named by its extra."""
    without(monkeypatch, "aiohttp", "uvloop")
    for refuse in (fast.checked, fast.running):
        with pytest.raises(CommandError) as ended:
            refuse(target)
        assert (error, hint, 2) == (str(ended.value), ended.value.hint, ended.value.code)


def test_they_are_refused_everywhere(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """Even where no network is used, a name that is none is told."""
    for command in (("teams", "list"), ("export", "-o", str(tmp_path)), ("doctor",), ("oncall", "now", "x")):
        result = cli(*command, "--sandbox", "--transport", "telepathy")
        assert (2, True) == (result.code, result.err.startswith("error: --transport: 'telepathy' is none of "))
