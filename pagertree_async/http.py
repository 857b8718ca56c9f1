"""Request and response, and the protocol that sends the one and brings the other: all that a transport must know.

A transport for another HTTP library is one class with one method. It is given a finished request and must

* return the whole answer, whatever its status, or raise an error of :mod:`pagertree_async.errors` that says, by what
  is known and not by what is likely, whether the server can have seen the request (``Sent``);
* return or raise before ``request.deadline``;
* call ``request.leave()`` after every wait of its own, as for a connection, before the request leaves, and
  ``request.came(response)`` before another can leave in its place;
* never follow a redirect, never add credentials, never try again.
"""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn, Protocol, TypeVar, overload, runtime_checkable

import msgspec

from pagertree_async.errors import (
    ConfigurationError,
    InvalidArgumentError,
    PagerTreeError,
    ResponseLostError,
    ResponseTooLargeError,
)

__all__ = [
    "MAX_BODY",
    "MAX_HEADERS",
    "BlockingTransport",
    "BodyReader",
    "Headers",
    "Request",
    "Response",
    "Secret",
    "Timeout",
    "Transport",
]

R = TypeVar("R")

MAX_BODY = 16 * 1024 * 1024
"""The largest decoded body that is read into memory, in bytes."""
MAX_HEADERS = 64 * 1024
"""The largest head of an answer, in bytes."""
MAX_RATIO = 200
"""How many bytes one compressed byte may become, once a body is large enough for it to matter."""
RATIO_MATTERS = 1024 * 1024
AT_ONCE = 1024 * 1024
"""How many bytes are decoded, and kept in one piece, at a time: what grows in place is copied, and takes twice as much."""
GZIP = 16 + zlib.MAX_WBITS


class Secret:
    """A text that shows stars wherever it could be seen: repr, str, format, logs, traceback locals.

    A pickle does not hold it; using the copy says where to get it again.

    Args:
        value: What must not be seen; None in the copy that a pickle makes.
        source: Where it comes from, to say so when a copy of it is empty: ``"PAGERTREE_TOKEN"``.

    >>> f"{Secret('hunter2')}"
    '***'
    >>> Secret("hunter2").reveal()
    'hunter2'
    """

    __slots__ = ("_source", "_value")

    def __init__(self, value: str | None, source: str = "the code that made the client") -> None:
        self._value = value
        self._source = source

    def reveal(self) -> str:
        """The secret itself.

        Raises:
            ConfigurationError: This is the unpickled copy of a secret.
        """
        if self._value is None:
            message = f"this credential was left out when it was pickled; take it from {self._source} again"
            raise ConfigurationError(message)
        return self._value

    @property
    def lost(self) -> bool:
        """Whether this is the unpickled copy of a secret."""
        return self._value is None

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _emptied, (self._source,)


def _emptied(source: str) -> Secret:
    return Secret(None, source)


class Headers(Mapping[str, str]):
    """The headers of an answer, looked up without regard to case; several of one name are joined by a comma.

    >>> Headers([("X-Request-Id", "7f3a")])["x-request-id"]
    '7f3a'
    """

    __slots__ = ("_by_name", "pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs: tuple[tuple[str, str], ...] = tuple(pairs)
        self._by_name: dict[str, str] | None = None

    def _names(self) -> dict[str, str]:
        if self._by_name is None:
            names: dict[str, str] = {}
            for name, value in self.pairs:
                key = name.lower()
                names[key] = f"{names[key]}, {value}" if key in names else value
            self._by_name = names
        return self._by_name

    def __getitem__(self, name: str) -> str:
        return self._names()[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._names()

    @overload
    def get(self, name: str, /) -> str | None: ...
    @overload
    def get(self, name: str, /, default: str | R) -> str | R: ...
    def get(self, name: str, /, default: Any = None) -> Any:
        """The value of a header, or ``default`` where there is none."""
        return self._names().get(name.lower(), default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        return f"Headers({list(self)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Headers, (self.pairs,)


class Timeout(msgspec.Struct, frozen=True, kw_only=True):
    """How long a call and its parts may take, each in seconds.

    Args:
        total: The whole call, with all its attempts and the waits between them.
        attempt: One attempt by the clock on the wall, from its connection to its last byte.
        connect: A connection with its TLS handshake. A name look-up in blocking mode is the one wait that nothing
            can cut short: the operating system does it.
        write: A part of the request leaving.
        read: The gap between two bytes of the answer.
        pool: The wait for a connection when all are in use.

    Raises:
        InvalidArgumentError: A value is not a number above zero.
    """

    total: float = 30.0
    attempt: float = 20.0
    connect: float = 5.0
    write: float = 10.0
    read: float = 15.0
    pool: float = 10.0

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value: object = getattr(self, name)
            if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
                message = f"timeout: {name} must be a number of seconds above zero, not {value!r}"
                raise InvalidArgumentError(message)

    @classmethod
    def of(cls, value: float | Timeout, parts: Timeout | None = None) -> Timeout:
        """``value`` as it is, or, a number being the total, the ``parts`` with that total."""
        if isinstance(value, Timeout):
            return value
        return cls(**(msgspec.structs.asdict(parts or cls()) | {"total": value}))


class HeldBackError(PagerTreeError):
    """A request did not leave, because the server has asked to wait since it was made. No caller ever sees this."""


class Gate(Protocol):
    """What decides whether a request that was made may still leave."""

    def held(self) -> bool:
        """Whether the server has asked to wait."""
        ...

    def throttled(self, headers: Headers) -> None:
        """The server answered 429, with these headers."""
        ...


def check(gate: Gate | None) -> None:
    """Say that a request must not leave, where it must not.

    Raises:
        HeldBackError: The server has asked to wait.
    """
    if gate is not None and gate.held():
        message = "the server asked to wait before this request left"
        raise HeldBackError(message)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it is to leave: nothing is to be added but what HTTP itself needs.

    Attributes:
        method: The HTTP method, upper case.
        url: The whole address, already quoted.
        headers: Names in lower case with their values; a credential is a :class:`Secret`.
        body: The encoded body, empty for none.
        deadline: When ``send`` must have returned or raised, on the clock of ``time.monotonic``.
        timeout: How long the parts of an attempt may take, in seconds.
        max_idle: How long the connection it travels on may have been idle, in seconds.
        gate: Is asked before it leaves, None where nobody is.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: bytes = b""
    deadline: float = math.inf
    timeout: Timeout = Timeout()
    max_idle: float = math.inf
    gate: Gate | None = None

    def leave(self) -> None:
        """To be called after a wait and before it leaves.

        Raises:
            HeldBackError: The server has asked to wait meanwhile.
        """
        check(self.gate)

    def came(self, response: Response) -> None:
        """To be called with the answer, before anything can leave in the place of this request."""
        if response.status == 429 and self.gate is not None:
            self.gate.throttled(response.headers)

    def time_left(self) -> float:
        """Seconds until the deadline, never below zero."""
        return max(0.0, self.deadline - time.monotonic())

    def revealed_headers(self) -> list[tuple[str, str]]:
        """The headers with their credentials in clear, to hand to the HTTP library and to nothing else."""
        return [(name, value.reveal() if isinstance(value, Secret) else value) for name, value in self.headers]

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.url.partition('?')[0]} ({len(self.body)} bytes)>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What rich shows, where local variables are shown for one: neither query nor body."""
        return [("method", self.method), ("url", self.url.partition("?")[0])]


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it came.

    Attributes:
        status: The HTTP status.
        headers: The answer's headers, looked up without regard to case.
        body: The decoded body, in bytes.
    """

    status: int
    headers: Headers = Headers()
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the status is one of success, 200 to 299."""
        return 200 <= self.status < 300

    @property
    def request_id(self) -> str | None:
        """The server's name for the request, to quote to the vendor's support."""
        return self.headers.get("x-request-id")

    def json(self) -> Any:
        """The body as what its JSON stands for, None when it is empty.

        Raises:
            msgspec.DecodeError: The body is not JSON.
        """
        return msgspec.json.decode(self.body) if self.body else None

    def __repr__(self) -> str:
        return f"<Response {self.status} ({len(self.body)} bytes)>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What rich shows, where local variables are shown for one: no body."""
        return [("status", self.status)]


@runtime_checkable
class Transport(Protocol):
    """Sends one request and brings its answer, suspending the task while it waits.

    A transport may have ``async def aclose(self) -> None``, which closing the client calls.
    """

    async def send(self, request: Request) -> Response:
        """Bring the answer to ``request``; the contract is the module's."""
        ...


@runtime_checkable
class BlockingTransport(Protocol):
    """Sends one request and brings its answer, blocking the thread while it waits.

    A transport may have ``def close(self) -> None``, which closing the client calls.
    """

    def send(self, request: Request) -> Response:
        """Bring the answer to ``request``; the contract is the module's."""
        ...


class BodyReader:
    """Puts a body together from its raw parts, decoding gzip and deflate, within the limits of memory.

    Args:
        status: The answer's status, for the errors.
        headers: The answer's headers, which tell the encoding and the length.
        limit: How many decoded bytes to accept.

    Raises:
        ResponseTooLargeError: From any method: the body is, or says it is, larger than ``limit``, or one compressed
            byte became too many.
        ResponseLostError: From any method: the body cannot be decoded.
    """

    def __init__(self, status: int, headers: Headers, limit: int = MAX_BODY) -> None:
        self._status = status
        self._limit = limit
        self._parts: list[bytes | bytearray] = []
        self._raw = self._size = 0
        self._inflate: zlib._Decompress | None = None  # pyright: ignore[reportPrivateUsage] - zlib has no other name for it
        self._head: bytes | None = None
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding in {"gzip", "x-gzip"}:
            self._inflate = zlib.decompressobj(GZIP)
        elif encoding == "deflate":
            self._head = b""  # zlib's format is meant, some servers send it without its head: two bytes tell
        elif encoding not in {"identity", ""}:
            self._lost(f"the answer came in an encoding that was not asked for: {encoding[:40]!r}")
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:19]) > limit:
            self._too_large(f"the answer says it has {length[:19]} bytes")

    def _lost(self, why: str, cause: Exception | None = None) -> NoReturn:
        raise ResponseLostError(why, status=self._status) from cause

    def _too_large(self, why: str) -> NoReturn:
        message = f"{why}; at most {self._limit} are read"
        raise ResponseTooLargeError(message, status=self._status, hint="Ask for fewer rows with limit=")

    def feed(self, chunk: bytes) -> None:
        """Take the next part of the body as it came over the wire."""
        if not chunk:
            return
        self._raw += len(chunk)
        if self._head is not None:
            self._head += chunk
            if len(self._head) < 2:
                return
            chunk, self._head = self._head, None
            has_head = chunk[0] & 0x0F == zlib.DEFLATED and not int.from_bytes(chunk[:2], "big") % 31
            self._inflate = zlib.decompressobj(zlib.MAX_WBITS if has_head else -zlib.MAX_WBITS)
        if self._inflate is None:
            self._keep(chunk)
            return
        more = False
        while chunk or more:
            if self._inflate.eof:
                self._inflate = zlib.decompressobj(
                    GZIP
                )  # a gzip body may have several members; nothing else may follow
            room = min(AT_ONCE, self._limit + 1 - self._size)
            try:
                decoded = self._inflate.decompress(chunk, room)
            except zlib.error as error:
                self._lost("the answer's compressed body is damaged", error)
            self._keep(decoded)
            chunk = self._inflate.unconsumed_tail or self._inflate.unused_data
            more = len(decoded) == room and not self._inflate.eof
            if self._size > max(RATIO_MATTERS, MAX_RATIO * self._raw):
                self._too_large(f"{self._raw} compressed bytes became {self._size}")

    def _keep(self, decoded: bytes) -> None:
        self._size += len(decoded)
        if self._size > self._limit:
            self._too_large(f"the answer has more than {self._limit} bytes")
        last = self._parts[-1] if self._parts else None
        if last is None or len(last) + len(decoded) > AT_ONCE:
            self._parts.append(decoded)
        elif isinstance(last, bytearray):
            last += decoded
        else:
            self._parts[-1] = bytearray(last + decoded)

    def finish(self) -> bytes:
        """The whole body, after its last part."""
        if self._head or (self._inflate is not None and self._raw and not self._inflate.eof):
            self._lost("the answer's compressed body ends too early")
        return bytes(self._parts[0]) if len(self._parts) == 1 else b"".join(self._parts)
