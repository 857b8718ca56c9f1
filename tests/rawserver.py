"""A server of raw sockets that answers as it should, or misbehaves as it is told to.

A *behaviour* is a function that is given the connection and the request, and does to them what it likes; a server is
given one behaviour for each request in turn, the last for all that follow::

    with RawServer(reset, json_answer({"id": 1})) as server:
        client.get(server.url)  # is reset
        client.get(server.url)  # is answered
    assert 2 == len(server.requests)
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeAlias

import trustme

REASONS = {200: "OK", 204: "No Content", 302: "Found", 407: "Proxy Authentication Required", 503: "Unavailable"}


@dataclass
class RawRequest:
    """A request as it came.

    Attributes:
        method: The HTTP method.
        target: What stands behind it: a path, a whole URL for a proxy, a host and port for CONNECT.
        headers: Names in lower case with their values, in their order.
        body: The body.
        connection: The number of the connection it came on, from 1.
        at: When it had come, on the clock of ``time.monotonic``.
    """

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int
    at: float = 0.0

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return next((value for key, value in self.headers if key == name), None)


class Connection:
    """One connection that was accepted."""

    def __init__(self, server: RawServer, sock: socket.socket, number: int) -> None:
        self.server = server
        self.sock = sock
        self.number = number
        self._buffer = b""

    def _more(self) -> bool:
        try:
            data = self.sock.recv(65536)
        except OSError:
            data = b""
        self._buffer += data
        return bool(data)

    def read_request(self) -> RawRequest | None:
        """The next request, or None when there is none."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        request = RawRequest(method, target, headers, b"", self.number)
        length = int(request.header("content-length") or 0)
        while len(self._buffer) < length:
            if not self._more():
                return None
        request.body, self._buffer = self._buffer[:length], self._buffer[length:]
        request.at = time.monotonic()
        return request

    def send(self, data: bytes) -> None:
        """Send bytes as they are; a client that is gone is not an error."""
        with suppress(OSError):
            self.sock.sendall(data)

    def drip(self, data: bytes, gap: float) -> None:
        """Send one byte every ``gap`` seconds, until the client or the server has enough."""
        for index in range(len(data)):
            try:
                self.sock.sendall(data[index : index + 1])
            except OSError:
                return
            if self.server.stopping.wait(gap):
                return

    def reset(self) -> None:
        """End the connection with a reset instead of an end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()  # without a shutdown, which would send an end before it

    def wait_for_the_end(self) -> None:
        """Do nothing until the client closes its side or the server stops."""
        self.sock.settimeout(0.05)
        while not self.server.stopping.is_set():
            try:
                if not self.sock.recv(65536):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def close(self) -> None:
        """Close the socket, also for a thread that reads from it."""
        with suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_WR)
        self.sock.close()


Behaviour: TypeAlias = Callable[[Connection, RawRequest], bool | None]
"""What happens to a request; False closes the connection afterwards."""


class RawServer:
    """Listens on a port of this machine from ``with`` until its end, a thread for each connection.

    Args:
        behaviours: What happens to the first request, to the second, and so on; the last for all that follow.
        tls: The context to speak TLS with, or None for plain HTTP.
        greet: Has the socket right after it was accepted, before TLS; False closes the connection.
        host: The address to listen on.
        port: The port to listen on, by default one that is free.

    Attributes:
        requests: The requests that came, in their order.
        connections: How many connections were accepted.
        url: Where it listens, without a slash at the end.
        stopping: Set when the server ends.
    """

    def __init__(
        self,
        *behaviours: Behaviour,
        tls: ssl.SSLContext | None = None,
        greet: Callable[[Connection], bool | None] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.behaviours = behaviours or (json_answer({}),)
        self.tls = tls
        self.greet = greet
        self.host = host
        self.port = port
        self.requests: list[RawRequest] = []
        self.connections = 0
        self.open = 0
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._sockets: set[socket.socket] = set()

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._listener = socket.create_server((self.host, self.port), family=family, backlog=512)
        self.port = self._listener.getsockname()[1]
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.url = f"{'https' if self.tls else 'http'}://{host}:{self.port}"
        self._start(self._accept)
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._sockets:
                with suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(5)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self.open += 1
                number = self.connections
                self._sockets.add(sock)
            self._start(self._serve, sock, number)

    def _serve(self, sock: socket.socket, number: int) -> None:
        connection = Connection(self, sock, number)
        try:
            if self.greet is not None and self.greet(connection) is False:
                return
            if self.tls is not None:
                with self._lock:
                    self._sockets.discard(sock)
                connection.sock = self.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                with self._lock:
                    self._sockets.add(connection.sock)
                connection.sock.do_handshake()
            while (request := connection.read_request()) is not None:
                with self._lock:
                    self.requests.append(request)
                    turn = min(len(self.requests), len(self.behaviours)) - 1
                if self.behaviours[turn](connection, request) is False:
                    return
        except OSError:
            pass
        finally:
            connection.close()
            with self._lock:
                self.open -= 1
                self._sockets.discard(connection.sock)

    def wait_until_idle(self, seconds: float = 2.0) -> int:
        """Wait for all connections to be closed; how many are left."""
        until = time.monotonic() + seconds
        while self.open and time.monotonic() < until:
            time.sleep(0.005)
        return self.open


def head(status: int, *headers: tuple[str, str]) -> bytes:
    """The head of an answer, with the empty line that ends it."""
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Something')}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def whole(status: int, body: bytes, *headers: tuple[str, str]) -> bytes:
    """A whole answer."""
    return head(status, *headers, ("content-length", str(len(body)))) + body


def raw(data: bytes, *, close: bool = False) -> Behaviour:
    """Send these bytes, whatever they are, and then perhaps close the connection."""

    def behave(connection: Connection, request: RawRequest) -> bool:
        connection.send(data)
        return not close

    return behave


def answer(status: int = 200, body: bytes = b"", *headers: tuple[str, str]) -> Behaviour:
    """Answer as one should, and keep the connection."""
    return raw(whole(status, body, *headers))


def json_answer(value: Any, status: int = 200) -> Behaviour:
    """Answer with JSON, and keep the connection."""
    return answer(status, json.dumps(value).encode(), ("content-type", "application/json"))


def echo(connection: Connection, request: RawRequest) -> None:
    """Answer with what was asked: the method, the target, the headers and the body."""
    value = {
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "body": request.body.decode("latin-1"),
    }
    connection.send(whole(200, json.dumps(value).encode()))


def after(seconds: float, behaviour: Behaviour) -> Behaviour:
    """Wait before another behaviour."""

    def behave(connection: Connection, request: RawRequest) -> bool | None:
        if connection.server.stopping.wait(seconds):
            return False
        return behaviour(connection, request)

    return behave


def close_before_answer(connection: Connection, request: RawRequest) -> bool:
    """Take the request and close."""
    return False


def reset(connection: Connection, request: RawRequest) -> bool:
    """Take the request and reset the connection."""
    connection.reset()
    return False


def reset_after(data: bytes) -> Behaviour:
    """Send the beginning of an answer and reset the connection."""

    def behave(connection: Connection, request: RawRequest) -> bool:
        connection.send(data)
        time.sleep(0.05)
        connection.reset()
        return False

    return behave


def hang(connection: Connection, request: RawRequest) -> bool:
    """Take the request and never answer."""
    connection.wait_for_the_end()
    return False


def hang_after(data: bytes) -> Behaviour:
    """Send the beginning of an answer and nothing more."""

    def behave(connection: Connection, request: RawRequest) -> bool:
        connection.send(data)
        connection.wait_for_the_end()
        return False

    return behave


def drip(data: bytes, gap: float = 0.05, *, first: bytes = b"") -> Behaviour:
    """Send ``first`` at once, and then one byte every ``gap`` seconds."""

    def behave(connection: Connection, request: RawRequest) -> bool:
        connection.send(first)
        connection.drip(data, gap)
        return False

    return behave


@cache
def gzip_bomb(size: int) -> bytes:
    """``size`` zeros, compressed."""
    return gzip.compress(bytes(size), 9)


def many_headers(count: int = 10_000) -> bytes:
    """A whole answer with very many headers."""
    return whole(200, b"{}", *((f"x-header-{number}", "value") for number in range(count)))


def tunnel(connection: Connection, request: RawRequest) -> bool:
    """As a proxy does: connect to the target of CONNECT and pass on what comes from either side."""
    host, _, port = request.target.rpartition(":")
    try:
        other = socket.create_connection((host.strip("[]"), int(port)), timeout=5)
    except OSError:
        connection.send(whole(502, b"cannot reach it"))
        return False
    connection.send(head(200))

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    with other:
        other.settimeout(30)
        back = threading.Thread(target=pass_on, args=(other, connection.sock), daemon=True)
        back.start()
        pass_on(connection.sock, other)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        back.join(5)
    return False


@contextmanager
def black_hole() -> Iterator[str]:
    """The URL of a port that never takes a connection up: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        filling = [socket.socket() for _ in range(4)]
        for sock in filling:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for sock in filling:
            sock.close()


def refusing_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


class Certificates:
    """A certificate authority of our own, and the server contexts it vouches for.

    Args:
        folder: Where its certificate is written.
    """

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA(key_type=trustme.KeyType.ECDSA)
        self.path = str(folder / "authority.pem")
        self._authority.cert_pem.write_to_path(self.path)

    def _context(self, authority: trustme.CA, *names: str, **terms: datetime) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, key_type=trustme.KeyType.ECDSA, **terms).configure_cert(context)
        return context

    def good(self) -> ssl.SSLContext:
        """A certificate for this machine."""
        return self._context(self._authority, "127.0.0.1", "localhost", "api.example.test")

    def wrong_host(self) -> ssl.SSLContext:
        """A certificate for another host."""
        return self._context(self._authority, "elsewhere.example.test")

    def expired(self) -> ssl.SSLContext:
        """A certificate whose time is over."""
        yesterday = datetime.now(UTC) - timedelta(days=1)
        return self._context(
            self._authority, "127.0.0.1", not_before=yesterday - timedelta(days=1), not_after=yesterday
        )

    def self_signed(self) -> ssl.SSLContext:
        """A certificate that nobody trusted vouches for."""
        return self._context(trustme.CA(key_type=trustme.KeyType.ECDSA), "127.0.0.1")
