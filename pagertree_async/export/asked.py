"""A list as it is asked for again and again, from another moment each time: what is checked and written is so once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from pagertree_async.paging import Listing
from pagertree_async.query import text
from pagertree_async.session import Call

SAMPLE = datetime(2001, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)


class Asked(Listing, frozen=True):
    """A list whose query is written already.

    Attributes:
        written: The query as it stands in an address, without the limit and the offset.
    """

    written: str

    def call(self, limit: int | None, offset: int | None) -> Call:
        """The call for one page."""
        query, asked = self.query, f"{self.written}limit={limit}&offset={offset}"
        return Call(method="GET", path=self.path, query=asked, timeout=query.timeout, retry=query.retry)


class FromMoment:
    """Makes lists that differ by a moment alone.

    Args:
        made: Makes such a list, which is checked and written.
        wire: The moment's name on the wire.
    """

    def __init__(self, made: Callable[[datetime], Listing], wire: str) -> None:
        self._made = made
        self._listing = listing = made(SAMPLE)
        parts = listing.call(0, 0).query.removesuffix("limit=0&offset=0").split(f"{wire}={_written(SAMPLE)}&")
        self._parts: tuple[str, str] | None = None
        if len(parts) == 2:
            self._parts = f"{parts[0]}{wire}=", f"&{parts[1]}"

    def at(self, moment: datetime) -> Listing:
        """The list of one moment."""
        if self._parts is None:  # what else it is asked for stands in the moment's way
            return self._made(moment)
        before, after = self._parts
        one = self._listing
        return Asked(one.verb, one.path, one.query, one.model, f"{before}{_written(moment)}{after}")


def _written(moment: datetime) -> str:
    return text(moment).replace(":", "%3A")
