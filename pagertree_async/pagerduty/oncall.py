"""Who is on call, as every client of this package answers it, from PagerDuty."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, cast

from pagertree_async.calling import Mode
from pagertree_async.errors import InvalidResponseError, NotFoundError
from pagertree_async.models import Json
from pagertree_async.oncall import ALWAYS, FOREVER, OnCall, Person, Shift, instant
from pagertree_async.pagerduty.entries import Entries, joined, pieces
from pagertree_async.query import text

Rendered = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Brings the body of an answer of the REST API: takes a path and its query."""
Listed = Callable[[str, dict[str, Any]], Awaitable[list[Json]]]
"""Brings every row of a list of the REST API."""


class RestOnCall(OnCall[Mode]):
    """Asks the REST API: the final entries of a schedule, and a team by its escalation policies.

    Args:
        mode: Whether the client is awaited or blocks.
        body: Brings an answer.
        rows: Brings a list.
    """

    def __init__(self, mode: type[Mode], body: Rendered, rows: Listed) -> None:
        super().__init__(mode)
        self._body = body
        self._rows = rows

    async def shifts(self, schedule: str, since: datetime, until: datetime) -> list[Shift]:
        """Every shift that touches a stretch of time, whole."""
        return joined(
            [(start, await self._some(schedule, start, end)) for start, end in pieces(since, until)],
            lambda one: one.start,
        )

    async def _some(self, schedule: str, since: datetime, until: datetime, layer: int = 1) -> list[Shift]:
        query = {"since": text(since), "until": text(until), "overflow": True}
        body = await self._body(f"/schedules/{schedule}", query)
        try:
            found: list[Json] = body["schedule"]["final_schedule"]["rendered_schedule_entries"]
            return [_shift(one, layer, schedule) for one in found]
        except (TypeError, KeyError) as error:
            message = f"the answer has no rendered entries of the schedule {schedule}"
            raise InvalidResponseError(message, status=200) from error

    async def current(self, schedule_or_team: str, at: datetime) -> list[Shift]:
        """The whole shifts that are on at a moment."""
        try:
            return await self._some(schedule_or_team, at, at)
        except NotFoundError as error:
            found = await self._of_team(schedule_or_team, at)
            if found is None:
                raise error from None
            return found

    async def _of_team(self, team: str, at: datetime) -> list[Shift] | None:
        try:
            await self._body(f"/teams/{team}", {})
        except NotFoundError:
            return None
        policies = [row["id"] for row in await self._rows("/escalation_policies", {"team_ids[]": [team]})]
        if not policies:
            return []
        query = {"escalation_policy_ids[]": policies, "since": text(at), "until": text(at)}
        rows = await self._rows("/oncalls", query)
        return list(dict.fromkeys(_shift(row, row["escalation_level"], _schedule(row)) for row in rows))


def _schedule(row: Json) -> str | None:
    schedule = cast("Json | None", row.get("schedule"))
    return None if schedule is None else schedule["id"]


def _shift(row: Json, layer: int, schedule: str | None) -> Shift:
    user = cast("Json", row["user"])
    start, end = row["start"], row["end"]
    return Shift(
        start=ALWAYS if start is None else instant(start, "start"),
        end=FOREVER if end is None else instant(end, "end"),
        user=Person(id=user["id"], name=user.get("name") or user.get("summary"), email=user.get("email")),
        layer=layer,
        schedule=schedule,
    )


class EntriesOnCall(OnCall[Mode]):
    """Asks API v1, for a client that has a name and a password and no key.

    Args:
        mode: Whether the client is awaited or blocks.
        ask: Brings the whole entries of a schedule.
    """

    def __init__(self, mode: type[Mode], ask: Callable[[str, datetime, datetime], Awaitable[Entries]]) -> None:
        super().__init__(mode)
        self._ask = ask

    async def shifts(self, schedule: str, since: datetime, until: datetime) -> list[Shift]:
        """Every shift that touches a stretch of time, whole."""
        return [
            Shift(
                start=ALWAYS if one.start is None else one.start.astimezone(UTC),
                end=FOREVER if one.end is None else one.end.astimezone(UTC),
                user=Person(id=one.user.id, name=one.user.name, email=one.user.email),
                schedule=schedule,
            )
            for one in (await self._ask(schedule, since, until)).entries
            if one.user is not None
        ]

    async def current(self, schedule_or_team: str, at: datetime) -> list[Shift]:
        """The whole shifts that are on at a moment, of a schedule: API v1 knows no teams."""
        return await self.shifts(schedule_or_team, at, at)
