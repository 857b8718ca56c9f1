"""Every shipped transport, called in one way whatever it runs on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Self

from anyio.from_thread import BlockingPortal, start_blocking_portal

from pagertree_async import transports
from pagertree_async.http import Headers, Request, Response, Secret, Timeout
from tests.rawserver import RawServer, answer, echo

MODES = ("asyncio", "trio", "blocking")


@dataclass(frozen=True)
class Shipped:
    """One line for each transport: its name and its two classes, or the name that stands for one.

    ``network`` says that it speaks over sockets, and so must survive every fault of the raw server; ``modes`` where it
    can be used; ``library`` what must be installed; ``cannot`` the rows of the contract that its library makes
    impossible, as the names of tests or of their cases, each with the reason; ``may_not`` those that it makes a matter
    of luck.
    """

    name: str
    awaited: str
    blocking: str
    network: bool = False
    modes: tuple[str, ...] = MODES
    library: str = "anyio"
    cannot: tuple[tuple[str, str], ...] = ()
    may_not: tuple[tuple[str, str], ...] = ()

    def make(self, mode: str, *args: Any, **options: Any) -> Any:
        """The transport of a mode."""
        chosen = self.blocking if mode == "blocking" else self.awaited
        if chosen.islower():
            return transports.by_name(chosen, blocking=True, **options)
        return getattr(transports, chosen)(*args, **options)


ADDS = "it adds a User-Agent and an Accept of its own, and orders headers by its taste"
STAGE = "it does not tell how far a request had come: without proof it counts as perhaps sent"
WHOLE_HEAD = "it does not tell the status before it has the whole head"
OWN_LIMIT = "its limits for a head, some 400 KB and 100 lines of headers, cannot be set"
KEEPS = "the connection of a request that was ended stays open until the server ends it"
EARLY = "it may see the end of a connection before what came over it"
NAMES = "it looks names up by itself"

SHIPPED = [
    Shipped("httpx", "AsyncHTTPXTransport", "HTTPXTransport", network=True),
    Shipped("httpx2", "AsyncHTTPX2Transport", "HTTPX2Transport", network=True, library="httpx2"),
    Shipped("aiohttp", "AsyncAiohttpTransport", "AiohttpTransport", network=True, library="aiohttp"),
    Shipped("portal", "", "portal:aiohttp", network=True, modes=("blocking",), library="aiohttp"),
    Shipped(
        "pyreqwest",
        "AsyncPyreqwestTransport",
        "portal:pyreqwest",
        network=True,
        modes=("asyncio", "blocking"),
        library="pyreqwest",
        cannot=(
            ("test_adds_nothing", ADDS),
            ("test_own_host", ADDS),
            ("test_tunnel", ADDS),
            ("test_forward", ADDS),
            ("test_handshake_hangs_until_the_deadline", STAGE),
            ("test_close_while_connecting", STAGE),
            ("test_reads_nothing", STAGE),
            ("test_lost_in_the_answer[reset in the head]", WHOLE_HEAD),
            ("test_drips[head]", WHOLE_HEAD),
            ("test_floods[head]", WHOLE_HEAD),
            ("test_slow_but_in_time", "its read timeout counts from the request to the end of the head"),
            ("test_head_too_large[data2]", OWN_LIMIT),
            ("test_head_too_large_in_parts[False]", OWN_LIMIT),
            ("test_max_idle[10.0]", "its pool does not tell how old a connection is: a new one is taken"),
            ("test_close_wakes_who_waits", KEEPS),
            ("test_refuses[403]", "it does not tell with which status a proxy refused"),
            ("test_refuses[502]", "it does not tell with which status a proxy refused"),
            ("test_environment", NAMES),
            ("test_silent_address_beside_a_good_one", NAMES),
            ("test_address_without_a_way", NAMES),
            ("test_trusts_a_context_or_everybody", "it is not made in Python and takes no context of Python's"),
        ),
        may_not=(
            ("test_head_too_large[data1]", EARLY),
            ("test_head_too_large_in_parts[True]", EARLY),
            ("test_stops_at_the_first_flaw[0\\r\\n\\r\\n]", "its pool keeps a connection whatever came over it"),
            ("test_two_origins", "its pool counts its idle connections per host, and closes them when it comes to it"),
            ("test_speaks_tls", "its pool may not have a connection back yet when the next request leaves"),
        ),
    ),
    Shipped("asgi", "AsyncASGITransport", "ASGITransport"),
    Shipped("memory", "AsyncMemoryTransport", "MemoryTransport"),
]
NETWORK = [shipped for shipped in SHIPPED if shipped.network]


class Driver:
    """A transport of one mode, called from a test that is not async."""

    def __init__(self, shipped: Shipped, mode: str, *args: Any, **options: Any) -> None:
        self.shipped = shipped
        self.mode = mode
        self.blocking = mode == "blocking"
        self.transport: Any = shipped.make(mode, *args, **options)
        self._opened: AbstractContextManager[Any] = (
            ThreadPoolExecutor(200) if self.blocking else start_blocking_portal(mode)
        )

    def __enter__(self) -> Self:
        self._runner: ThreadPoolExecutor | BlockingPortal = self._opened.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
        self._opened.__exit__(None, None, None)

    def start(self, request: Request) -> Future[Response]:
        """Begin to send a request."""
        if isinstance(self._runner, ThreadPoolExecutor):
            return self._runner.submit(self.transport.send, request)
        return self._runner.start_task_soon(self.transport.send, request)

    def send(self, request: Request) -> Response:
        """Send a request and wait for its answer."""
        if isinstance(self._runner, ThreadPoolExecutor):
            return self.transport.send(request)
        return self._runner.call(self.transport.send, request)

    def get(self, url: str, **terms: Any) -> Response:
        """Send a GET and wait for its answer."""
        return self.send(get(url, **terms))

    def close(self) -> None:
        """Close the transport."""
        if isinstance(self._runner, ThreadPoolExecutor):
            self.transport.close()
        else:
            self._runner.call(self.transport.aclose)


def request(
    method: str,
    url: str,
    *,
    headers: tuple[tuple[str, str | Secret], ...] = (("accept-encoding", "gzip, deflate"),),
    body: bytes = b"",
    within: float = 10.0,
    **terms: Any,
) -> Request:
    """A request that is to be answered ``within`` seconds."""
    parts = {name: terms.pop(name) for name in ("connect", "write", "read", "pool") if name in terms}
    return Request(
        method=method,
        url=url,
        headers=headers,
        body=body,
        deadline=time.monotonic() + within,
        timeout=Timeout(**parts),
        **terms,
    )


def get(url: str, **terms: Any) -> Request:
    """A GET."""
    return request("GET", url, **terms)


@contextmanager
def answering(
    shipped: Shipped, mode: str, status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> Iterator[tuple[Driver, str]]:
    """A driver of a transport to something that always gives this answer, and the URL to ask there."""
    if shipped.network:
        with RawServer(answer(status, body, *headers)) as server, Driver(shipped, mode) as driver:
            yield driver, server.url
    elif shipped.name == "asgi":

        async def app(scope: Any, receive: Any, send: Any) -> None:
            pairs = [(name.encode(), value.encode()) for name, value in headers]
            await send({"type": "http.response.start", "status": status, "headers": pairs})
            await send({"type": "http.response.body", "body": body[:5], "more_body": True})
            await send({"type": "http.response.body", "body": body[5:]})

        with Driver(shipped, mode, app) as driver:
            yield driver, "http://127.0.0.1:8000"
    else:
        response = Response(status=status, headers=Headers(headers), body=body)
        with Driver(shipped, mode, lambda request: response) as driver:
            yield driver, "http://127.0.0.1:8000"


@contextmanager
def echoing(shipped: Shipped, mode: str) -> Iterator[tuple[Driver, str]]:
    """A driver of a transport to something that answers with what it was asked, and the URL to ask there."""
    if shipped.network:
        with RawServer(echo) as server, Driver(shipped, mode) as driver:
            yield driver, server.url
    elif shipped.name == "asgi":

        async def app(scope: Any, receive: Any, send: Any) -> None:
            message = await receive()
            target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
            value = {
                "method": scope["method"],
                "target": target.decode(),
                "headers": [(name.decode(), value.decode()) for name, value in scope["headers"]],
                "body": message["body"].decode("latin-1"),
            }
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": json.dumps(value).encode()})

        with Driver(shipped, mode, app) as driver:
            yield driver, "http://127.0.0.1:8000"
    else:

        def handler(asked: Request) -> Response:
            value = {
                "method": asked.method,
                "target": asked.url.removeprefix("http://127.0.0.1:8000"),
                "headers": asked.revealed_headers(),
                "body": asked.body.decode("latin-1"),
            }
            return Response(status=200, body=json.dumps(value).encode())

        with Driver(shipped, mode, handler) as driver:
            yield driver, "http://127.0.0.1:8000"
