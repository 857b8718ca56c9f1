"""What an export asks of a list, and how the rows that come are told apart and ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from pagertree_async.endpoints import Lists, Service
from pagertree_async.errors import InvalidResponseError
from pagertree_async.export.asked import FromMoment
from pagertree_async.export.spans import Moments
from pagertree_async.http import Timeout
from pagertree_async.paging import Listing, Sent
from pagertree_async.params import names_of
from pagertree_async.query import Op, gte, lt
from pagertree_async.retry import RetryPolicy

PAGE = 100
"""Rows a page: as many as the API gives."""
PATIENCE = Timeout(total=600.0, attempt=60.0, write=30.0, read=30.0)
PERSISTENCE = RetryPolicy(attempts=8, max_retry_after=900.0)
BRIEFLY = RetryPolicy(attempts=2)
"""For what can be done without."""
NOWHERE = ""
"""A name that rows do not have."""
EDGE = "edge"
"""What a step is for that asks where a window may begin."""
CREATED, UPDATED = "created_at", "updated_at"

V = TypeVar("V")
Compare = Callable[[datetime], Op[datetime]]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A page to be asked for.

    Attributes:
        kind: What it is for.
        listing: What is asked for.
        limit: How many rows.
        offset: How many to leave out.
        window: What it belongs to.
        turn: Tells a page from those that were asked for before the way through the list was changed.
    """

    kind: str
    listing: Listing
    limit: int = 1
    offset: int = 0
    window: Any = None
    turn: int = 0


class Bounds(msgspec.Struct, frozen=True):
    """Between which moments of creation rows are wanted.

    Attributes:
        low: At this moment or later.
        before: Before this moment.
    """

    low: datetime | None = None
    before: datetime | None = None

    @property
    def some(self) -> bool:
        """Whether there is any."""
        return self.low is not None or self.before is not None

    def have(self, created: Sequence[Any]) -> bool:
        """Whether rows that were created then are all wanted; False where it takes a look at each to tell."""
        try:
            return not created or (self.has(min(created)) and self.has(max(created)))
        except TypeError:  # one of them does not say when
            return False

    def has(self, created: datetime | None) -> bool:
        """Whether a row that was created then is wanted; one that does not say when is."""
        if created is None:
            return True
        return (self.low is None or created >= self.low) and (self.before is None or created < self.before)


class Key(msgspec.Struct, gc=False):
    """What a row is told apart and ordered by.

    Attributes:
        id: Its id.
        moment: What it is ordered by, None where it does not say.
        created: When it was created, where that is another moment.
    """

    id: str
    moment: datetime | None = None
    created: datetime | None = None


class Rows(msgspec.Struct, frozen=True):
    """The rows of a page, as far as an export looks into them.

    Attributes:
        sent: The page.
        ids: What each is told apart by.
        moments: What each is ordered by.
        created: When each was created.
    """

    sent: Sent
    ids: Sequence[str]
    moments: Moments
    created: Moments


class Asks:
    """What can be asked of one list.

    Args:
        service: Has the list.
        operation: The list.
        filters: What the rows are selected by.
        by: The attribute that they are ordered by: ``CREATED`` or ``UPDATED``.
        bounds: Between which moments of creation they are wanted.
    """

    def __init__(
        self, service: Service[Any], operation: Lists[..., Any], filters: Mapping[str, Any], by: str, bounds: Bounds
    ) -> None:
        self.verb: str = f"{service.name}.list()"
        self.bounds = bounds
        self._service = service
        self._operation = operation
        self._filters = filters
        self._by = by
        wire = names_of(operation.params)
        self.orders: bool = by in wire and "sort" in wire
        created = wire.get(CREATED, "created")
        moment, other = (created, NOWHERE) if by == CREATED else (wire.get(by, by), created)
        self._moment = moment
        self._made: dict[str, FromMoment] = {}
        names = {"id": "id", "moment": moment, "created": other}
        self._read: Any = msgspec.json.Decoder(list[_shape(names, Moment | None)]).decode
        self._read_any: Any = msgspec.json.Decoder(list[_shape(names, Any)]).decode

    def bounded(self, bounds: Bounds) -> Asks:
        """The same of rows that were created between other bounds."""
        other = copy(self)
        other.bounds = bounds
        return other

    def plain(self) -> Listing:
        """The list as the server has it."""
        return self._listing({})

    def since(self, moment: datetime | None, retry: RetryPolicy = PERSISTENCE) -> Listing:
        """The list in the order of the moments, from one on."""
        return self._from("briefly" if retry is BRIEFLY else "since", gte, moment, {"sort": self._by, "retry": retry})

    def latest(self, since: datetime | None = None) -> Listing:
        """The list from the last moment to the first."""
        return self._from("latest", gte, since, {"sort": f"-{self._by}"})

    def until(self, moment: datetime) -> Listing:
        """The rows before a moment, to be counted; in their order, which is that of the index that finds them."""
        return self._from("until", lt, moment, {"sort": self._by})

    def _from(self, name: str, compare: Compare, moment: datetime | None, query: Mapping[str, Any]) -> Listing:
        if moment is None:
            return self._listing(query)
        made = self._made.get(name)
        if made is None:
            made = FromMoment(lambda other: self._listing({**query, self._by: compare(other)}), self._moment)
            self._made[name] = made
        return made.at(moment)

    def _listing(self, query: Mapping[str, Any]) -> Listing:
        given = {**self._filters, "timeout": PATIENCE, "retry": PERSISTENCE, **query}
        return self._operation.listing(self._service, (), given)

    def wanted(self, rows: Rows, indexes: Sequence[int]) -> Sequence[msgspec.Raw]:
        """Those of some rows that were created between the bounds."""
        bounds, sent = self.bounds, rows.sent.rows
        if bounds.some and not bounds.have(rows.created):
            indexes = [index for index in indexes if bounds.has(rows.created[index])]
        return sent if len(indexes) == len(sent) else picked(sent, indexes)

    def rows(self, sent: Sent) -> Rows:
        """What the rows of a page are told apart and ordered by.

        Raises:
            InvalidResponseError: One has no id.
        """
        text = b"[%s]" % b",".join(sent.rows)
        try:
            keys = self._keys(text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"200, but a row of {self.verb} has no id that is a text: {error}"
            raise InvalidResponseError(message, status=200, body=b"".join(map(bytes, sent.rows))) from error
        moments = [key.moment for key in keys]
        created = moments if self._by == CREATED else [key.created for key in keys]
        return Rows(sent, [key.id for key in keys], moments, created)

    def _keys(self, text: bytes) -> list[Key]:
        try:
            keys: list[Key] = self._read(text)
        except msgspec.ValidationError:
            keys = self._read_any(text)
            for key in keys:
                key.moment, key.created = moment_of(key.moment), moment_of(key.created)
        return keys


def picked(values: Sequence[V], indexes: Sequence[int]) -> Sequence[V]:
    """Some of some values, by their index."""
    if isinstance(indexes, range):  # of one after another
        return values[indexes.start : indexes.stop]
    return [values[index] for index in indexes]


def _shape(names: Mapping[str, str], kind: Any) -> Any:
    """A key as rows have it: under these names, with moments of this kind."""
    fields = [(name, kind, None) for name in names if name != "id"]
    return msgspec.defstruct("Row", fields, bases=(Key,), rename=dict(names), gc=False)


def moment_of(value: object) -> datetime | None:
    """A moment as a row has it, None where it is none or lacks a time zone."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
