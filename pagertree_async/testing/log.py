"""What clients have sent, to be asserted on: each attempt, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload
from urllib.parse import parse_qsl, urlsplit

import msgspec

from pagertree_async.http import Request, Response
from pagertree_async.testing.matching import Pattern
from pagertree_async.testing.redaction import Redaction


class LoggedRequest:
    """One attempt of one call. It holds no credentials.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        query: The query's values by name; several of one name are joined by commas.
        json: What the body's JSON stands for, with stars for what is secret; None for no body.
        status: The answer's status as the client saw it, None where it saw none.
        error: The class of the error that it saw in an answer's place, None where it saw an answer.
        applied: Whether the other side answered it with success, even where that answer got lost on its way.
    """

    def __init__(self, request: Request) -> None:
        parts = urlsplit(request.url)
        pairs = Redaction().query(parse_qsl(parts.query, keep_blank_values=True))
        self.method: str = request.method
        self.path: str = parts.path
        self.query: dict[str, str] = {}
        for name, value in pairs:
            self.query[name] = f"{self.query[name]},{value}" if name in self.query else value
        self.json: Any = _json(request)
        self.status: int | None = None
        self.error: str | None = None
        self.applied: bool = False

    def answered(self, response: Response) -> None:
        """Note what the other side answered, whether or not it arrives."""
        self.applied = response.ok

    def __repr__(self) -> str:
        return f"<{self.method} {self.path} {self.error or self.status or 'under way'}>"


def _json(request: Request) -> Any:
    if not request.body:
        return None
    try:
        found = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return Redaction().value(found, login=Redaction.obtains(urlsplit(request.url).path))


class RequestLog(Sequence[LoggedRequest]):
    """The requests so far, in the order in which they left.

    >>> log = RequestLog()
    >>> _ = log.begin(Request(method="GET", url="https://api.pagertree.com/team?limit=2"))
    >>> log.of("GET /team")[0].query
    {'limit': '2'}
    """

    def __init__(self, requests: Sequence[LoggedRequest] = ()) -> None:
        self._requests = list(requests)

    def begin(self, request: Request) -> LoggedRequest:
        """Note a request that leaves."""
        logged = LoggedRequest(request)
        self._requests.append(logged)
        return logged

    def of(self, requests: str) -> RequestLog:
        """Those that are meant.

        Args:
            requests: Which, such as ``"POST /alert"``, ``"/team/*"`` or ``"*"``.

        Raises:
            InvalidArgumentError: That is no such text.
        """
        pattern = Pattern(requests)
        return RequestLog([one for one in self._requests if pattern.fits(one.method, one.path)])

    def applied(self, requests: str = "*") -> RequestLog:
        """Those that are meant and that the other side carried out, whatever the client saw of it.

        Args:
            requests: Which, such as ``"POST /alert"``.

        Raises:
            InvalidArgumentError: That is no such text.
        """
        return RequestLog([one for one in self.of(requests) if one.applied])

    def clear(self) -> None:
        """Forget what was sent so far."""
        self._requests.clear()

    @overload
    def __getitem__(self, index: int) -> LoggedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> RequestLog: ...
    def __getitem__(self, index: int | slice) -> LoggedRequest | RequestLog:
        return RequestLog(self._requests[index]) if isinstance(index, slice) else self._requests[index]

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(self._requests)

    def __repr__(self) -> str:
        return repr(self._requests)
