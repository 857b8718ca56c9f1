"""Schedule entries, by API v1: who is on call on a schedule, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from pagertree_async.addresses import encoded_query
from pagertree_async.both import Speaks, both
from pagertree_async.calling import Mode
from pagertree_async.errors import InvalidArgumentError, ResponseMismatchError
from pagertree_async.http import Response, Timeout
from pagertree_async.models import Model, Timestamp, decoded, reader
from pagertree_async.oncall import Moment, Named, bounds, identified
from pagertree_async.query import text
from pagertree_async.retry import RetryPolicy
from pagertree_async.session import Call

T = TypeVar("T")

FIELDS = ("start", "end", "user")
PIECE = timedelta(days=88)
"""How long the parts of a longer range are: three months have 89 days at least, and a zone's offset must fit in too."""


class EntryUser(Model, frozen=True):
    """Who is on call.

    Attributes:
        name: The name.
        email: The e-mail address.
        color: The colour that stands for the user in the schedule.
    """

    name: str | None = None
    email: str | None = None
    color: str | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time in which one user is on call; what was not asked for is None.

    Attributes:
        start: When it begins.
        end: When it ends.
        user: Who is on call.
    """

    start: datetime | None = None
    end: datetime | None = None
    user: EntryUser | None = None


class Entries(msgspec.Struct, frozen=True, kw_only=True):
    """What the query answers.

    Attributes:
        total: How many entries there are.
        entries: The entries.
        echo: What was given to be echoed, None for nothing.
    """

    total: int
    entries: list[Entry]
    echo: str | None = None


class _Entry(msgspec.Struct):
    start: Timestamp | None = None
    end: Timestamp | None = None
    user: msgspec.Raw = msgspec.Raw(b"null")


class _Answer(msgspec.Struct):
    total: int
    entries: list[_Entry]
    echo: Any = None


def _read(response: Response) -> Entries:
    whole: Callable[[bytes | msgspec.Raw], _Answer] = reader(_Answer)
    sent = decoded(response.body, whole, response.status)
    read: Callable[[bytes | msgspec.Raw], EntryUser] = reader(EntryUser)
    entries = [
        Entry(start=one.start, end=one.end, user=None if bytes(one.user) == b"null" else decoded(bytes(one.user), read))
        for one in sent.entries
    ]
    return Entries(total=sent.total, entries=entries, echo=None if sent.echo is None else str(sent.echo))


def three_months_after(moment: datetime) -> datetime:
    """The same time of the same day three months later, or of the last day that month has."""
    month = moment.month + 2
    year, month = moment.year + month // 12, month % 12 + 1
    day = moment.day
    while True:
        try:
            return moment.replace(year=year, month=month, day=day)
        except ValueError:
            if day < 28:  # the calendar ends
                return datetime.max.replace(tzinfo=moment.tzinfo)
            day -= 1


def pieces(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A range as one or several that each may be asked for, each beginning where the one before ends."""
    if until <= three_months_after(since):
        yield since, until
        return
    while since < until:
        end = min(since + PIECE, until)
        yield since, end
        since = end


def joined(parts: Sequence[tuple[datetime, Sequence[T]]], start_of: Callable[[T], datetime]) -> list[T]:
    """What several ranges brought, each part whole, without what the range before had brought already.

    Args:
        parts: For each range its start, and what touches it.
        start_of: When one of them begins.
    """
    return [one for number, (since, found) in enumerate(parts) for one in found if not number or start_of(one) >= since]


def _wire(value: Moment) -> str:
    if isinstance(value, datetime):
        return text(value)
    return value.isoformat() if isinstance(value, date) else value


def _fields(given: str | Sequence[str] | None) -> tuple[str, ...]:
    names = tuple(given.split(",")) if isinstance(given, str) else tuple(given or ())
    if any(name not in FIELDS for name in names) or (given is not None and not names):
        message = f"fields are some of {', '.join(FIELDS)}, not {given!r}"
        raise InvalidArgumentError(message)
    return names


class Schedules(Speaks[Mode], Generic[Mode]):
    """What API v1 can do with schedules; a name, a password and the account's subdomain are needed for it."""

    @both
    async def entries(
        self,
        schedule: Named,
        since: Moment,
        until: Moment,
        *,
        overflow: bool = False,
        user_id: Named | None = None,
        fields: str | Sequence[str] | None = None,
        echo: str | float | None = None,
        timeout: float | Timeout | None = None,
        retry: RetryPolicy | None = None,
    ) -> Entries:
        """Who is on call on a schedule within a stretch of time: ``GET /api/v1/schedules/:id/entries``.

        A range of more than three months is asked for in parts, and a shift that lies across a joint comes in one piece.

        Args:
            schedule: The schedule, or its id.
            since: Where the stretch begins: a date, an aware ``datetime`` or ISO 8601.
            until: Where it ends; the same as ``since`` asks who is on call at that moment.
            overflow: Keep entries whole that reach beyond a bound; otherwise they are cut there.
            user_id: Only this user's entries.
            fields: Which of ``start``, ``end`` and ``user`` an entry is to have, as a list or separated by commas.
            echo: Is given back as it is.
            timeout: Seconds in total, or a ``Timeout`` with the parts.
            retry: When a call is tried again.

        Raises:
            InvalidArgumentError: A bound is no moment, or they are the wrong way round; nothing was sent.
            ScheduleError: PagerDuty refused, in the class of its code.
            ResponseMismatchError: The answer echoes something else: it belongs to another question.
            ConfigurationError: The client has no name and password, or no subdomain.
        """
        return await self.found(
            schedule,
            since,
            until,
            overflow=overflow,
            user_id=user_id,
            fields=fields,
            echo=echo,
            timeout=timeout,
            retry=retry,
        )

    async def found(
        self,
        schedule: Named,
        since: Moment,
        until: Moment,
        *,
        overflow: bool = False,
        user_id: Named | None = None,
        fields: str | Sequence[str] | None = None,
        echo: str | float | None = None,
        timeout: float | Timeout | None = None,
        retry: RetryPolicy | None = None,
    ) -> Entries:
        """The same for both modes, to be awaited."""
        names, (start, end) = _fields(fields), bounds(since, until)
        path = f"/api/v1/schedules/{identified(schedule)}/entries"
        query: dict[str, Any] = {"since": _wire(since), "until": _wire(until)}
        if overflow:
            query["overflow"] = True
        query |= {
            "user_id": None if user_id is None else identified(user_id),
            "fields": ",".join(names) or None,
            "echo": echo,
        }

        async def ask(values: dict[str, Any]) -> Entries:
            call = Call(method="GET", path=path, query=encoded_query(values))
            given = {"timeout": timeout, "retry": retry}
            found = await self._session.call(
                msgspec.structs.replace(call, **{k: v for k, v in given.items() if v is not None}), _read
            )
            if echo is not None and found.echo != str(echo):
                message = f"the answer echoes {found.echo!r}, and {str(echo)!r} was sent"
                raise ResponseMismatchError(message, status=200)
            return found

        parts = list(pieces(start, end))
        if len(parts) == 1:
            return await ask(query)
        # Whole entries tell which of them is which at a joint: what began before it came with the part before.
        query |= {"overflow": True, "fields": ",".join({*names, "start", "end"}) if names else None}
        found = [
            (begin, (await ask(query | {"since": text(begin), "until": text(stop)})).entries) for begin, stop in parts
        ]
        whole = [
            _bounded(one, start, end, names, overflow=overflow) for one in joined(found, lambda one: one.start or start)
        ]
        return Entries(total=len(whole), entries=whole, echo=None if echo is None else str(echo))


def _bounded(entry: Entry, since: datetime, until: datetime, names: tuple[str, ...], *, overflow: bool) -> Entry:
    start, end = entry.start, entry.end
    if not overflow:
        start, end = max(start or since, since), min(end or until, until)
    found: dict[str, Any] = {"start": start, "end": end, "user": entry.user}
    return Entry(**{name: found[name] for name in names or FIELDS})
