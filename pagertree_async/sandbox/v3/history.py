"""The alerts of the seeded account's past, with the notifications and logs that follow from them."""

from __future__ import annotations

import bisect
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pagertree_async.sandbox.identity import iso, token_of
from pagertree_async.sandbox.oncall import Shift, shifts
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3 import words
from pagertree_async.sandbox.v3.notices import channels, notification, workflow
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import RESOURCES

_SPAN = 120 * 86_400

# What an alert comes to, nearly: itself, one or two notifications, a log of each thing that happened to it.
_ROWS_AN_ALERT = 6

# Beyond so many alerts, the notifications and logs of older ones count as deleted: seeding would take half a minute.
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Past:
    """What the past is made from.

    Args:
        records: Where the objects go.
        seed: What everything depends on.
        ends: When it ends, in unix seconds.
        users: The users.
        teams: The teams.
        integrations: The integrations.
        events: The events of all schedules.
    """

    records: Records
    seed: int
    ends: int
    users: Sequence[Object]
    teams: Sequence[Object]
    integrations: Sequence[Object]
    events: Sequence[Object]


def fill(past: Past, rows: int, alerts: int | None) -> None:
    """Make the past.

    Args:
        past: What it is made from.
        rows: How many objects there are to be at the least, when the number of alerts is left open.
        alerts: How many alerts there are to be; None lets the number of objects decide.
    """
    count = -(-rows // _ROWS_AN_ALERT) if alerts is None else alerts
    remembered = count if alerts is None else min(count, _REMEMBERED)
    _Chronicle(past, count, remembered).write()


class _Chronicle:
    def __init__(self, past: Past, count: int, remembered: int) -> None:
        self._past = past
        self._count = count
        self._forgotten = count - remembered
        self._rng = random.Random(f"history of {past.seed}")  # noqa: S311 - not a secret
        self._first = past.ends - _SPAN
        self._by_id = {user["id"]: user for user in past.users}
        self._urgencies = [urgency for urgency, often in words.URGENCIES for _ in range(often)]
        self._rotations = [self._rotation(team) for team in past.teams]
        self._notices: list[tuple[float, Object]] = []
        self._logs: list[tuple[float, Object]] = []

    def write(self) -> None:
        # One after another: a million alerts together would take gigabytes.
        self._past.records.store.insert(
            "alert", ((number, self._alert(number)) for number in range(1, self._count + 1))
        )
        self._store("notification", self._notices)
        self._store("log", self._logs)

    def _rotation(self, team: Object) -> tuple[list[int], list[Shift]]:
        mine = [event for event in self._past.events if team["schedule_id"] in event["schedule_id"]]
        found = [shift for shift in shifts(mine, self._first, self._past.ends) if shift.layer == 1]
        return [shift.start for shift in found], found

    def _on_call(self, place: int, moment: int) -> Object:
        starts, found = self._rotations[place]
        return self._by_id[found[bisect.bisect_right(starts, moment) - 1].user_ids[0]]

    def _alert(self, number: int) -> Object:
        rng = self._rng
        left = self._count - number
        created = self._first + _SPAN * number // (self._count + 1)
        integration = rng.choice(self._past.integrations)
        team_id = integration["destination_ids"][0]
        place = next(place for place, team in enumerate(self._past.teams) if team["id"] == team_id)
        user = self._on_call(place, created)
        it = rng.choice(words.SERVICES[place])
        trouble, tag = rng.choice(words.TROUBLES)
        incident = rng.random() < 0.04
        prefix = "inc" if incident else "alt"
        alert: Object = {
            "sid": self._past.records.account_id,
            "id": f"{prefix}_{token_of(self._past.records.salt, 'incident' if incident else 'alert', number)}",
            "createdAt": iso(created + rng.randrange(1000) / 1000),
            "meta": {
                "incident": True,
                "incident_severity": f"SEV-{rng.randint(1, 5)}",
                "incident_message": rng.choice(words.CHANGES),
            }
            if incident
            else {},
            "tinyId": number,
            "type": "alert",
            "subtype": "alert",
            "title": trouble.format(n=rng.randint(2, 99), it=it),
            "description": f"Reported by {integration['name']} for {it}.",
            "urgency": rng.choice(self._urgencies),
            "destination_ids": [team_id],
            "d_team_id": team_id,
            "d_user_id": user["id"],
            "source_id": integration["id"],
            "thirdparty_id": f"{it}:{tag}:{number}",
            "tags": [tag, it],
            "additional_data": [{"format": "link", "label": "Runbook", "value": f"https://runbooks.example/{tag}"}],
            "stakeholder_ids": self._past.teams[place]["stakeholder_ids"],
            "created": created,
            "handoffs": [],
            "workflows": [],
        }
        self._live(alert, user, _fate(rng, left, self._count))
        return alert

    def _live(self, alert: Object, user: Object, fate: str) -> None:
        """Take an alert through its life, writing down and sending out what goes with it."""
        created, tell = alert["created"], alert["tinyId"] > self._forgotten
        alert["status"] = fate
        opened = workflow(alert["id"], user["id"], 1, 0)
        opened["status"] = "open" if fate == "open" else "closed"
        if fate != "queued":
            alert["workflows"].append(opened)
        moments = self._moments(alert, user["id"], fate)
        if moments:
            alert["updatedAt"] = iso(moments[-1][0])
        if not tell:
            return
        self._log(alert, created, "Alert created", alert["source_id"])
        if fate == "queued":
            return
        for channel in channels(alert["urgency"]):
            notice = notification(alert, user, channel, created + 1)
            self._notices.append((created + 1, {**notice, "user_id": user["id"], "workflow_id": opened["id"]}))
        self._log(alert, created + 1, f"Alert open: {user['id']} asked", None)
        for moment, content, actor in moments:
            self._log(alert, moment, content, actor)

    def _moments(self, alert: Object, user_id: str, fate: str) -> list[tuple[int, str, str | None]]:
        moment = alert["created"]
        if fate == "dropped":
            return [(moment + 1_800, "Alert dropped: nobody took it", None)]
        found: list[tuple[int, str, str | None]] = []
        for state in _LIVES[fate]:
            moment += self._rng.randint(30, 5_400)
            alert[state] = moment
            alert[f"{state}by"] = user_id
            found.append((moment, f"Alert {state} by {user_id}", user_id))
        return found

    def _log(self, alert: Object, moment: int, content: str, source_id: str | None) -> None:
        way = "INCOMING" if source_id else "OUTGOING"
        entry = {
            "owner_id": alert["id"],
            "source_id": source_id,
            "content": content,
            "type": "event",
            "subtype": way,
            "level": 1,
        }
        self._logs.append((moment, entry))

    def _store(self, name: str, entries: list[tuple[float, Object]]) -> None:
        # The order of creation is the order of time, and alerts overlap.
        entries.sort(key=lambda entry: entry[0])
        self._past.records.store.insert(name, self._numbered(name, entries))

    def _numbered(self, name: str, entries: Iterable[tuple[float, Object]]) -> Iterable[tuple[int, Object]]:
        records, prefix = self._past.records, RESOURCES[name].prefix
        for number, (moment, values) in enumerate(entries, 1):
            yield (
                number,
                {
                    "sid": records.account_id,
                    "id": f"{prefix}_{token_of(records.salt, name, number)}",
                    "createdAt": iso(moment),
                    "meta": {},
                    "tinyId": number,
                    **values,
                },
            )


_LIVES: dict[str, tuple[str, ...]] = {
    "queued": (),
    "open": (),
    "acknowledged": ("acknowledged",),
    "resolved": ("acknowledged", "resolved"),
    "archived": ("acknowledged", "resolved", "archived"),
}


def _fate(rng: random.Random, left: int, count: int) -> str:
    """What has become of an alert: the newest are still open, the oldest archived."""
    if left == 0:
        return "queued"
    age = left / count
    if age < 0.04:
        return rng.choice(("open", "open", "acknowledged"))
    if age < 0.1:
        return rng.choice(("open", "acknowledged", "resolved", "resolved", "dropped"))
    return rng.choices(("resolved", "archived", "dropped"), (3, 5, 1))[0]
