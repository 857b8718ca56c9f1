"""Who is on call, as every client of this package answers it, from API v4."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pagertree_async import oncall
from pagertree_async.addresses import encoded_query
from pagertree_async.calling import Mode
from pagertree_async.errors import NotFoundError
from pagertree_async.models import decoded, reader
from pagertree_async.oncall import ALWAYS, FOREVER, Person, Shift
from pagertree_async.params import checked
from pagertree_async.session import Call, Session
from pagertree_async.v4.resources.account_users import AccountUser
from pagertree_async.v4.resources.events import OnCall
from pagertree_async.v4.resources.schedules import EventWindow
from pagertree_async.v4.resources.teams import Team


class V4OnCall(oncall.OnCall[Mode]):
    """Asks for the events of a schedule, repeats and rotations worked out; of a team, for those of its schedule.

    Args:
        session: What makes the calls.
    """

    def __init__(self, session: Session[Mode]) -> None:
        super().__init__(session.mode)
        self._session = session

    async def shifts(self, schedule: str, since: datetime, until: datetime) -> list[Shift]:
        """Every shift that touches a stretch of time, whole; of several attendees each has one."""
        # The API counts whole seconds, and an empty stretch is none: what comes too much is left out afterwards.
        bounds = {"start": since, "end": until + timedelta(seconds=1)}
        query = encoded_query(checked(EventWindow, bounds, "schedules.window_events").query())
        events: list[OnCall] = await self._get(f"/schedules/{schedule}/window_events", list[OnCall], query)
        people: dict[str, Person] = {}
        found: list[Shift] = []
        for event in events:
            for attendee in event.attendees or event.event_attendees or []:
                user_id = attendee.attendee_id
                if user_id is None:
                    continue
                if user_id not in people:
                    people[user_id] = await self._person(user_id)
                found.append(
                    Shift(
                        start=event.start_time or ALWAYS,
                        end=event.end_time or FOREVER,
                        user=people[user_id],
                        layer=event.layer or 1,
                        schedule=schedule,
                    )
                )
        return found

    async def current(self, schedule_or_team: str, at: datetime) -> list[Shift]:
        """The whole shifts that are on at a moment; an id is looked for as what its prefix hints at first."""
        try:
            if not schedule_or_team.startswith("tem_"):
                return await self.shifts(schedule_or_team, at, at)
        except NotFoundError as error:
            try:
                return await self._of_team(schedule_or_team, at)
            except NotFoundError:
                raise error from None
        return await self._of_team(schedule_or_team, at)

    async def person_id(self, user: str) -> str:
        """The id by which attendees are named; a ``prefix_id``, which is the one with an underscore, is looked up."""
        if "_" not in user:
            return user
        found: AccountUser = await self._get(f"/account_users/{user}", AccountUser)
        return found.id

    async def _of_team(self, team_id: str, at: datetime) -> list[Shift]:
        team: Team = await self._get(f"/teams/{team_id}", Team)
        return await self.shifts(team.schedule_id, at, at) if team.schedule_id else []

    async def _person(self, user_id: str) -> Person:
        try:
            user: AccountUser = await self._get(f"/account_users/{user_id}", AccountUser)
        except NotFoundError:
            return Person(id=user_id)
        return Person(id=user_id, name=user.name, email=user.email)

    async def _get(self, path: str, kind: Any, query: str = "") -> Any:
        read: Callable[[bytes], Any] = reader(kind)
        call = Call(method="GET", path=path, query=query)
        return await self._session.call(call, lambda response: decoded(response.body, read, response.status))
