"""Who is on call, as every client of this package answers it, from API v3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pagertree_async.calling import Mode
from pagertree_async.errors import NotFoundError
from pagertree_async.models import decoded, reader
from pagertree_async.oncall import ALWAYS, FOREVER, OnCall, Person, Shift
from pagertree_async.pages import Listing, Walk
from pagertree_async.session import Call, Session
from pagertree_async.v3.resources.events import Event
from pagertree_async.v3.resources.schedules import EventWindow
from pagertree_async.v3.resources.teams import Team
from pagertree_async.v3.resources.users import User


class V3OnCall(OnCall[Mode]):
    """Asks for the events of a schedule, repeats worked out; of a team, for those of its schedule.

    Args:
        session: What makes the calls.
    """

    def __init__(self, session: Session[Mode]) -> None:
        super().__init__(session.mode)
        self._session = session

    async def shifts(self, schedule: str, since: datetime, until: datetime) -> list[Shift]:
        """Every shift that touches a stretch of time, whole; of several attendees each has one."""
        # The API counts whole seconds, and an empty stretch is none: what comes too much is left out afterwards.
        window = EventWindow(start=since, end=until + timedelta(seconds=1))
        walk: Walk[Any] = Walk(
            self._session, Listing("schedules.window_events", f"/schedule/{schedule}/window-events", window, Event)
        )
        events: list[Event] = []
        while (page := await walk.next()) is not None:
            events += page.data
        people: dict[str, Person] = {}
        found: list[Shift] = []
        for event in events:
            for user_id in event.attendees or ([event.user_id] if event.user_id else []):
                if user_id not in people:
                    people[user_id] = await self._person(user_id)
                found.append(
                    Shift(
                        start=event.start or ALWAYS,
                        end=event.end or FOREVER,
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

    async def _of_team(self, team_id: str, at: datetime) -> list[Shift]:
        team: Team = await self._one(f"/team/{team_id}", Team)
        return await self.shifts(team.schedule_id, at, at) if team.schedule_id else []

    async def _person(self, user_id: str) -> Person:
        try:
            user: User = await self._one(f"/user/{user_id}", User)
        except NotFoundError:
            return Person(id=user_id)
        return Person(id=user_id, name=user.name, email=user.email)

    async def _one(self, path: str, model: Any) -> Any:
        read: Callable[[bytes], Any] = reader(model)
        call = Call(method="GET", path=path)
        return await self._session.call(call, lambda response: decoded(response.body, read, response.status))
