"""Transports around a transport, which log what is sent and let faults happen to it."""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import contextmanager

from pagertree_async.http import BlockingTransport, Request, Response, Transport
from pagertree_async.testing.faults import Fault, Faults
from pagertree_async.testing.log import LoggedRequest, RequestLog


class _Attempt:
    """One request on its way to the transport below."""

    def __init__(self, request: Request, logged: LoggedRequest, fault: Fault | None) -> None:
        self._request = request
        self._logged = logged
        self._fault = fault

    def before(self) -> Response | None:
        """An answer that a fault gives in the place of sending."""
        return None if self._fault is None else self._fault.before(self._request)

    def behind(self, response: Response) -> Response:
        """What becomes of the answer from below."""
        self._logged.answered(response)
        return response if self._fault is None else self._fault.behind(self._request, response)

    def seen(self, response: Response) -> Response:
        """Note what the client gets to see, and hand it on."""
        self._logged.status = response.status
        return response


@contextmanager
def _attempt(request: Request, faults: Faults, log: RequestLog) -> Generator[_Attempt]:
    logged = log.begin(request)
    try:
        yield _Attempt(request, logged, faults.of(request))
    except BaseException as error:
        logged.error = type(error).__name__
        raise


class WatchedTransport:
    """Sends through another transport, with faults and a log; for blocking clients.

    Args:
        below: Does the sending.
        faults: What goes wrong.
        log: Where requests are noted.
    """

    def __init__(self, below: BlockingTransport, faults: Faults, log: RequestLog) -> None:
        self._below = below
        self._faults = faults
        self._log = log

    def send(self, request: Request) -> Response:
        """Bring the answer, or what a fault makes of it.

        Raises:
            TransportError: There was no answer, or not a whole one; or a fault says so.
        """
        with _attempt(request, self._faults, self._log) as attempt:
            response = attempt.before()
            return attempt.seen(attempt.behind(self._below.send(request)) if response is None else response)

    def cut(self, threads: Collection[int]) -> None:
        """End the requests of these threads, as far as the transport below can."""
        cut = getattr(self._below, "cut", None)
        if cut is not None:
            cut(threads)

    def close(self) -> None:
        """Close the transport below."""
        close = getattr(self._below, "close", None)
        if close is not None:
            close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} around {self._below!r}>"


class AsyncWatchedTransport:
    """Sends through another transport, with faults and a log; for async clients.

    Args:
        below: Does the sending.
        faults: What goes wrong.
        log: Where requests are noted.
    """

    def __init__(self, below: Transport, faults: Faults, log: RequestLog) -> None:
        self._below = below
        self._faults = faults
        self._log = log
        self.keeps_deadlines: bool = bool(getattr(below, "keeps_deadlines", False))

    async def send(self, request: Request) -> Response:
        """Bring the answer, or what a fault makes of it.

        Raises:
            TransportError: There was no answer, or not a whole one; or a fault says so.
        """
        with _attempt(request, self._faults, self._log) as attempt:
            response = attempt.before()
            return attempt.seen(attempt.behind(await self._below.send(request)) if response is None else response)

    async def aclose(self) -> None:
        """Close the transport below."""
        close = getattr(self._below, "aclose", None)
        if close is not None:
            await close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} around {self._below!r}>"
