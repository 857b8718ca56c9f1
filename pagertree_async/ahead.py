"""Several pages of a list at once: asked for ahead of whoever goes through them, and handed on in order."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from functools import partial
from types import TracebackType
from typing import Any, Generic

import msgspec

from pagertree_async.calling import Crew, Signal, drive
from pagertree_async.errors import InvalidArgumentError, PagerTreeError
from pagertree_async.models import M
from pagertree_async.paging import Listing, Page, Sent, Trail, fetch_sent
from pagertree_async.session import Session


class Slot:
    """A page that was asked for: its place in the list, and what came of it.

    Args:
        limit: How many rows were asked for.
        offset: The row that it begins with.
        came: Is set once the page or a failure is there.
    """

    __slots__ = ("came", "error", "limit", "offset", "sent")

    def __init__(self, limit: int, offset: int, came: Signal) -> None:
        self.limit: int = limit
        self.offset: int = offset
        self.came: Signal = came
        self.sent: Sent | None = None
        self.error: Exception | None = None


class Worker:
    """Who brings one page after the other.

    Args:
        slot: The page to be brought next, None where there is none.
        wakes: Is set once there is another, or nothing any more.
    """

    __slots__ = ("slot", "wakes")

    def __init__(self, slot: Slot, wakes: Signal) -> None:
        self.slot: Slot | None = slot
        self.wakes: Signal = wakes


class Ahead(Generic[M]):
    """Goes from page to page with several under way, which hold their bytes until their turn comes.

    What may be asked for is known from the totals that came: pages below the latest, and what a page promises behind
    itself. So a total that changes neither leaves out a page nor asks for one twice.

    Args:
        session: What makes the calls.
        listing: What is asked for.
        most: How many pages may have been asked for and not been handed on.
    """

    def __init__(self, session: Session[Any], listing: Listing, most: int) -> None:
        self.session: Session[Any] = session
        self.verb: str = listing.verb
        self._listing = listing
        self._most = most
        self._trail = Trail(listing)
        self._slots: deque[Slot] = deque()
        self._resting: list[Worker] = []
        self._next: int = listing.start
        self._step: int = listing.limit
        self._total = 0
        self._crew: Crew | None = None
        self._entered = False

    async def open(self) -> None:
        """Begin; nothing is asked for yet.

        Raises:
            InvalidArgumentError: It has begun already.
        """
        if self._entered:
            message = f"{self.verb}().concurrently() is gone through once; ask for another"
            raise InvalidArgumentError(message)
        self._entered = True
        crew = self.session.mode.crew(self.session.cut)
        await crew.open()
        self._crew = crew

    async def close(self) -> None:
        """End what is under way."""
        assert self._crew is not None, "the block has been entered"
        self._trail.over = True
        self._slots.clear()
        while self._resting:
            self._resting.pop().wakes.set()
        await self._crew.close()

    async def next(self) -> Page[M] | None:
        """The next page that has rows not seen before, None after the last.

        Raises:
            PaginationError: The list goes in circles, or promises more and gives none.
        """
        while not self._trail.over:
            try:
                page = await self._page()
                fresh = self._trail.take(page)
            except Exception as error:
                self._trail.over = True
                if isinstance(error, PagerTreeError):
                    if error.method is None:
                        error.method, error.path = "GET", self._listing.path
                    error.next_offset = self._trail.offset
                raise
            if fresh:
                return page
        return None

    async def _page(self) -> Page[M]:
        offset = self._trail.offset
        if not self._slots or self._slots[0].offset > offset:
            # The list goes on where nothing was asked for: at its start, its end, or behind a page that came short.
            limit = min(self._listing.limit, self._slots[0].offset - offset) if self._slots else self._listing.limit
            self._slots.appendleft(self._asked(limit, offset))
            self._next = max(self._next, offset + self._step)
        self._ask()
        slot = self._slots[0]
        await slot.came.wait()
        self._slots.popleft()
        if slot.error is not None:
            raise slot.error
        assert slot.sent is not None, "it came"
        page: Page[M] = self._cut(slot.sent).page(self._listing.model)
        if len(self._slots) == 0 and page.has_more and self._next == offset + self._step:
            # What a server gives at most, or gives at least, whatever it is asked for.
            self._step = len(page.data) or self._step
            self._next = offset + self._step
        self._ask()
        return page

    def _cut(self, sent: Sent) -> Sent:
        """A page without the rows that the next one, asked for already, brings."""
        most = self._slots[0].offset - sent.offset if self._slots else len(sent.rows)
        return sent if len(sent.rows) <= most else msgspec.structs.replace(sent, rows=sent.rows[:most])

    def _ask(self) -> None:
        """Ask for as many pages as there may be and are known to be."""
        while len(self._slots) < self._most and self._next < self._total:
            self._slots.append(self._asked(self._listing.limit, self._next))
            self._next += self._step

    def _asked(self, limit: int, offset: int) -> Slot:
        signal = self.session.mode.signal
        slot = Slot(limit, offset, signal())
        if self._resting:
            worker = self._resting.pop()
            worker.slot = slot
            worker.wakes.set()
        else:
            assert self._crew is not None, "the block has been entered"
            self._crew.start(partial(self._work, Worker(slot, signal())))
        return slot

    async def _work(self, worker: Worker) -> None:
        """Bring the page that is to be brought, and whatever page is after that."""
        while (slot := worker.slot) is not None:
            await self._bring(slot)
            worker.slot = None
            worker.wakes = self.session.mode.signal()
            self._resting.append(worker)  # before anybody learns that it came: who asks next finds somebody at rest
            slot.came.set()
            del slot  # who rests holds no page
            if not self._trail.over:
                await worker.wakes.wait()

    async def _bring(self, slot: Slot) -> None:
        try:
            slot.sent = await fetch_sent(self.session, self._listing, slot.limit, slot.offset)
            if slot.sent.total_count is not None:
                self._total = slot.sent.total_count
        except Exception as error:
            slot.error = error


class AsyncAhead(Generic[M]):
    """A block within which ``async for`` goes through a list with several pages under way."""

    def __init__(self, ahead: Ahead[M]) -> None:
        self._ahead = ahead

    def __repr__(self) -> str:
        return f"<{self._ahead.verb}().concurrently()>"

    async def __aenter__(self) -> AsyncIterator[M]:
        await self._ahead.open()
        return _AsyncItems(self._ahead)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._ahead.close()


class _AsyncItems(AsyncIterator[M]):
    def __init__(self, ahead: Ahead[M]) -> None:
        self._ahead = ahead
        self._items: Iterator[M] = iter(())

    async def __anext__(self) -> M:
        for item in self._items:
            return item
        page = await self._ahead.next()
        if page is None:
            raise StopAsyncIteration
        self._items = iter(page.data)
        return next(self._items)


class BlockingAhead(Generic[M]):
    """A block within which ``for`` goes through a list with several pages under way, by threads."""

    def __init__(self, ahead: Ahead[M]) -> None:
        self._ahead = ahead

    def __repr__(self) -> str:
        return f"<{self._ahead.verb}().concurrently()>"

    def __enter__(self) -> Iterator[M]:
        drive(self._ahead.open())
        return self._items()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        drive(self._ahead.close())

    def _items(self) -> Iterator[M]:
        while (page := drive(self._ahead.next())) is not None:
            yield from page.data
