"""Every call ends within its total and half a second, whatever the server does with its time."""

from __future__ import annotations

import gzip
import time
from typing import Any

import pytest

from pagertree_async import DeadlineExceededError, PagerTreeError, RetryPolicy, Timeout
from pagertree_async.transports import by_name
from tests.core.test_auth import together
from tests.modes import Mode
from tests.rawserver import (
    Behaviour,
    Certificates,
    Connection,
    RawServer,
    answer,
    black_hole,
    drip,
    hang,
    hang_after,
    head,
    whole,
)
from tests.reliability.test_retry_after import TRANSPORTS

TOTAL = 0.3
LATE = 0.5
TRIES = 3
"""So often a busy machine may be late before the client is to blame."""
BODY = b'{"id": "alt_1"}' + b" " * 10_000
CHUNKED = head(200, ("transfer-encoding", "chunked")) + b"".join(b"1\r\n%c\r\n" % byte for byte in BODY)
BEHAVIOURS: list[Behaviour] = [
    drip(BODY, first=head(200, ("content-length", str(len(BODY))))),
    drip(whole(200, BODY), 0.02),
    drip(BODY, 0.0005, first=head(200, ("content-length", str(len(BODY))))),
    drip(CHUNKED),
    drip(gzip.compress(BODY), first=head(200, ("content-encoding", "gzip"), ("content-length", "100"))),
    drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 0.001),
    hang,
    hang_after(head(200, ("content-length", "100"))),
    hang_after(b"HTTP/1.1 200"),
    answer(503, b"", ("retry-after", "3")),
    answer(429, b"", ("retry-after", "3")),
]


def ended(mode: Mode, client: Any, count: int) -> list[tuple[float, Any]]:
    """How long each of so many calls at once took, and what came of it."""

    async def timed() -> tuple[float, Any]:
        begun = time.monotonic()
        try:
            result = await client.alerts.retrieve("alt_1")
        except PagerTreeError as error:
            result = error
        return time.monotonic() - begun, result

    def timed_blocking() -> tuple[float, Any]:
        begun = time.monotonic()
        try:
            result = client.alerts.retrieve("alt_1")
        except PagerTreeError as error:
            result = error
        return time.monotonic() - begun, result

    async def scenario() -> list[Any]:
        results = await together(mode, count, timed_blocking if mode.blocking else timed)
        await mode.close(client)
        return results

    return mode.run(scenario)


def in_time(results: list[tuple[float, Any]]) -> bool:
    """Whether all calls ended in time, with an error that says so."""
    assert all(isinstance(result, PagerTreeError) for _, result in results)
    return max(seconds for seconds, _ in results) <= TOTAL + LATE


@pytest.mark.parametrize(("backend", "transport"), TRANSPORTS)
def test_a_server_that_takes_its_time(backend: str, transport: str) -> None:
    """Dripping heads and bodies, silence, and waits that are asked for: each call ends when its time is over."""
    pytest.importorskip(transport.removeprefix("portal:"))
    mode, tried = Mode(backend), []
    for _ in range(TRIES):
        with RawServer(*BEHAVIOURS) as server:
            client = mode.client(
                base_url=server.url, transport=transport, timeout=TOTAL, retry=RetryPolicy(attempts=20)
            )
            tried.append(ended(mode, client, len(BEHAVIOURS) + 5))
        if in_time(tried[-1]):
            break
    assert in_time(tried[-1]), tried[-1]
    assert DeadlineExceededError in {type(result) for _, result in tried[-1]}


@pytest.mark.parametrize(("backend", "transport"), TRANSPORTS)
@pytest.mark.parametrize("place", ["connect", "handshake", "pool"])
def test_before_the_request_leaves(place: str, backend: str, transport: str, tmp_path: Any) -> None:
    """The same where no connection comes about, no handshake ends, or no connection becomes free."""
    pytest.importorskip(transport.removeprefix("portal:"))
    mode, certificates, tried = Mode(backend), Certificates(tmp_path), []

    def silent(connection: Connection) -> None:
        connection.wait_for_the_end()

    for _ in range(TRIES):
        over = by_name(
            transport,
            blocking=mode.blocking,
            max_connections=1 if place == "pool" else 100,
            verify=certificates.path if place == "handshake" else True,
        )
        terms = {"transport": over, "timeout": Timeout(total=TOTAL, pool=10, connect=10)}
        if place == "connect":
            with black_hole() as url:
                tried.append(ended(mode, mode.client(base_url=url, **terms), 3))
        else:
            tls = certificates.good() if place == "handshake" else None
            with RawServer(hang, tls=tls, greet=silent if tls else None) as server:
                tried.append(ended(mode, mode.client(base_url=server.url, **terms), 3))
        if in_time(tried[-1]):
            break
    assert in_time(tried[-1]), tried[-1]
