"""What is known of a connection and of the request on it: the proof behind every error of a transport."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pagertree_async.errors import (
    AttemptTimeoutError,
    ConnectionFailedError,
    ConnectionLostError,
    PagerTreeError,
    ProxyError,
    ResponseLostError,
    ResponseTooLargeError,
    Sent,
    TransportError,
)
from pagertree_async.http import MAX_HEADERS, BodyReader, Gate, Headers, Request, Timeout

if TYPE_CHECKING:
    import anyio

STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([2-9]\d\d)[ \r\n]")
STATUS_LINE_BYTES = 13
FOR_EVER = 86_400.0
"""A wait in seconds that stands for one without bound: sockets refuse infinity."""
DOING = {
    "connect": "connecting to {} took too long",
    "write": "{} did not take the request in time",
    "read": "{} fell silent",
}


class Wire:
    """One socket, and what has gone over it for the request at hand.

    Args:
        peer: Whom it leads to, for the errors: ``"api.pagertree.com:443"``.
        proxy: The proxy it leads through, ``"10.0.0.1:3128"``, or None.
    """

    __slots__ = (
        "allowed",
        "closed",
        "connect_until",
        "deadline",
        "gate",
        "given",
        "headed",
        "part",
        "peer",
        "proxy",
        "ready",
        "scope",
        "seconds",
        "sock",
        "start",
        "status",
        "stopped",
        "taken",
        "timeout",
        "unsent",
        "until",
    )

    def __init__(self, peer: str, proxy: str | None) -> None:
        self.peer = peer
        self.proxy = proxy
        self.sock: socket.socket | None = None
        self.ready = False
        """The connection stands, TLS and tunnel included: what is written now is the request."""
        self.closed = False
        """The transport was closed, perhaps by another thread or task."""
        self.scope: anyio.CancelScope | None = None

    def begin(self, request: Request, now: float) -> None:
        """Forget the last request; ``now`` is a moment on the clock that all moments here are on.

        Raises:
            AttemptTimeoutError: There is no time left for it.
        """
        self.timeout: Timeout = request.timeout
        self.gate: Gate | None = request.gate
        self.allowed = request.time_left()
        self.deadline = now + self.allowed
        self.part = "connect"
        self.seconds = request.timeout.connect
        self.until = self.deadline
        self.given = False
        self.headed = False
        self.status = 0
        self.start = b""
        self.taken = 0
        self.stopped: PagerTreeError | None = None
        self.unsent: OSError | None = None
        if self.allowed <= 0:
            raise self.timed_out()

    def left(self) -> float:
        """Seconds until the part under way must end, for a socket that is blocked on.

        Raises:
            TransportError: It must end now.
        """
        left = self.until - time.monotonic()
        if left <= 0:
            raise self.timed_out()
        return min(left, FOR_EVER)

    def arm(self, part: str, seconds: float, now: float) -> None:
        """Have the part that begins now end in ``seconds``, and not after the deadline."""
        self.part = part
        self.seconds = seconds
        self.until = min(now + seconds, self.deadline)
        if self.scope is not None:
            self.scope.deadline = self.until

    def adopt(self, sock: socket.socket) -> None:
        """Take over a socket that was opened or wrapped.

        Raises:
            TransportError: The transport was closed meanwhile.
        """
        self.sock = sock
        if self.closed:
            self.close()
            raise self.lost("")

    def close(self) -> None:
        """Close this process's end of the socket, without a word to the other side."""
        self.ready = False
        sock, self.sock = self.sock, None
        if sock is not None:
            sock.close()

    def shut(self) -> None:
        """Wake whoever waits for the socket, from any thread, and leave it to them to close it."""
        self.closed = True
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # a TLS socket's own would pull its state away
        if self.scope is not None:
            self.scope.cancel()

    def __del__(self) -> None:
        self.close()

    def before_read(self) -> None:
        """Stop a head that never ends, and a body that is not wanted any more.

        Raises:
            PagerTreeError: What the answer was stopped with.
        """
        if self.stopped is not None:
            raise self.stopped
        if not self.headed and self.taken >= MAX_HEADERS:
            raise self.head_too_large()

    def took(self, data: bytes) -> None:
        """Note what came."""
        self.taken += len(data)
        if self.ready and not self.status and len(self.start) < STATUS_LINE_BYTES:
            self.start += data[:STATUS_LINE_BYTES]
            found = STATUS_LINE.match(self.start)
            if found:
                self.status = int(found[1])

    def where(self) -> str:
        """Whom the connection leads to, and through what."""
        return f"{self.peer} through the proxy {self.proxy}" if self.proxy else self.peer

    def sent(self) -> Sent:
        """Whether the server can have seen the request."""
        return Sent.YES if self.status else Sent.MAYBE if self.given else Sent.NO

    def head_too_large(self) -> PagerTreeError:
        """The error of an answer whose head is too large."""
        if self.proxy and not self.given:
            return ProxyError(f"the proxy {self.proxy} answered with a head of more than {MAX_HEADERS} bytes")
        message = f"{self.peer} answered with a head of more than {MAX_HEADERS} bytes"
        return ResponseTooLargeError(message, status=self.status)

    def lost(self, why: str) -> TransportError:
        """The error of a connection that failed, by what had gone over it."""
        if self.closed:
            why = "the transport was closed"
        if self.status:
            return ResponseLostError(f"{self.where()} answered {self.status}, then {why}", status=self.status)
        if self.given:
            return ConnectionLostError(f"{self.where()} gave no answer: {why}", sent=Sent.MAYBE)
        if self.proxy and not self.ready and not self.closed:
            return ProxyError(f"the proxy {self.proxy} gave no connection to {self.peer}: {why}")
        return ConnectionFailedError(f"no connection to {self.where()}: {why}")

    def broken(self) -> PagerTreeError:
        """The error of an exchange that the HTTP library gave up, by what had gone over the connection."""
        if self.taken > MAX_HEADERS and not self.headed:
            return self.head_too_large()
        if self.taken and not self.headed:
            return self.lost("what came is not HTTP, or was cut within its head")
        if self.headed:
            return self.lost("the answer broke off or its framing is damaged")
        return self.lost("the server closed the connection")

    def timed_out(self) -> TransportError:
        """The error of the part that took too long."""
        if self.closed:
            return self.lost("")
        if self.allowed <= 0:
            return AttemptTimeoutError(f"no time was left to reach {self.where()}", sent=Sent.NO)
        what = DOING[self.part].format(self.where())
        limit = f"{self.part} timeout of {self.seconds:g} s"
        if self.until >= self.deadline:
            limit = f"{self.allowed:.2g} s were left for it"
        return AttemptTimeoutError(f"{what} ({limit})", sent=self.sent(), status=self.status or None)


def begun(wire: Wire, status: int, raw: Sequence[tuple[bytes, bytes]]) -> tuple[Headers, BodyReader]:
    """Take in the head of an answer: its headers, and what reads its body.

    Raises:
        PagerTreeError: It is larger than is read, or was there before the request.
    """
    if wire.given and not wire.taken:
        raise wire.lost("an answer stood there before the request")
    wire.headed = True
    wire.status = status
    small = 0 < wire.taken <= MAX_HEADERS  # all that came, the head in it
    if not small and sum(len(name) + len(value) for name, value in raw) + 4 * len(raw) > MAX_HEADERS:
        raise wire.head_too_large()
    headers = Headers([(name.decode("ascii"), value.decode("latin-1")) for name, value in raw])
    return headers, BodyReader(status, headers)


def why(error: Exception) -> str:
    """An operating system's error in words; ``str`` of it is often empty or a number."""
    return getattr(error, "strerror", "") or str(error) or type(error).__name__
