"""A list that was asked for: what it gives when it is awaited, iterated or called."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Generator, Iterator, Mapping
from datetime import datetime
from typing import Any, Generic, cast, overload

import msgspec
from msgspec import UNSET

from pagertree_async.ahead import Ahead, AsyncAhead, BlockingAhead
from pagertree_async.calling import Async, Blocking, Mode, drive
from pagertree_async.errors import InvalidArgumentError, InvalidResponseError, MultipleFoundError
from pagertree_async.models import M, Model, as_datetime
from pagertree_async.paging import Listing, Page, Walk, fetch
from pagertree_async.params import OPTION_NAMES, Id, Options, checked, required
from pagertree_async.query import Op, seconds
from pagertree_async.session import Session

__all__ = ["Listing", "Page", "PageStream", "Pages", "Walk", "find", "matches"]

PAGING = frozenset({"limit", "offset", "page"})


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
    def concurrently(self: Pages[Async, M], pages: int) -> AsyncAhead[M]: ...
    @overload
    def concurrently(self: Pages[Blocking, M], pages: int) -> BlockingAhead[M]: ...
    def concurrently(self, pages: int) -> Any:
        """The objects with several pages under way at a time, in the server's order all the same.

        It is a block, and ``async for`` (or ``for``) within it goes through the list, once::

            async with client.alerts.list().concurrently(16) as alerts:
                async for alert in alerts:
                    ...

        At most ``pages`` pages have been asked for and not yet been gone through: a slow loop holds up the asking.
        Leaving the block, for whatever reason, ends what is under way. A blocking client does it by threads.

        Args:
            pages: How many pages.

        Raises:
            InvalidArgumentError: ``pages`` is not a number above zero.
        """
        given: Any = pages
        if not isinstance(given, int) or isinstance(given, bool) or given < 1:
            message = f"{self._listing.verb}().concurrently() takes a whole number above zero, not {given!r}"
            raise InvalidArgumentError(message)
        ahead: Ahead[M] = Ahead(self._session, self._listing, pages)
        return AsyncAhead(ahead) if issubclass(self._session.mode, Async) else BlockingAhead(ahead)

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
        if isinstance(value, list | tuple):
            message = f"{listing.verb}() finds by one value of {name!r}, not by several"
            raise InvalidArgumentError(message, hint="An attribute that holds several values is found by one of them")
    kind = type(listing.query)
    asked = {name: getattr(listing.query, name) for name in required(kind)}
    for name in asked.keys() & sought.keys():
        message = f"{listing.verb}() does not find by {name!r}: it is what the list was asked for"
        raise InvalidArgumentError(message)
    wanted = checked(kind, {**asked, **attributes}, listing.verb)
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
    for name, given in attributes.items():
        if not hasattr(item, name):
            continue
        has, wants = getattr(item, name), getattr(wanted, name)
        if isinstance(wants, Id):
            if not _refers(given if isinstance(given, Model) else wants, list(item.ids) if name == "id" else has):
                return False
            continue
        if name in wanted.unix_fields and wants is not None:
            wants = as_datetime(seconds(wants) if isinstance(wants, datetime) else wants)
        members = cast("list[object]", has) if isinstance(has, list) else [has]
        if wants not in members:
            return False
    return True


def _refers(wanted: str | Model, has: object) -> bool:
    """Whether an id, or one of several, is that of the object that is wanted.

    Where an object has two ids and only the other one stands there, nobody here can tell: the server has.
    """
    ids = wanted.ids if isinstance(wanted, Model) else (wanted,)
    held = [one for one in (cast("list[object]", has) if isinstance(has, list) else [has]) if isinstance(one, str)]
    told_apart = {"_" in one for one in held} & {"_" in one for one in ids}
    return any(one in ids for one in held) or (bool(held) and not told_apart)


def _expect(session: Session[Any], mode: type[Async | Blocking]) -> None:
    if session.mode is not mode:
        message = (
            "this list belongs to an async client: use 'async for' or 'await'"
            if mode is Blocking
            else "this list belongs to a blocking client: use 'for' or '.first()'"
        )
        raise TypeError(message)
