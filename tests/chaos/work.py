"""What a client does while everything goes wrong, and what must be true of it nevertheless."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import anyio

from pagertree_async.errors import (
    APIError,
    InvalidResponseError,
    PagerTreeError,
    RateLimitedError,
    ServerError,
    TransportError,
    UnexpectedRedirectError,
)
from tests.modes import Mode, each, got, rows

EXPECTED = (TransportError, InvalidResponseError, RateLimitedError, ServerError, UnexpectedRedirectError)
"""What a call may fail with while the network and the server misbehave."""
TIMEOUT_STATUS = 408


@dataclass
class Life:
    """What became of one alert.

    Attributes:
        title: What it alone is called.
        created: Whether its creation succeeded, None where it may have.
        id: Its id, where it is known.
        description: What it must be described as, as far as is known; several where one of them must be.
        statuses: What its status must be one of.
        gone: Whether it must have been deleted, None where it may have been.
    """

    title: str
    created: bool | None = False
    id: str = ""
    descriptions: set[str] = field(default_factory=lambda: {""})
    statuses: set[str] = field(default_factory=lambda: {"open"})
    gone: bool | None = False


class Work:
    """Calls of every class by many workers, each with objects of its own, and what was found to be wrong.

    Args:
        client: The client under test.
        seed: What the choice of calls depends on.
        user: Whom alerts go to.
        teams: The ids of all teams, which nobody changes.

    Attributes:
        lives: The alerts, by their titles.
        wrong: Whatever must not have happened.
        failures: How often each class of error was raised.
    """

    def __init__(self, client: Any, seed: int, user: str, teams: set[str]) -> None:
        self.client = client
        self.seed = seed
        self.user = user
        self.teams = teams
        self.lives: dict[str, Life] = {}
        self.wrong: list[str] = []
        self.failures: Counter[str] = Counter()
        self.done = 0
        self._numbers = iter(range(10**9))
        self._lock = threading.Lock()

    async def until(self, mode: Mode, workers: int, calls: int) -> None:
        """Have so many workers make so many calls together."""
        if mode.blocking:
            threads = [threading.Thread(target=self._thread, args=(mode, one, calls)) for one in range(workers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        else:
            async with anyio.create_task_group() as tasks:
                for one in range(workers):
                    tasks.start_soon(self._worker, one, calls)

    def _thread(self, mode: Mode, number: int, calls: int) -> None:
        try:
            mode.run(self._worker, number, calls)
        except BaseException as error:
            self.wrong.append(f"a thread ended with {error!r}")

    async def _worker(self, number: int, calls: int) -> None:
        chance = random.Random(f"{self.seed} {number}")
        while self.done < calls:
            if chance.random() < 0.4:
                await self._life(chance)
            else:
                await self._look(chance)

    async def _made(self, call: Any) -> tuple[Any, PagerTreeError | None]:
        """The result of a call, or the error that it ended with."""
        with self._lock:
            self.done += 1
        try:
            return await got(call()), None
        except PagerTreeError as error:
            self._judge(error)
            return None, error
        except Exception as error:
            self.wrong.append(f"{error!r} is no error of the package")
            return None, PagerTreeError()

    def _judge(self, error: PagerTreeError) -> None:
        self.failures[type(error).__name__] += 1
        settled = isinstance(error, APIError) and error.status in {TIMEOUT_STATUS, 425}
        after_all = isinstance(error, APIError) and error.status in {400, 409} and error.maybe_applied
        if not isinstance(error, EXPECTED) and not settled and not after_all:
            self.wrong.append(f"{error!r} was not to be expected: {error}")
        if not str(error) or error.method is None or error.path is None or error.elapsed is None:
            self.wrong.append(f"{error!r} does not say what was tried: {error}")

    async def _life(self, chance: random.Random) -> None:
        """An alert from its creation to its end, or to the first call that fails."""
        alerts, life = self.client.alerts, Life(f"chaos {next(self._numbers)}")
        self.lives[life.title] = life
        alert, error = await self._made(lambda: alerts.create(title=life.title, destination_ids=[self.user]))
        if error is not None:
            life.created = None if error.maybe_applied else False
            return
        life.created, life.id = True, alert.id
        if alert.title != life.title:
            self.wrong.append(f"created {life.title!r} and was given {alert.title!r}")
        for step in (self._described, self._read, self._acknowledged, self._resolved, self._described, self._removed):
            if chance.random() < 0.7 and not await step(life, chance):
                return

    async def _described(self, life: Life, chance: random.Random) -> bool:
        words = f"words {chance.random()}"
        alert, error = await self._made(lambda: self.client.alerts.update(life.id, description=words))
        if error is None:
            life.descriptions = {words}
            self._same(life, alert)
        elif error.maybe_applied:
            life.descriptions.add(words)
        return error is None

    async def _read(self, life: Life, chance: random.Random) -> bool:
        alert, error = await self._made(lambda: self.client.alerts.retrieve(life.id))
        if error is None:
            self._same(life, alert)
        return error is None

    async def _acknowledged(self, life: Life, chance: random.Random) -> bool:
        return await self._moved(life, "acknowledge", "acknowledged")

    async def _resolved(self, life: Life, chance: random.Random) -> bool:
        return life.statuses != {"acknowledged"} or await self._moved(life, "resolve", "resolved")

    async def _moved(self, life: Life, verb: str, status: str) -> bool:
        alert, error = await self._made(lambda: getattr(self.client.alerts, verb)(life.id))
        if error is None:
            life.statuses = {status}
            self._same(life, alert)
        elif error.maybe_applied:
            life.statuses.add(status)
        return error is None

    async def _removed(self, life: Life, chance: random.Random) -> bool:
        _, error = await self._made(lambda: self.client.alerts.delete(life.id))
        life.gone = True if error is None else None if error.maybe_applied else life.gone
        return error is None

    def _same(self, life: Life, alert: Any) -> None:
        """Hold an alert against what is known of it."""
        known = (life.id, life.title, True, True)
        told = (alert.id, alert.title, (alert.description or "") in life.descriptions, alert.status in life.statuses)
        if known != told:
            self.wrong.append(f"{life} was given as {alert!r}")

    async def _look(self, chance: random.Random) -> None:
        """Read what nobody changes: one team, a page, all pages one by one, all pages at once."""
        teams, kind = self.client.teams, chance.random()
        if kind < 0.6:
            wanted = chance.choice(sorted(self.teams))
            team, error = await self._made(lambda: teams.retrieve(wanted))
            if error is None and team.id != wanted:
                self.wrong.append(f"asked for {wanted} and was given {team.id}")
        elif kind < 0.8:
            page, error = await self._made(lambda: teams.list(limit=2).first())
            if error is None and not ({team.id for team in page.data} < self.teams and 2 == len(page.data)):
                self.wrong.append(f"a page has {page.data}")
        else:
            found, error = await self._made(lambda: self._all(at_once=kind > 0.9))
            if error is None and (self.teams, len(self.teams)) != (set(found), len(found)):
                self.wrong.append(f"a list has {found}")

    async def _all(self, *, at_once: bool) -> list[str]:
        listing = self.client.teams.list(limit=2)
        if not at_once:
            return [team.id for team in await rows(listing)]
        block = listing.concurrently(3)
        if hasattr(block, "__enter__"):
            with block as items:
                return [team.id for team in items]
        async with block as items:
            return [team.id async for team in each(items)]

    def judged(self, alerts: list[Any]) -> list[str]:
        """What is wrong in the end, given all alerts that the server has."""
        found = Counter(alert.title for alert in alerts)
        by_title = {alert.title: alert for alert in alerts}
        for title, life in self.lives.items():
            count = found[title]
            fine = {True: count == 1, False: count == 0, None: count <= 1}[life.created]
            if life.created and life.gone is not False:
                fine = count == 0 if life.gone else count <= 1
            if not fine:
                self.wrong.append(f"{life} is there {count} times")
            elif count and life.created:
                self._same(life, by_title[title])
        return self.wrong
