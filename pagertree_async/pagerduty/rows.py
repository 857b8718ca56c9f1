"""Every row of a list, page by page: classic pages, cursors, and time ranges that hold more than pages can reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeAlias, cast

import msgspec

from pagertree_async.calling import Async, Blocking, Mode, drive
from pagertree_async.errors import (
    IncompleteListWarning,
    InvalidArgumentError,
    InvalidResponseError,
    PagerTreeError,
    PaginationError,
)
from pagertree_async.models import Json
from pagertree_async.oncall import instant
from pagertree_async.pagerduty.paths import RANGES, template
from pagertree_async.query import text
from pagertree_async.warn import warn

REACH = 10_000
"""Classic pages reach no further: offset and limit together must not exceed this."""
PATIENCE = 100
"""How many empty pages in a row a cursor may lead through."""

Fetch: TypeAlias = Callable[[dict[str, Any]], Awaitable[Any]]
"""Brings the body of a page: takes its query."""
Hook: TypeAlias = Callable[[Json, int, int | None], object]
"""Is called for each row with the row, its number from 1, and how many there are, None where the API does not say."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a list.

    Attributes:
        path: The path below the base URL.
        wrapper: What the rows are wrapped in.
        params: The query values, by their names on the wire.
        size: Rows a page.
        total: Whether to ask how many rows there are.
        hook: Called for each row.
        keep: Which rows to give; all, where it is None.
    """

    path: str
    wrapper: str
    params: dict[str, Any]
    size: int
    total: bool = False
    hook: Hook | None = None
    keep: Callable[[Json], bool] | None = None


def page_size(params: dict[str, Any], given: int | None) -> int:
    """Rows a page: as given, or as the query says, or 100.

    Raises:
        InvalidArgumentError: It is not a whole number from 1 to 100.
    """
    size = given if given is not None else params.get("limit", 100)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 100:
        message = f"a page has 1 to 100 rows, not {size!r}"
        raise InvalidArgumentError(message)
    return size


def start_of(params: dict[str, Any]) -> int:
    """The row to begin with.

    Raises:
        InvalidArgumentError: It is not a whole number from 0.
    """
    offset = params.get("offset", 0)
    if isinstance(offset, bool) or not isinstance(offset, int) or offset < 0:
        message = f"an offset is a whole number from 0, not {offset!r}"
        raise InvalidArgumentError(message)
    return offset


class Range(msgspec.Struct, frozen=True):
    """A stretch of time that a list is asked for."""

    since: datetime
    until: datetime

    def halves(self) -> tuple[Range, Range] | None:
        """Two ranges that meet in the middle, at a whole second; None when there is no second between."""
        middle = self.since + timedelta(seconds=int((self.until - self.since).total_seconds()) // 2)
        return (Range(self.since, middle), Range(middle, self.until)) if self.since < middle < self.until else None

    def params(self) -> dict[str, Any]:
        """The range as query values."""
        return {"since": text(self.since), "until": text(self.until)}


class Walk:
    """Goes from page to page, and neither for ever nor past what it cannot reach without a word.

    A list that takes a time range and holds more rows in it than pages reach is asked for in halves, and those in halves
    again. A row that two neighbouring ranges both bring is given once.
    """

    def __init__(self, fetch: Fetch, asked: Asked) -> None:
        self._fetch = fetch
        self._asked = asked
        self._todo: list[Range | None] = [self._whole()]
        self._split = False
        self._before: set[int] = set()
        self._total: int | None = None
        self._number = 0
        self._begin()

    def _whole(self) -> Range | None:
        params = self._asked.params
        if (
            template(self._asked.path) not in RANGES
            or not params.get("since")
            or params.get("date_range")
            or params.get("offset")
        ):
            return None
        try:
            since, until = instant(params["since"], "since"), params.get("until")
            return Range(since, instant(until, "until") if until else datetime.now(UTC))
        except InvalidArgumentError:
            return None

    def _begin(self) -> None:
        self._offset = start_of(self._asked.params)
        self._cursor: str | None = None
        self._pages: set[int] = set()
        self._here: set[int] = set()
        self._empty = 0

    async def next(self) -> list[Json] | None:
        """The rows of the next page that has any, None after the last.

        Raises:
            PaginationError: The list goes in circles, or has rows that cannot be reached; what came before is valid.
        """
        while self._todo:
            try:
                rows = await self._page(self._todo[-1])
            except PagerTreeError as error:
                if error.next_offset is None and self._cursor is None and not self._split:
                    error.next_offset = self._offset
                raise
            given = [row for row in rows if self._asked.keep is None or self._asked.keep(row)]
            for row in given:
                self._number += 1
                if self._asked.hook is not None:
                    self._asked.hook(row, self._number, self._total)
            if given:
                return given
        return None

    def _query(self, part: Range | None) -> dict[str, Any]:
        asked = self._asked
        query = asked.params | (part.params() if part is not None and self._split else {})
        if asked.total or (part is not None and not self._offset):
            query["total"] = True  # whether a range has to be split is known from its first page on
        if self._cursor is not None:
            query.pop("offset", None)
            return query | {"limit": asked.size, "cursor": self._cursor}
        room = REACH - self._offset
        if room <= 0:
            message = f"{asked.path} has more rows than the {REACH} that its pages reach"
            hint = "Ask for less at once with filters"
            if part is None and template(asked.path) in RANGES:
                hint = (
                    "Give since= and until=, and neither offset= nor date_range=: "
                    "a time range is split until its parts can be reached"
                )
            raise PaginationError(message, hint=hint)
        return query | {"limit": min(asked.size, room), "offset": self._offset}

    async def _page(self, part: Range | None) -> list[Json]:
        query = self._query(part)
        body: Any = await self._fetch(query)
        rows = self._rows(body)
        envelope = cast("Json", body)
        total: object = envelope.get("total")
        if isinstance(total, int):
            self._total = total if self._total is None else self._total
            if part is not None and not self._offset and total > REACH and (halves := part.halves()):
                self._divide(halves)
                return []
        self._check(rows)
        self._offset += len(rows)
        more = self._more(envelope, rows, query["limit"])
        fresh = self._fresh(rows) if self._split else rows
        if not more:
            self._todo.pop()
            self._before = self._here
            self._begin()
        return fresh

    def _rows(self, body: object) -> list[Json]:
        rows = cast("Json", body).get(self._asked.wrapper) if isinstance(body, dict) else None
        if not isinstance(rows, list):
            message = f"the answer of {self._asked.path} has no list {self._asked.wrapper!r}"
            raise InvalidResponseError(message, status=200)
        return cast("list[Json]", rows)

    def _divide(self, halves: tuple[Range, Range]) -> None:
        newest_first = RANGES[template(self._asked.path)]
        order = str(self._asked.params.get("sort_by", ""))
        if ":" in order:
            newest_first = order.endswith(":desc")
        self._split = True
        # The last of the list is the next to be asked for.
        self._todo[-1:] = halves if newest_first else halves[::-1]

    def _check(self, rows: list[Json]) -> None:
        seen = hash(msgspec.json.encode(rows))
        self._empty = 0 if rows else self._empty + 1
        if rows and seen in self._pages:
            message = f"{self._asked.path} brings the same page again, at offset {self._offset}"
            raise PaginationError(message, hint="What came before is valid; the server's paging is at fault")
        self._pages.add(seen)

    def _more(self, envelope: Json, rows: list[Json], limit: int) -> bool:
        patience = 0
        if "next_cursor" in envelope:
            cursor: object = envelope["next_cursor"]
            more = isinstance(cursor, str) and cursor != ""
            patience = 0 if cursor == self._cursor else PATIENCE
            self._cursor = cursor if isinstance(cursor, str) else None
        else:
            more = bool(envelope.get("more"))
            if "more" not in envelope and len(rows) >= limit:
                message = f"{self._asked.path} does not say whether there are more than these {len(rows)} rows"
                warn(message, IncompleteListWarning)
        if more and self._empty > patience:
            message = f"{self._asked.path} promises more rows and brings none, at offset {self._offset}"
            raise PaginationError(message, hint="What came before is valid; the server's paging is at fault")
        return more

    def _fresh(self, rows: list[Json]) -> list[Json]:
        """The rows that the range before did not bring: what reaches over the joint is in both."""
        prints = [hash(str(row["id"]) if "id" in row else msgspec.json.encode(row)) for row in rows]
        self._here.update(prints)
        return [row for row, print_ in zip(rows, prints, strict=True) if print_ not in self._before]


class _AsyncRows(AsyncIterator[Json]):
    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._rows: Iterator[Json] = iter(())

    def __aiter__(self) -> _AsyncRows:
        return self

    async def __anext__(self) -> Json:
        for row in self._rows:
            return row
        rows = await self._walk.next()
        if rows is None:
            raise StopAsyncIteration
        self._rows = iter(rows)
        return next(self._rows)


def _blocking_rows(walk: Walk) -> Iterator[Json]:
    while (rows := drive(walk.next())) is not None:
        yield from rows


class Rows(Generic[Mode]):
    """Every row of a list: ``async for`` of an async client, ``for`` of a blocking one. Nothing is sent before that."""

    def __init__(self, mode: type[Mode], fetch: Fetch, asked: Asked) -> None:
        self._mode: type[Any] = mode
        self._fetch = fetch
        self._asked = asked

    def __aiter__(self: Rows[Async]) -> AsyncIterator[Json]:
        if self._mode is not Async:
            raise TypeError("this list belongs to a blocking client: use 'for'")
        return _AsyncRows(Walk(self._fetch, self._asked))

    def __iter__(self: Rows[Blocking]) -> Iterator[Json]:
        if self._mode is not Blocking:
            raise TypeError("this list belongs to an async client: use 'async for'")
        return _blocking_rows(Walk(self._fetch, self._asked))

    def __repr__(self) -> str:
        return f"<rows of {self._asked.path}: nothing sent yet>"
