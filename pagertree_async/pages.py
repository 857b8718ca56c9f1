"""One page after another, until the list ends: what a list gives when it is awaited, iterated or called."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator, Mapping
from typing import Any, Generic, cast, overload

import msgspec
from msgspec import UNSET, Raw

from pagertree_async.calling import Async, Blocking, Mode, drive
from pagertree_async.errors import (
    IncompleteListWarning,
    InvalidArgumentError,
    InvalidResponseError,
    MultipleFoundError,
    PagerTreeError,
    PaginationError,
)
from pagertree_async.http import Response
from pagertree_async.models import M, as_datetime, decoded, reader
from pagertree_async.params import OPTION_NAMES, Options, Query, checked
from pagertree_async.query import Op
from pagertree_async.session import Call, Session, encoded_query

STREAMED_LIMIT = 100
"""Rows a page when a list is iterated: the API's own default of 10 costs ten times the requests."""
API_LIMIT = 10
"""Rows a page that the API gives by itself."""
PAGING = frozenset({"limit", "offset", "page"})


class Envelope(msgspec.Struct):
    """A page as it comes, its rows not yet decoded."""

    data: list[Raw]
    has_more: bool | None = None
    total_count: int | None = None


_envelope = msgspec.json.Decoder(Envelope).decode
_rows = msgspec.json.Decoder(list[Raw]).decode


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


class Listing(msgspec.Struct, frozen=True):
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
        """The call for one page; None leaves a value to the API."""
        query = self.query
        values = query.query()
        if limit is not None:
            values["limit"] = limit
        if offset is not None:
            values.pop("page", None)
            values["offset"] = offset
        return Call(
            method="GET", path=self.path, query=encoded_query(values), timeout=query.timeout, retry=query.retry
        )

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


class Walk(Generic[M]):
    """Goes from page to page, and neither for ever nor past a hole without a word.

    Between two pages it keeps a number for each page it has seen, and nothing of their rows.
    """

    def __init__(self, session: Session[Any], listing: Listing) -> None:
        self._session = session
        self._listing = listing
        self._offset = listing.start
        self._over = False
        self._asked_again = False
        self._seen: set[int] = set()
        self._strange = 0

    async def next(self) -> Page[M] | None:
        """The next page that has rows not seen before, None after the last.

        Raises:
            PaginationError: The list goes in circles, or promises more and gives none.
        """
        while not self._over:
            try:
                page = await fetch(self._session, self._listing, self._listing.limit, self._offset)
                fresh = self._known(page)
            except PagerTreeError as error:
                if error.next_offset is None:
                    error.next_offset = self._offset
                raise
            self._offset += len(page.data)
            if not page.has_more:
                self._end(page, fresh=fresh)
            if fresh:
                return page
        return None

    def _known(self, page: Page[M]) -> bool:
        """Whether the page has rows that were not seen before; two in a row that have none are the end of patience."""
        print_ = hash(frozenset([item.row_key for item in page.data]))
        fresh = bool(page.data) and print_ not in self._seen
        self._seen.add(print_)
        if fresh or not page.has_more:
            self._strange = 0
            return fresh
        self._strange += 1
        if self._strange > 1:
            what = "brings the same rows again and again" if page.data else "promises more rows and brings none"
            message = f"{self._listing.verb}() {what}, at offset {self._offset}"
            raise PaginationError(message, hint="What was yielded is valid; the server's paging is at fault")
        return fresh

    def _end(self, page: Page[M], *, fresh: bool) -> None:
        total = page.total_count
        self._over = total is None or self._offset >= total or (self._asked_again and not fresh)
        if self._over and total is not None and self._offset < total:
            message = f"{self._listing.verb}() ended after {self._offset} of {total} rows, also when its end was asked for again"
            warnings.warn(message, IncompleteListWarning, stacklevel=2)
        self._asked_again = True


async def fetch(session: Session[Any], listing: Listing, limit: int | None, offset: int | None) -> Page[Any]:
    """One page, by one call."""

    def page(response: Response) -> Page[Any]:
        sent = decoded(response.body, read_envelope, response.status)
        read: Callable[[Raw], Any] = reader(listing.model)
        try:
            data = [read(row) for row in sent.data]
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            malformed = not isinstance(error, msgspec.ValidationError)
            message = f"{response.status}, but a row of the list {'is not JSON' if malformed else 'has another shape'}: {error}"
            raise InvalidResponseError(message, status=response.status, body=response.body, malformed=malformed) from error
        start = offset if offset is not None else first_row(listing.query)
        end = start + len(data)
        total = sent.total_count
        more = sent.has_more
        if more is None:
            more = end < total if total is not None else len(data) >= (limit or own_limit(listing.query))
        return Page(data, more, total, end if more else None)

    return await session.call(listing.call(limit, offset), page)


def own_limit(query: Query) -> int:
    """Rows a page when the caller's own limit, or else the API's, is left as it is."""
    return API_LIMIT if query.limit is UNSET else query.limit


def first_row(query: Query) -> int:
    """The row that a page asked for as the caller did begins with."""
    if query.page is not UNSET:
        return (query.page - 1) * own_limit(query)
    return 0 if query.offset is UNSET else query.offset


class _AsyncItems(AsyncIterator[M]):
    def __init__(self, walk: Walk[M]) -> None:
        self._walk = walk
        self._items: Iterator[M] = iter(())

    def __aiter__(self) -> _AsyncItems[M]:
        return self

    async def __anext__(self) -> M:
        for item in self._items:
            return item
        page = await self._walk.next()
        if page is None:
            raise StopAsyncIteration
        self._items = iter(page.data)
        return next(self._items)


class _AsyncPages(AsyncIterator[Page[M]]):
    def __init__(self, walk: Walk[M]) -> None:
        self._walk = walk

    def __aiter__(self) -> _AsyncPages[M]:
        return self

    async def __anext__(self) -> Page[M]:
        page = await self._walk.next()
        if page is None:
            raise StopAsyncIteration
        return page


def _blocking_pages(walk: Walk[M]) -> Iterator[Page[M]]:
    while (page := drive(walk.next())) is not None:
        yield page


def _blocking_items(walk: Walk[M]) -> Iterator[M]:
    for page in _blocking_pages(walk):
        yield from page.data


class PageStream(Generic[Mode, M]):
    """The pages of a list, one after another: ``async for`` of an async client, ``for`` of a blocking one."""

    def __init__(self, session: Session[Mode], listing: Listing) -> None:
        self._session = session
        self._listing = listing

    def __aiter__(self: PageStream[Async, M]) -> AsyncIterator[Page[M]]:
        _expect(self._session, Async)
        walk: Walk[M] = Walk(self._session, self._listing)
        return _AsyncPages(walk)

    def __iter__(self: PageStream[Blocking, M]) -> Iterator[Page[M]]:
        _expect(self._session, Blocking)
        return _blocking_pages(Walk(self._session, self._listing))


class Pages(Generic[Mode, M]):
    """A list that has been asked for and not yet sent for.

    Of an async client: ``await`` it for the first page, ``async for`` every object until ``has_more`` is false. Of a
    blocking client: :meth:`first` and ``for``. Nothing is sent before that, and nothing is held between two pages.
    """

    def __init__(self, session: Session[Mode], listing: Listing) -> None:
        self._session = session
        self._listing = listing
        if listing.query.offset is not UNSET and listing.query.page is not UNSET:
            message = f"{listing.verb}() takes an offset or a page, not both"
            raise InvalidArgumentError(message)

    def __await__(self: Pages[Async, M]) -> Generator[Any, Any, Page[M]]:
        _expect(self._session, Async)
        return self._first().__await__()

    def __aiter__(self: Pages[Async, M]) -> AsyncIterator[M]:
        _expect(self._session, Async)
        return _AsyncItems(Walk(self._session, self._listing))

    def __iter__(self: Pages[Blocking, M]) -> Iterator[M]:
        _expect(self._session, Blocking)
        return _blocking_items(Walk(self._session, self._listing))

    def __repr__(self) -> str:
        return f"<{self._listing.verb}(): nothing sent yet>"

    async def _first(self) -> Page[M]:
        return await fetch(self._session, self._listing, None, None)

    @overload
    def first(self: Pages[Async, M]) -> Coroutine[Any, Any, Page[M]]: ...
    @overload
    def first(self: Pages[Blocking, M]) -> Page[M]: ...
    def first(self) -> Any:
        """The first page, by one request, with as many rows as ``limit`` says or else as the API gives by itself."""
        return self._session.mode.run(self._first())

    def pages(self) -> PageStream[Mode, M]:
        """The pages instead of their objects, to go through with ``async for`` or ``for``."""
        return PageStream(self._session, self._listing)

    @overload
    def count(self: Pages[Async, M]) -> Coroutine[Any, Any, int]: ...
    @overload
    def count(self: Pages[Blocking, M]) -> int: ...
    def count(self) -> Any:
        """How many objects the list has, by one request with a limit of 1.

        Raises:
            InvalidResponseError: The server does not say.
        """
        return self._session.mode.run(self._count())

    async def _count(self) -> int:
        page = await fetch(self._session, self._listing, 1, 0)
        if page.total_count is None:
            message = f"{self._listing.verb}(): the server does not say how many there are"
            raise InvalidResponseError(message, status=200)
        return page.total_count

    @overload
    def find(self: Pages[Async, M], **attributes: Any) -> Coroutine[Any, Any, M | None]: ...
    @overload
    def find(self: Pages[Blocking, M], **attributes: Any) -> M | None: ...
    def find(self, **attributes: Any) -> Any:
        """The one object of the list whose attributes equal those given.

        Asks the server to filter, and holds its answer against the attributes: a server that does not filter makes
        this slower, not wrong.

        Args:
            attributes: Attributes by name with the values to equal; comparisons are for ``list``.

        Returns:
            The object, or None when there is none.

        Raises:
            MultipleFoundError: Several match.
            InvalidArgumentError: No attribute, or one that the list cannot be filtered by.
        """
        return self._session.mode.run(find(self._session, self._listing, attributes))


async def find(session: Session[Any], listing: Listing, attributes: Mapping[str, Any]) -> Any:
    """The one object of a list whose attributes equal those given, None when there is none."""
    sought = {name: value for name, value in attributes.items() if name not in OPTION_NAMES}
    if not sought:
        message = f"{listing.verb}() finds by an attribute: find(name=...)"
        raise InvalidArgumentError(message)
    for name, value in sought.items():
        if name in PAGING or isinstance(value, Op):
            message = f"{listing.verb}() finds by what an attribute equals, not by {name}={value!r}"
            raise InvalidArgumentError(message, hint="Comparisons and pages are for list()")
    wanted = checked(type(listing.query), attributes, listing.verb)
    query = msgspec.structs.replace(listing.query, **{name: getattr(wanted, name) for name in attributes})
    walk: Walk[Any] = Walk(session, msgspec.structs.replace(listing, query=query))
    found: dict[str, Any] = {}
    while (page := await walk.next()) is not None:
        found |= {item.id: item for item in page.data if matches(item, sought, wanted)}
        if len(found) > 1:
            which = ", ".join(f"{name}={value!r}" for name, value in sought.items())
            message = f"{listing.verb}(): several have {which}, among them {' and '.join([*found][:2])}"
            raise MultipleFoundError(message)
    return next(iter(found.values()), None)


def matches(item: Any, attributes: Mapping[str, Any], wanted: Options) -> bool:
    """Whether an object's attributes, by name, equal those of ``wanted``, as far as the object has them."""
    for name in attributes:
        if not hasattr(item, name):
            continue
        has, wants = getattr(item, name), getattr(wanted, name)
        if name in wanted.unix_fields:
            wants = as_datetime(wants)
        members = cast("list[object]", has) if isinstance(has, list) else [has]
        if wants not in members:
            return False
    return True


def _expect(session: Session[Any], mode: type[Async | Blocking]) -> None:
    if session.mode is not mode:
        message = (
            "this list belongs to an async client: use 'async for' or 'await'"
            if mode is Blocking
            else "this list belongs to a blocking client: use 'for' or '.first()'"
        )
        raise TypeError(message)
