"""Sockets that end every wait in time and tell their wire all that goes over them, suspended for or blocked on."""

from __future__ import annotations

import errno
import os
import select
import selectors
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any, TypeAlias

import anyio
import anyio.lowlevel

from pagertree_async.errors import TLSError, TransportError, without_frames
from pagertree_async.transports._wire import Wire, why

Address: TypeAlias = tuple[int, int, int, str, Any]
"""Family, type, protocol, canonical name and socket address, as ``socket.getaddrinfo`` gives them."""

STAGGER = 0.25
"""How long a connection attempt has before the next address is tried beside it, in seconds (RFC 8305)."""
WAITS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
GOING_ON = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, 0}


def in_turns(addresses: Sequence[Address]) -> list[Address]:
    """The addresses with their families in turns, so that a family that leads nowhere does not hold up the other."""
    first = [address for address in addresses if address[0] == addresses[0][0]]
    others = [address for address in addresses if address[0] != addresses[0][0]]
    turns = [address for pair in zip(first, others, strict=False) for address in pair]
    return turns + first[len(others) :] + others[len(first) :]


def dial(address: Address) -> socket.socket:
    """A socket that begins to connect to ``address``."""
    sock = socket.socket(*address[:3])
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex(address[4])
        if code not in GOING_ON:
            raise OSError(code, os.strerror(code))
    except BaseException:
        sock.close()
        raise
    return sock


def check(sock: socket.socket) -> None:
    """Raise what ended the connecting of ``sock``, if it failed."""
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


def is_readable(sock: socket.socket | None) -> bool:
    """Whether an idle connection has something to read: its end, or what nobody asked for."""
    if sock is None or sock.fileno() < 0:
        return True
    if not hasattr(select, "poll"):  # pragma: no cover - Windows
        return bool(select.select([sock], [], [], 0)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def not_trusted(wire: Wire, host: str, error: Exception) -> TransportError:
    """The error of a TLS handshake that failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TLSError(f"the certificate of {host} is not to be trusted: {error.verify_message}")
    cut = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError)
    if isinstance(error, ssl.SSLError) and not cut:
        reason = (error.reason or "unknown reason").replace("_", " ").lower()
        return TLSError(f"the TLS handshake with {host} failed: {reason}")
    return wire.lost("the TLS handshake was cut")


class Stream:
    """What both kinds of stream have in common: what an HTTP library may ask of them."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def get_extra_info(self, info: str) -> Any:
        """Whether it is readable; nothing else is told."""
        return is_readable(self.wire.sock) if info == "is_readable" else None

    def _socket(self) -> Any:
        sock = self.wire.sock
        if sock is None:
            raise self.wire.lost("the connection is closed")
        return sock

    def _leaving(self, now: float) -> bool:
        """Begin a write; tell whether there is any sense in it."""
        wire = self.wire
        if wire.unsent is not None:
            return False
        if wire.ready:
            wire.arm("write", wire.timeout.write, now)
            if isinstance(wire.sock, ssl.SSLSocket):
                wire.given = True  # how much of a TLS record left before it failed cannot be known
        return True

    def _gave(self, count: int) -> None:
        if self.wire.ready and count:
            self.wire.given = True

    def _not_left(self, error: OSError) -> None:
        """A write failed: the answer may stand there already, unless nothing at all has left."""
        if not self.wire.given:
            reason = f"it was closed before the request left ({why(error)})"
            raise self.wire.lost(reason) from without_frames(error)
        self.wire.unsent = error


async def ready(sock: socket.socket, error: OSError, *, writing: bool) -> None:
    """Wait until what ``sock`` could not do yet can be done; under TLS a read may wait to write, and a write to read."""
    write = isinstance(error, ssl.SSLWantWriteError) or (writing and not isinstance(error, ssl.SSLWantReadError))
    await (anyio.wait_writable if write else anyio.wait_readable)(sock)


class AsyncStream(Stream):
    """A connected socket, read and written by a task."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes, empty at the end; the wire's own timeouts count."""
        wire = self.wire
        wire.before_read()
        if wire.ready:
            wire.arm("read", wire.timeout.read, anyio.current_time())
        sock, waited = self._socket(), False
        while True:
            try:
                data: bytes = sock.recv(max_bytes)
            except WAITS as error:
                await ready(sock, error, writing=False)
                waited = True
            except OSError as error:
                reason = f"the connection broke ({why(error)})"
                raise wire.lost(reason) from without_frames(error)
            else:
                wire.took(data)
                if not waited:
                    await (
                        anyio.lowlevel.checkpoint()
                    )  # a flood must not keep other tasks, or the deadline, from running
                return data

    def write_now(self, buffer: bytes, now: float) -> memoryview:
        """Send what of ``buffer`` leaves without a wait, and tell what is left to be written."""
        rest = memoryview(buffer)
        if not self._leaving(now):
            return rest[:0]
        try:
            count: int = self._socket().send(rest)
        except WAITS:
            return rest
        except OSError as error:
            self._not_left(error)
            return rest[:0]
        self._gave(count)
        return rest[count:]

    async def write(self, buffer: bytes | memoryview, timeout: float | None = None) -> None:
        """Send all of ``buffer``; the wire's own timeouts count."""
        if not buffer or not self._leaving(anyio.current_time()):
            return
        sock, rest = self._socket(), memoryview(buffer)
        while rest:
            try:
                count: int = sock.send(rest)
            except WAITS as error:
                await ready(sock, error, writing=True)
            except OSError as error:
                self._not_left(error)
                return
            else:
                self._gave(count)
                rest = rest[count:]

    async def aclose(self) -> None:
        """Close the socket; nothing is waited for."""
        self.wire.close()


class BlockingStream(Stream):
    """A connected socket, read and written by a thread."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes, empty at the end; the wire's own timeouts count."""
        wire = self.wire
        wire.before_read()
        if wire.ready:
            wire.arm("read", wire.timeout.read, time.monotonic())
        sock = self._socket()
        sock.settimeout(wire.left())
        try:
            data: bytes = sock.recv(max_bytes)
        except TimeoutError as error:
            raise wire.timed_out() from without_frames(error)
        except OSError as error:
            reason = f"the connection broke ({why(error)})"
            raise wire.lost(reason) from without_frames(error)
        if wire.closed:
            raise wire.lost("")
        wire.took(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of ``buffer``; the wire's own timeouts count."""
        if not buffer or not self._leaving(time.monotonic()):
            return
        sock, rest = self._socket(), memoryview(buffer)
        while rest:
            sock.settimeout(self.wire.left())
            try:
                count: int = sock.send(rest)
            except TimeoutError as error:
                raise self.wire.timed_out() from without_frames(error)
            except OSError as error:
                self._not_left(error)
                return
            self._gave(count)
            rest = rest[count:]

    def close(self) -> None:
        """Close the socket; nothing is waited for."""
        self.wire.close()


def numeric(host: str, port: int) -> Sequence[Address]:
    """The address of a host that is written as numbers, or nothing."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return ()


async def connect_async(wire: Wire, host: str, port: int) -> None:
    """Connect the wire to the first address of ``host`` that answers, suspending the task.

    Raises:
        TransportError: None did.
    """
    try:
        addresses: Sequence[Address] = numeric(host, port)
        if not addresses:
            addresses = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        sock = await _race_async(in_turns(addresses))
    except (OSError, UnicodeError) as error:
        raise _unreachable(wire, host, error) from without_frames(error)
    wire.adopt(sock)


async def _race_async(addresses: list[Address]) -> socket.socket:
    winners: list[socket.socket] = []
    errors: list[OSError] = []

    async def run(address: Address, failed: anyio.Event) -> None:
        try:
            sock = dial(address)
            try:
                await anyio.wait_writable(sock)
                check(sock)
            except BaseException:
                sock.close()
                raise
        except OSError as error:
            errors.append(error)
            failed.set()
        else:
            winners.append(sock)
            group.cancel_scope.cancel()

    try:
        async with anyio.create_task_group() as group:
            for address in addresses:
                failed = anyio.Event()
                group.start_soon(run, address, failed)
                with anyio.move_on_after(STAGGER):
                    await failed.wait()
    except BaseException:
        for sock in winners:
            sock.close()
        raise
    if not winners:
        raise errors[0]
    for sock in winners[1:]:
        sock.close()
    return winners[0]


async def secure_async(wire: Wire, host: str, context: ssl.SSLContext) -> None:
    """Put the wire's connection under TLS, suspending the task.

    Raises:
        TransportError: The handshake failed.
    """
    try:
        sock = wrapped(wire, host, context)
        while True:
            try:
                sock.do_handshake()
            except WAITS as error:
                await ready(sock, error, writing=False)
            else:
                return
    except (OSError, ValueError) as error:
        raise not_trusted(wire, host, error) from without_frames(error)


def wrapped(wire: Wire, host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    """The wire's socket under TLS, before its handshake."""
    plain = wire.sock
    assert plain is not None, "it was connected just before"
    sock = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False, suppress_ragged_eofs=False)
    wire.adopt(sock)
    return sock


def connect_blocking(wire: Wire, host: str, port: int) -> None:
    """Connect the wire to the first address of ``host`` that answers, blocking the thread.

    The look-up of the name is the operating system's, and nothing can cut it short.

    Raises:
        TransportError: None did.
    """
    try:
        addresses = numeric(host, port) or socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        sock = _race_blocking(wire, in_turns(addresses))
    except (OSError, UnicodeError) as error:
        raise _unreachable(wire, host, error) from without_frames(error)
    wire.adopt(sock)


def _race_blocking(wire: Wire, waiting: list[Address]) -> socket.socket:
    errors: list[OSError] = []
    dialled: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or dialled:
                if waiting:
                    try:
                        sock = dial(waiting.pop(0))
                    except OSError as error:
                        errors.append(error)
                        continue
                    dialled[sock.fileno()] = sock
                    selector.register(sock, selectors.EVENT_WRITE)
                left = wire.left()
                if wire.closed:
                    raise wire.lost("")
                for key, _ in selector.select(min(left, STAGGER)):
                    sock = dialled.pop(key.fd)
                    selector.unregister(sock)
                    try:
                        check(sock)
                    except OSError as error:
                        errors.append(error)
                        sock.close()
                    else:
                        return sock
        finally:
            for sock in dialled.values():
                sock.close()
    raise errors[0]


def secure_blocking(wire: Wire, host: str, context: ssl.SSLContext) -> None:
    """Put the wire's connection under TLS, blocking the thread.

    Raises:
        TransportError: The handshake failed.
    """
    try:
        sock = wrapped(wire, host, context)
        sock.settimeout(wire.left())
        sock.do_handshake()
    except TimeoutError as error:
        raise wire.timed_out() from without_frames(error)
    except (OSError, ValueError) as error:
        raise not_trusted(wire, host, error) from without_frames(error)


def _unreachable(wire: Wire, host: str, error: Exception) -> TransportError:
    if isinstance(error, socket.gaierror | UnicodeError):
        return wire.lost(f"the name {host} cannot be looked up ({why(error)})")
    return wire.lost(why(error))
