"""A list's pages: what is asked for, what comes, and where the way through them has come to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic

import msgspec
from msgspec import UNSET, Raw

from pagertree_async.addresses import encoded_query
from pagertree_async.errors import IncompleteListWarning, InvalidResponseError, PagerTreeError, PaginationError
from pagertree_async.http import Response
from pagertree_async.models import M, decoded, mending, row_keys, rows_reader
from pagertree_async.params import Query
from pagertree_async.session import Call, Session
from pagertree_async.warn import warn

STREAMED_LIMIT = 100
"""Rows a page when a list is iterated: the API's own default of 10 costs ten times the requests."""
BEYOND = 1000
"""How many rows more than twice its total a list may bring before it is held to be endless."""
API_LIMIT = 10
"""Rows a page that the API gives by itself."""


PLACE = frozenset({"limit", "offset", "page"})
"""The query values that say which page is asked for."""


class Envelope(msgspec.Struct):
    """A page as it comes, its rows not yet decoded."""

    data: list[Raw]
    has_more: bool | None = None
    total_count: int | None = None


_envelope = mending(msgspec.json.Decoder(Envelope).decode)
_rows = mending(msgspec.json.Decoder(list[Raw]).decode)


def read_envelope(body: bytes) -> Envelope:
    """A page as it comes; a bare array is a list that is whole."""
    if body[:1] == b"[":
        rows = _rows(body)
        return Envelope(rows, has_more=False, total_count=len(rows))
    return _envelope(body)


class Page(msgspec.Struct, Generic[M], frozen=True):
    """One page of a list.

    Attributes:
        data: The objects, in the server's order.
        has_more: Whether there are more after this page.
        total_count: How many objects the whole list has, None when the server does not say.
        next_offset: Where the next page begins, in rows; None after the last.
    """

    data: list[M]
    has_more: bool
    total_count: int | None
    next_offset: int | None


class Listing(msgspec.Struct, frozen=True, dict=True):
    """What is asked of a list: where it is, and the query that selects its rows.

    Attributes:
        verb: How the list is named in errors: ``alerts.list``.
        path: The path below the base URL.
        query: What the caller passed.
        model: What each row becomes.
    """

    verb: str
    path: str
    query: Query
    model: type[Any]

    def call(self, limit: int | None, offset: int | None) -> Call:
        """The call for one page; without both of a limit and an offset, for the page that the caller or the API chooses."""
        query = self.query
        if limit is None or offset is None:
            text = encoded_query(query.query())
        else:
            selected = self._selection
            text = f"{selected}&limit={limit}&offset={offset}" if selected else f"limit={limit}&offset={offset}"
        return Call(method="GET", path=self.path, query=text, timeout=query.timeout, retry=query.retry)

    @cached_property
    def _selection(self) -> str:
        """What selects and sorts the rows, the same for every page."""
        values = self.query.query()
        return encoded_query({name: value for name, value in values.items() if name not in PLACE})

    @property
    def limit(self) -> int:
        """Rows a page when the list is iterated."""
        return STREAMED_LIMIT if self.query.limit is UNSET else self.query.limit

    @property
    def start(self) -> int:
        """The row that iterating begins with."""
        if self.query.page is not UNSET:
            return (self.query.page - 1) * self.limit
        return 0 if self.query.offset is UNSET else self.query.offset


class Sent(msgspec.Struct, frozen=True):
    """A page whose rows are not yet decoded.

    Attributes:
        rows: The rows as they came.
        has_more: Whether there are more after this page.
        total_count: How many rows the whole list has, None when the server does not say.
        offset: The row that the page begins with.
    """

    rows: list[Raw]
    has_more: bool
    total_count: int | None
    offset: int

    def page(self, model: type[Any]) -> Page[Any]:
        """The page with its rows decoded.

        Raises:
            InvalidResponseError: A row is no ``model``.
        """
        read: Callable[[list[Raw]], list[Any]] = rows_reader(model)
        try:
            data = read(self.rows)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            malformed = not isinstance(error, msgspec.ValidationError)
            message = f"200, but a row of the list {'is not JSON' if malformed else 'has another shape'}: {error}"
            body = b"".join(map(bytes, self.rows))
            raise InvalidResponseError(message, status=200, body=body, malformed=malformed) from error
        return Page(data, self.has_more, self.total_count, self.offset + len(data) if self.has_more else None)


class Trail:
    """Where a way through a list has come to, neither going on for ever nor past a hole without a word.

    It keeps a number for each page it has seen, and nothing of their rows.
    """

    def __init__(self, listing: Listing) -> None:
        self._verb = listing.verb
        self._path = listing.path
        self.offset: int = listing.start
        self.over: bool = False
        self._asked_again = False
        self._seen: set[int] = set()
        self._strange = 0
        self._sound = self.offset
        self._first: int | None = None

    def take(self, page: Page[Any]) -> bool:
        """Take in the next page; tell whether it has rows that were not seen before.

        Raises:
            PaginationError: The list goes in circles, or promises more and gives none.
        """
        fresh = self._known(page)
        if fresh or page.has_more:  # the end that was asked for again may bring what is known
            self.offset += len(page.data)
        total = page.total_count
        if self._first is None:
            self._first = total
        if page.has_more and total is not None and self.offset > 2 * max(total, self._first or 0) + BEYOND:
            how = f"goes on after {self.offset} rows, though it says that it has {total}"
            raise self._endless(how, self.offset)
        if not page.has_more:
            self._end(page, fresh=fresh)
        return fresh

    def _known(self, page: Page[Any]) -> bool:
        """Whether the page has rows that were not seen before; two in a row that have none are the end of patience."""
        print_ = hash(frozenset(row_keys(page.data)))
        fresh = bool(page.data) and print_ not in self._seen
        self._seen.add(print_)
        if fresh or not page.has_more:
            self._strange = 0
            return fresh
        self._strange += 1
        if self._strange == 1:
            self._sound = self.offset
        else:
            what = "brings the same rows again and again" if page.data else "promises more rows and brings none"
            how = f"{what}, at offset {self.offset}"
            raise self._endless(how, self._sound)
        return fresh

    def _endless(self, how: str, sound: int) -> PaginationError:
        hint = "What was yielded is valid; the server's paging is at fault"
        error = PaginationError(f"{self._verb}() {how}", hint=hint)
        error.method, error.path, error.next_offset = "GET", self._path, sound
        return error

    def _end(self, page: Page[Any], *, fresh: bool) -> None:
        total = page.total_count
        self.over = total is None or self.offset >= total or (self._asked_again and not fresh)
        if self.over and total is not None and self.offset < total:
            message = f"{self._verb}() ended after {self.offset} of {total} rows, also when its end was asked for again"
            warn(message, IncompleteListWarning)
        elif self.over and total is not None and self._first is not None and total < self._first:
            message = (
                f"{self._verb}() shrank from {self._first} to {total} rows while it was read, so some may have been"
                " passed over: collect the rows before changing them"
            )
            warn(message, IncompleteListWarning)
        self._asked_again = True


class Walk(Generic[M]):
    """Goes from page to page, and holds nothing between two of them."""

    def __init__(self, session: Session[Any], listing: Listing) -> None:
        self._session = session
        self._listing = listing
        self._trail = Trail(listing)

    async def next(self) -> Page[M] | None:
        """The next page that has rows not seen before, None after the last.

        Raises:
            PaginationError: The list goes in circles, or promises more and gives none.
        """
        trail = self._trail
        while not trail.over:
            try:
                page = await fetch(self._session, self._listing, self._listing.limit, trail.offset)
                fresh = trail.take(page)
            except PagerTreeError as error:
                if error.next_offset is None:
                    error.next_offset = trail.offset
                raise
            if fresh:
                return page
        return None


def sent_page(response: Response, listing: Listing, limit: int | None, offset: int | None) -> Sent:
    """What an answer brings of a list, its rows not yet decoded.

    Raises:
        InvalidResponseError: It is no page.
    """
    sent = decoded(response.body, read_envelope, response.status)
    start = offset if offset is not None else first_row(listing.query)
    end = start + len(sent.data)
    more = sent.has_more
    if more is None:
        total = sent.total_count
        more = end < total if total is not None else len(sent.data) >= (limit or own_limit(listing.query))
    return Sent(sent.data, more, sent.total_count, start)


async def fetch(session: Session[Any], listing: Listing, limit: int | None, offset: int | None) -> Page[Any]:
    """One page, by one call."""
    page: Page[Any] = await session.call(
        listing.call(limit, offset), lambda answer: sent_page(answer, listing, limit, offset).page(listing.model)
    )
    await session.telling.page(listing.path, len(page.data))
    return page


async def fetch_sent(session: Session[Any], listing: Listing, limit: int, offset: int) -> Sent:
    """One page, by one call, its rows not yet decoded."""
    sent = await session.call(listing.call(limit, offset), lambda answer: sent_page(answer, listing, limit, offset))
    await session.telling.page(listing.path, len(sent.rows))
    return sent


def own_limit(query: Query) -> int:
    """Rows a page when the caller's own limit, or else the API's, is left as it is."""
    return API_LIMIT if query.limit is UNSET else query.limit


def first_row(query: Query) -> int:
    """The row that a page asked for as the caller did begins with."""
    if query.page is not UNSET:
        return (query.page - 1) * own_limit(query)
    return 0 if query.offset is UNSET else query.offset
