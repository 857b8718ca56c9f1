"""What can go wrong, and what each thing means for the person who reads it at three in the morning.

::

    PagerTreeError
    ├── ConfigurationError            a setting or credential is missing or contradicts another; nothing was sent
    ├── InvalidArgumentError          a wrong argument; nothing was sent (also a TypeError)
    │   └── InvalidIdError            not an id: it could change the address of the request
    ├── ClientClosedError             the client was closed before this call
    ├── APIError                      the API answered, with an error
    │   ├── BadRequestError           400
    │   ├── AuthenticationError       401
    │   ├── PermissionDeniedError     403
    │   ├── NotFoundError             404
    │   ├── ConflictError             409
    │   ├── UnprocessableError        422
    │   ├── RateLimitedError          429, ``retry_after`` seconds
    │   ├── ServerError               500 and above
    │   └── UnexpectedRedirectError   3xx: never followed, credentials stay here
    ├── TransportError                there was no answer, or not a whole one
    │   ├── ConnectionFailedError     no connection; the request was not sent
    │   ├── TLSError                  the certificate or handshake is not to be trusted; not sent
    │   ├── ProxyError                the proxy refused; not sent
    │   ├── PoolTimeoutError          no connection became free in time; not sent
    │   ├── ConnectionLostError       the connection ended before an answer came
    │   ├── AttemptTimeoutError       one attempt took too long
    │   ├── DeadlineExceededError     the call's total time is used up
    │   ├── ResponseLostError         the answer began, with a status, and was cut
    │   └── AmbiguousWriteError       a write may or may not have been applied; it was not repeated
    ├── InvalidResponseError          an answer that is not what the API is known to send
    │   ├── ResponseTooLargeError     larger than is read into memory
    │   └── ResponseMismatchError     the answer to another question
    ├── PaginationError               a list that would never end
    ├── MultipleFoundError            one was asked for, several were found
    └── NoneFoundError                one was asked for, none was found

    IncompleteListWarning             (a warning) a list that ended short of its total

Every error carries what is known of the call: ``method``, ``path``, ``attempts``, ``elapsed`` (seconds),
``request_id``, ``maybe_applied``, and ``next_offset`` when it broke off a list. All of them can be pickled.
"""

from __future__ import annotations

import codecs
import copyreg
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

import msgspec

__all__ = [
    "APIError",
    "AmbiguousWriteError",
    "AttemptTimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "ConnectionLostError",
    "DeadlineExceededError",
    "IncompleteListWarning",
    "InvalidArgumentError",
    "InvalidIdError",
    "InvalidResponseError",
    "MultipleFoundError",
    "NoneFoundError",
    "NotFoundError",
    "PagerTreeError",
    "PaginationError",
    "PermissionDeniedError",
    "PoolTimeoutError",
    "ProxyError",
    "RateLimitedError",
    "ResponseLostError",
    "ResponseMismatchError",
    "ResponseTooLargeError",
    "Sent",
    "ServerError",
    "TLSError",
    "TransportError",
    "UnexpectedRedirectError",
    "UnprocessableError",
    "without_frames",
]

MAX_TEXT = 500
"""How much of a server's own words an error repeats, in characters."""
LINE = 160
"""How much of a thing is shown of it within another, in characters."""
MAX_PAGE = 16_384
"""How much of a page that is not JSON is searched for words, in characters."""

LOOK = "Look whether it was applied before sending it again"
"""What to do after a write that may have been applied."""
UNSTEADY = "When it goes on, check the network and what stands between this machine and the API"
"""What to do when connections break."""

E = TypeVar("E", bound=BaseException)


class Sent(StrEnum):
    """How much of a request the server can have seen when it failed."""

    NO = "not sent"
    MAYBE = "maybe sent"
    YES = "sent"


class PagerTreeError(Exception):
    """The base of every error of this package.

    Attributes:
        method: The HTTP method of the call, None when the error belongs to no call.
        path: The path of the call below the base URL, without its query.
        attempts: How many requests were sent, or tried.
        elapsed: Seconds from the start of the call to the error.
        request_id: The server's name for the request, to quote to the vendor's support.
        maybe_applied: True when a write may have been applied although the call failed.
        next_offset: Where to go on, in rows, when the error broke off a list.
    """

    hint: ClassVar[str] = ""
    """What to do about it, in one sentence."""

    def __init__(self, message: str = "", *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.method: str | None = None
        self.path: str | None = None
        self.attempts: int = 0
        self.elapsed: float | None = None
        self.request_id: str | None = None
        self.maybe_applied: bool = False
        self.next_offset: int | None = None
        if hint is not None:
            self._hint = hint

    def advise(self, hint: str) -> None:
        """Say what to do about it, in one sentence."""
        self._hint = hint

    def _what(self) -> str:
        return self.message

    def __str__(self) -> str:
        where = f"{self.method} {self.path}: " if self.method else ""
        tried = [f"request {shortened(self.request_id, 100)}"] if self.request_id else []
        if self.attempts:
            tried.append(f"{self.attempts} attempt{'s' if self.attempts > 1 else ''} in {self.elapsed or 0.0:.1f} s")
        if self.next_offset:
            tried.append(f"the list can go on from offset {self.next_offset}")
        told = f" ({', '.join(tried)})" if tried else ""
        hint = self.__dict__.get("_hint", self.hint)
        if self.maybe_applied and LOOK not in hint:
            hint = f"{LOOK}. {hint}" if hint else LOOK
        return f"{where}{self._what()}{told}{'. ' + hint if hint else ''}"

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class ConfigurationError(PagerTreeError):
    """A setting or credential is missing, or contradicts another. Nothing was sent."""


class InvalidArgumentError(PagerTreeError, TypeError):
    """An argument is missing, unknown or of the wrong type. Nothing was sent."""


class InvalidIdError(InvalidArgumentError):
    """What was given as an id is not one. Nothing was sent: it could have changed the address of the request."""


class ClientClosedError(PagerTreeError):
    """The client was used after it was closed."""

    hint = "Open a new client, or keep this one open for as long as it is used"


class APIError(PagerTreeError):
    """The API answered with an error.

    Attributes:
        status: The HTTP status.
        headers: The answer's headers, looked up without regard to case.
        body: The answer's body, as it came, in bytes.
        messages: What the server says went wrong, one by one, from whatever shape the body has.
    """

    hint = "Look at what the API says; its support can look the request up"

    def __init__(
        self, status: int, *, headers: Mapping[str, str] | None = None, body: bytes = b"", hint: str | None = None
    ) -> None:
        super().__init__(f"{status} {REASONS.get(status, 'error')}", hint=hint)
        Exception.__init__(self, status)  # what a pickle makes it of again
        self.status = status
        self.headers: Mapping[str, str] = {} if headers is None else headers
        self.body = body
        self.messages: tuple[str, ...] = messages_of(body)

    def _what(self) -> str:
        return shortened(": ".join([self.message, *(["; ".join(self.messages)] if self.messages else [])]))


class BadRequestError(APIError):
    """400: the request was not acceptable, often for a missing parameter."""

    hint = "Correct what the API objects to, or look at the state that the object is in"


class AuthenticationError(APIError):
    """401: the credentials are missing, wrong or expired."""

    hint = "Check the credentials the client was given, or the environment variables they come from"


class PermissionDeniedError(APIError):
    """403: these credentials may not do this."""

    hint = "Use credentials that may, or have these allowed to"


class NotFoundError(APIError):
    """404: there is no such object, or these credentials may not see it."""

    hint = "Check the id, and whether these credentials may see it"


class ConflictError(APIError):
    """409: it contradicts something that exists, perhaps by the same id or key."""

    hint = "Look at what is there already, and change that, or use another id or key"


class UnprocessableError(APIError):
    """422: the API understood the request and found it invalid."""

    hint = "Correct what the API objects to"


class RateLimitedError(APIError):
    """429: too many requests.

    Attributes:
        retry_after: Seconds to wait before the next request, as the server asked, or None.
    """

    hint = "Make fewer calls at once, and leave more time between them"
    retry_after: float | None = None


class ServerError(APIError):
    """500 and above: the server, or something before it, failed."""

    hint = "The server is at fault: give it time; when it goes on, tell the API's support which request it was"


class UnexpectedRedirectError(APIError):
    """3xx: the API does not redirect, so this was not followed and no credential left for another host."""

    hint = "Check base_url, and what stands between this machine and the API"

    def _what(self) -> str:
        location = self.headers.get("location", "")
        return f"{self.message}{' to ' + shortened(location.split('?')[0]) if location else ''}, not followed"


class TransportError(PagerTreeError):
    """There was no answer, or not a whole one.

    Attributes:
        sent: Whether the server can have seen the request.
    """

    unless_told: ClassVar[Sent] = Sent.MAYBE
    """How much was sent when whoever raises it does not say: what may have arrived is not to be repeated blindly."""

    def __init__(self, message: str = "", *, sent: Sent | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.sent: Sent = self.unless_told if sent is None else sent

    def _what(self) -> str:
        return f"{self.message} [{self.sent}]"


class ConnectionFailedError(TransportError):
    """No connection could be made: name look-up, refusal, or a handshake that was cut. The request was not sent."""

    unless_told = Sent.NO
    hint = "Check the network, DNS, proxy variables and base_url"


class TLSError(TransportError):
    """The server's certificate cannot be trusted. The request was not sent, and is not tried again."""

    unless_told = Sent.NO
    hint = "Check the clock, base_url, and which certificates this machine trusts"


class ProxyError(TransportError):
    """The proxy refused or failed. The request was not sent to the API.

    Attributes:
        status: The HTTP status the proxy answered with, None when it could not be reached.
    """

    hint = "Check the proxy's address and credentials: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY or proxy="

    def __init__(self, message: str = "", *, status: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, sent=Sent.NO, hint=hint)
        self.status = status


class PoolTimeoutError(TransportError):
    """Every connection was in use for longer than a request may wait for one. The request was not sent."""

    unless_told = Sent.NO
    hint = "Run fewer calls at once, or give the transport more connections"


class ConnectionLostError(TransportError):
    """The connection ended after the request began to leave and before an answer came."""

    hint = UNSTEADY


class AttemptTimeoutError(TransportError):
    """One attempt took longer than it may: to connect, to write, between two bytes, or in all.

    Attributes:
        status: The answer's status, where it came before the time was over.
    """

    hint = "Give the call more time with timeout=, or check why the network or the server is slow"

    def __init__(
        self, message: str = "", *, sent: Sent | None = None, status: int | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, sent=sent, hint=hint)
        self.status = status


class DeadlineExceededError(TransportError):
    """The total time of the call is used up; ``__cause__`` is what its last attempt failed with."""

    hint = "Give the call more time with timeout=, or check why the server is slow"


class ResponseLostError(TransportError):
    """The answer began, with a status, and was cut or could not be decoded.

    Attributes:
        status: The status it began with.
    """

    hint = UNSTEADY

    def __init__(self, message: str = "", *, status: int = 0, hint: str | None = None) -> None:
        super().__init__(message, sent=Sent.YES, hint=hint)
        self.status = status


class AmbiguousWriteError(TransportError):
    """A write left, and no answer came: it may have been applied or not, so it was not sent again."""

    hint = LOOK


class InvalidResponseError(PagerTreeError):
    """The answer is not what the API is known to send: not JSON, or JSON of another shape.

    Attributes:
        status: The answer's HTTP status.
        body: The answer's body, as it came, in bytes.
        malformed: True when the body is not JSON at all.
    """

    hint = "Check base_url, and what stands before the API"

    def __init__(
        self, message: str = "", *, status: int = 0, body: bytes = b"", malformed: bool = False, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.body = body
        self.malformed = malformed


class ResponseTooLargeError(InvalidResponseError):
    """The answer is larger than is read into memory, or expands beyond reason; reading stopped there."""


class ResponseMismatchError(InvalidResponseError):
    """The answer is about another object than the one asked for: the connection handed over somebody else's answer."""

    hint = "Check what stands before the API: it mixes up answers"


class PaginationError(PagerTreeError):
    """The list would never end: an empty page promised more, or a page came that was seen before."""

    hint = "What came before is valid; the server's paging is at fault"


class MultipleFoundError(PagerTreeError):
    """One was asked for and several match."""


class NoneFoundError(PagerTreeError):
    """One was asked for, by what it is called, and none is there; nothing was done."""


class IncompleteListWarning(UserWarning):
    """A list ended short of the total that the server gave, also when its end was asked for again."""


REASONS = {
    400: "bad request",
    401: "unauthorized",
    403: "forbidden",
    404: "not found",
    405: "method not allowed",
    408: "request timeout",
    409: "conflict",
    410: "gone",
    413: "content too large",
    422: "unprocessable",
    425: "too early",
    429: "too many requests",
    500: "internal server error",
    502: "bad gateway",
    503: "service unavailable",
    504: "gateway timeout",
}
BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableError,
    429: RateLimitedError,
}


def api_error(status: int, headers: Mapping[str, str], body: bytes) -> APIError:
    """The error that an answer outside 2xx stands for.

    >>> print(api_error(404, {}, b'{"errors": [{"message": "no such alert"}]}'))
    404 not found: no such alert
    """
    if status >= 500:
        return ServerError(status, headers=headers, body=body)
    if 300 <= status < 400:
        return UnexpectedRedirectError(status, headers=headers, body=body)
    return BY_STATUS.get(status, APIError)(status, headers=headers, body=body)


def messages_of(body: bytes) -> tuple[str, ...]:
    """What an error body says, from any shape known of APIs and of the proxies before them."""
    text = body.decode("utf-16" if body[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig", "replace")
    try:
        found = _messages(msgspec.json.decode(text), 0)
    except (msgspec.DecodeError, RecursionError):
        found = []
    if not found and text.strip() in {"{}", "[]", "null", '""'}:
        return ()
    return tuple(line for line in map(shortened, found or [_plain(text[:MAX_PAGE])]) if line)[:20]


def _messages(value: object, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth > 4:
        return []
    if isinstance(value, Mapping):
        parts: Mapping[str, object] = value  # pyright: ignore[reportUnknownVariableType]
        named = [
            parts[key]
            for key in ("message", "error", "error_description", "errors", "detail", "title")
            if parts.get(key) and (not depth or key.startswith("error") or isinstance(parts[key], str))
        ]  # deeper, {"title": ["is too long"]} is about a field of that name
        if not named:
            return [f"{name} {text}" for name, part in parts.items() for text in _messages(part, depth + 1)]
        return list(dict.fromkeys(text for part in named for text in _messages(part, depth + 1)))
    if isinstance(value, Sequence):
        items: Sequence[object] = value  # pyright: ignore[reportUnknownVariableType]
        return [text for part in items for text in _messages(part, depth + 1)]
    return []


def _plain(text: str) -> str:
    if "<" in text:
        title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
        text = title[1] if title else re.sub(r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", text)
    return text


def shortened(text: str, limit: int = MAX_TEXT) -> str:
    """``text`` on one line without control characters, cut to ``limit`` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def without_frames(error: E, *, contexts: bool = False, within: BaseException | None = None) -> E:
    """Drop the tracebacks of an exception and of what it was raised from: their locals may hold credentials.

    Args:
        error: The exception.
        contexts: Go on to what was being handled meanwhile, as well.
        within: What the caller of this package was handling when it called: it and what led to it stay as they are.
    """
    links: list[BaseException | None] = [error]
    seen = {id(within)}
    while links:
        link = links.pop()
        if link is not None and id(link) not in seen:
            seen.add(id(link))
            link.__traceback__ = None
            links += [link.__cause__, link.__context__ if contexts else None]
    return error
