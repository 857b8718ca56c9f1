"""What is special about pyreqwest: what it cannot prove counts as perhaps sent."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from pagertree_async.errors import (
    ConfigurationError,
    ConnectionFailedError,
    InvalidArgumentError,
    PagerTreeError,
    Sent,
    TransportError,
)
from tests.rawserver import (
    Behaviour,
    Connection,
    RawServer,
    answer,
    black_hole,
    close_before_answer,
    echo,
    hang,
    raw,
    reset,
    reset_after,
)
from tests.transports.drivers import get, request

pyreqwest = pytest.importorskip("pagertree_async.transports.pyreqwest", reason="pyreqwest is not installed")


def run(*requests: Any, **settings: Any) -> list[Any]:
    """The answers to some requests, one after the other, or the errors they end with."""

    async def main() -> list[Any]:
        transport = pyreqwest.AsyncPyreqwestTransport(**settings)
        ends: list[Any] = []
        for each in requests:
            try:
                ends.append(await transport.send(each))
            except PagerTreeError as error:
                ends.append(error)
        await transport.aclose()
        return ends

    return asyncio.run(main())


@pytest.mark.parametrize(
    "behaviour",
    [reset, close_before_answer, reset_after(b"HTTP/1.1 200 OK\r\ncontent-le"), raw(b"SSH-2.0\r\n\r\n", close=True)],
)
def test_sent_without_proof(behaviour: Behaviour) -> None:
    """A request that has left is never taken for one that has not, whatever the library calls its error."""
    with RawServer(behaviour) as server:
        (error,) = run(get(server.url))
    assert isinstance(error, TransportError)
    assert Sent.MAYBE == error.sent


def test_stages_without_proof() -> None:
    """Where it cannot be told how far a request had come, it counts as perhaps sent."""
    with RawServer(greet=Connection.wait_for_the_end) as server:
        (error,) = run(get(server.url.replace("http:", "https:"), within=0.2))
        assert Sent.MAYBE == error.sent
    with black_hole() as url:
        (error,) = run(get(url, connect=0.2))
        assert Sent.NO == error.sent


def test_reused_connection_that_broke() -> None:
    """A request that found its kept connection closed as it left is tried on another, or counts as perhaps sent."""
    with RawServer(raw(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), reset) as server:
        _, error = run(get(server.url), request("POST", server.url, body=b"{}"))
        assert Sent.MAYBE == error.sent
        assert 2 == len(server.requests)


@pytest.mark.parametrize("path", ["/a/../b", "/a/%2e%2e/b", "/a|b?c='d'"])
def test_changes_no_url(path: str) -> None:
    """A URL that the library would change is not sent: it would be another request."""
    with RawServer(echo) as server:
        (error,) = run(get(server.url + path))
        assert isinstance(error, InvalidArgumentError)
        assert [] == server.requests


def test_no_host_of_its() -> None:
    """A host that the library does not take for one is a wrong argument."""
    assert [InvalidArgumentError] == [type(error) for error in run(get("http://a<b/"))]


def test_creates_travel_on_new_connections() -> None:
    """A request that limits the age of its connection gets a new one."""
    with RawServer(echo) as server:
        run(get(server.url), get(server.url, max_idle=2.0), get(server.url, max_idle=2.0), get(server.url))
        assert 3 == server.connections


def test_many_kinds() -> None:
    """Clients for other timeouts are made as they are needed, and do not pile up."""

    async def main(url: str) -> int:
        transport = pyreqwest.AsyncPyreqwestTransport()
        for number in range(12):
            assert 200 == (await transport.send(get(url, read=1.0 + number))).status
        kept = len(transport._clients)
        await transport.aclose()
        return kept

    with RawServer(echo) as server:
        assert pyreqwest.MOST_CLIENTS == asyncio.run(main(server.url))


def test_cancelled() -> None:
    """A request that is cancelled ends at once, and the transport works afterwards."""

    async def main(url: str, silent: str) -> int:
        transport = pyreqwest.AsyncPyreqwestTransport()
        task = asyncio.create_task(transport.send(get(silent)))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        status = (await transport.send(get(url))).status
        await transport.aclose()
        return status

    with RawServer(echo) as server, RawServer(hang) as silent:
        assert 200 == asyncio.run(main(server.url, silent.url))


def test_verify(tmp_path: Path) -> None:
    """A context, or a folder, cannot be used, and is refused at once; everybody can be trusted."""
    for verify in (ssl.create_default_context(), str(tmp_path)):
        with pytest.raises(ConfigurationError, match="True, False or a file"):
            pyreqwest.AsyncPyreqwestTransport(verify=verify)
    with RawServer(greet=lambda connection: connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        (error,) = run(get(server.url.replace("http:", "https:")), verify=False)
        assert Sent.NO == error.sent


def test_child_after_a_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a child after a fork, where the library cannot be used, it is said what to do."""

    class Builder:
        def __getattr__(self, name: str) -> Any:
            return self.build if name == "build" else lambda *terms: self

        def build(self) -> Any:
            raise RuntimeError("A pyreqwest runtime was initialized before fork()")

    monkeypatch.setattr(pyreqwest, "ClientBuilder", Builder)
    with RawServer(echo) as server:
        (error,) = run(get(server.url))
    assert isinstance(error, ConfigurationError)
    assert "by 'spawn'" in str(error)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_fork() -> None:
    """The same, with a fork."""
    with RawServer(echo) as server:

        async def main() -> int:
            transport = pyreqwest.AsyncPyreqwestTransport()
            await transport.send(get(server.url))
            child = os.fork()
            if not child:
                os._exit(child_code(transport, server.url))
            await transport.aclose()
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

        assert 0 == asyncio.run(main())


def child_code(transport: Any, url: str) -> int:
    """0 where the transport says what to do."""
    signal.alarm(10)
    codes: list[int] = []

    def send() -> None:
        try:
            asyncio.run(transport.send(get(url)))
        except ConfigurationError:
            codes.append(0)

    import threading

    thread = threading.Thread(target=send)
    thread.start()
    thread.join(5)
    return codes[0] if codes else 1


def test_refusal_is_proof() -> None:
    """That no connection came about is proof that nothing was sent."""
    error = run(get("http://127.0.0.1:1/"))[0]
    assert isinstance(error, ConnectionFailedError)
    assert Sent.NO == error.sent


def test_headers_that_are_no_text() -> None:
    """A header that the library cannot read is empty, and does not take the answer with it."""
    lines = ("x-odd", "caf\xe9"), ("x-more", "1"), ("x-more", "2")
    with RawServer(answer(200, b"fine", *lines)) as server:
        (answered,) = run(get(server.url))
    assert (200, b"fine") == (answered.status, answered.body)
    assert ("", "1, 2") == (answered.headers["x-odd"], answered.headers["x-more"])


def test_is_never_a_default() -> None:
    """Nothing of it is loaded unless it is asked for."""
    code = "import sys, pagertree_async, pagertree_async.transports.httpx; sys.exit('pyreqwest' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_cancelled_in_every_way() -> None:
    """A scope that is cancelled ends the request and nothing else; so does a task that is cancelled, and a timeout."""

    async def main(url: str) -> None:
        transport = pyreqwest.AsyncPyreqwestTransport()
        with anyio.move_on_after(0.05) as scope:
            await transport.send(get(url))
        assert scope.cancelled_caught
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await transport.send(get(url))
        task = asyncio.create_task(transport.send(get(url)))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        sending = transport.send(get(url))
        sending.send(None)
        sending.close()
        assert transport._most == transport._pool().free
        await transport.aclose()

    with RawServer(hang) as server:
        anyio.run(main, server.url)
