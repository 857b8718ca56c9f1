"""The alerts of the seeded account's past, with the logs and comments that follow from them."""

from __future__ import annotations

import bisect
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3 import words
from pagertree_async.sandbox.v4.ids import ulid
from pagertree_async.sandbox.v4.oncall import Turn, events_of, on_call
from pagertree_async.sandbox.v4.records import Records, log, table_of
from pagertree_async.sandbox.v4.resources import RESOURCES

_SPAN = 120 * 86_400

# What an alert comes to, nearly: itself, a log of each thing that happened to it, and sometimes a comment.
_ROWS_AN_ALERT = 5

# Beyond so many alerts, the logs and comments of older ones count as deleted: seeding would take half a minute.
_REMEMBERED = 10_000

_REMARKS = (
    "Looking into it.",
    "Restarted, watching.",
    "Same as last week — raise the limit?",
    "対応しました",
    "False alarm",
)


@dataclass(frozen=True, slots=True)
class Past:
    """What the past is made from.

    Args:
        records: Where the objects go.
        seed: What everything depends on.
        ends: When it ends, in unix seconds.
        people: The account users.
        teams: The teams.
        integrations: The integrations.
    """

    records: Records
    seed: int
    ends: int
    people: Sequence[Object]
    teams: Sequence[Object]
    integrations: Sequence[Object]


def fill(past: Past, rows: int, alerts: int | None) -> None:
    """Make the past.

    Args:
        past: What it is made from.
        rows: How many objects there are to be at the least, when the number of alerts is left open.
        alerts: How many alerts there are to be; None lets the number of objects decide.
    """
    count = -(-rows // _ROWS_AN_ALERT) if alerts is None else alerts
    remembered = count if alerts is None else min(count, _REMEMBERED)
    _Chronicle(past, count, count - remembered).write()


class _Chronicle:
    def __init__(self, past: Past, count: int, forgotten: int) -> None:
        self._past = past
        self._records = past.records
        self._count = count
        self._forgotten = forgotten
        self._rng = random.Random(f"v4 history of {past.seed}")  # noqa: S311 - not a secret
        self._first = past.ends - _SPAN
        self._urgencies = [urgency for urgency, often in words.URGENCIES for _ in range(often)]
        self._rotations = [self._rotation(team) for team in past.teams]
        self._logs: list[tuple[float, Object]] = []
        self._remarks: list[tuple[float, str, Object]] = []
        self._asked: list[Object] = []

    def write(self) -> None:
        alerts = [self._alert(number) for number in range(1, self._count + 1)]
        first: dict[str, str] = {}
        self._logs.sort(key=lambda entry: entry[0])
        self._store("logs", (self._entry(number, first, *entry) for number, entry in enumerate(self._logs, 1)))
        for alert in alerts:
            alert["source_log_id"] = first.get(alert["id"])
        self._store("alerts", ((alert["tiny_id"], alert) for alert in alerts))
        self._store("asked", enumerate(self._asked, 1))
        self._remarks.sort(key=lambda entry: entry[0])
        start = self._records.store.next_number(table_of("comments"))
        remarks = [(self._remark(number, *entry), entry[1]) for number, entry in enumerate(self._remarks, start)]
        self._store("replies", ((remark["tiny_id"], _about(remark, alert_id)) for remark, alert_id in remarks))
        self._store("comments", ((remark["tiny_id"], remark) for remark, _ in remarks))

    def _store(self, name: str, rows: Any) -> None:
        self._records.store.insert(table_of(name), rows)

    def _entry(self, number: int, first: dict[str, str], moment: float, values: Object) -> tuple[int, Object]:
        entry = self._records.drafted(RESOURCES["logs"], number, moment, values)
        first.setdefault(values["owner_id"], entry["id"])
        return number, entry

    def _remark(self, number: int, moment: float, alert_id: str, values: Object) -> Object:
        del alert_id
        return self._records.drafted(RESOURCES["comments"], number, moment, values)

    def _rotation(self, team: Object) -> tuple[list[int], list[Turn]]:
        events = events_of(self._records, team["schedule_id"])
        found = [turn for turn in on_call(events, self._first, self._past.ends) if turn.event["layer"] == 1]
        return [turn.start for turn in found], found

    def _on_call(self, place: int, moment: float) -> str:
        starts, found = self._rotations[place]
        return found[bisect.bisect_right(starts, moment) - 1].people[0]

    def _alert(self, number: int) -> Object:
        rng = self._rng
        moment = self._first + _SPAN * number // (self._count + 1) + rng.randrange(1000) / 1000
        integration = rng.choice(self._past.integrations)
        team_id = integration["team_ids"][0]
        place = next(place for place, team in enumerate(self._past.teams) if team["id"] == team_id)
        it = rng.choice(words.SERVICES[place])
        trouble, tag = rng.choice(words.TROUBLES)
        meta: Object = {"incident": rng.random() < 0.04}
        if meta["incident"]:
            meta["incident_severity"] = f"SEV-{rng.choice((1, 2, 3, 4, 5, 'UNKNOWN'))}"
            meta["incident_message"] = rng.choice(words.CHANGES)
        key = f"{it}:{tag}:{number}"
        values = {
            "title": trouble.format(n=rng.randint(2, 99), it=it),
            "description": f"Reported by {integration['name']} for {it}.",
            "tag_list": [tag, it],
            "urgency": rng.choice(self._urgencies),
            "status": _fate(rng, self._count - number, self._count),
            "source_id": integration["id"],
            "source_type": "Integration",
            "thirdparty_id": key,
            "dedup_keys": [key],
            "destination_team_ids": [team_id],
            "meta": meta,
        }
        alert = self._records.drafted(RESOURCES["alerts"], number, moment, values)
        self._live(alert, moment, self._on_call(place, moment))
        return alert

    def _live(self, alert: Object, moment: float, person: str) -> None:
        """Take an alert through its life, writing down what goes with it."""
        told = alert["tiny_id"] > self._forgotten
        entries = [(moment, "Alert created"), *self._events(alert, moment, person)]
        alert["updated_at"] = iso(entries[-1][0])
        if alert["status"] not in ("queued", "suppressed"):
            row = {"id": ulid(moment, "asked", alert["id"]), "created_at": alert["created_at"], "alert_id": alert["id"]}
            self._asked.append({**row, "person_id": person, "layer": 1, "open": alert["status"] == "open"})
        if told:
            self._logs += [(at, log(alert["id"], "Alert", message)) for at, message in entries]
            if self._rng.random() < 0.3:
                self._remarks.append((entries[-1][0] + 240, alert["id"], {"body": self._rng.choice(_REMARKS)}))

    def _events(self, alert: Object, moment: float, person: str) -> Iterator[tuple[float, str]]:
        status = alert["status"]
        if status == "suppressed":
            yield moment + 1, "Alert suppressed by a maintenance window"
        if status in ("queued", "suppressed"):
            return
        yield moment + 1, f"Alert open: {person} notified at layer 1"
        if status == "dropped":
            yield moment + 1_800, "Alert dropped: nobody took it"
        for state in _LIVES.get(status, ()):
            moment += self._rng.randint(30, 5_400)
            alert[f"{state}_at"] = iso(moment)
            yield moment, f"Alert {state} by {person}"


_LIVES = {"acknowledged": ("acknowledged",), "resolved": ("acknowledged", "resolved")}


def _about(remark: Object, alert_id: str) -> Object:
    return {"id": remark["id"], "created_at": remark["created_at"], "parent_id": alert_id}


def _fate(rng: random.Random, left: int, count: int) -> str:
    """What has become of an alert: the newest are still open, the oldest resolved."""
    if left == 0:
        return "queued"
    age = left / count
    if age < 0.04:
        return rng.choice(("open", "open", "acknowledged"))
    if age < 0.1:
        return rng.choice(("open", "acknowledged", "resolved", "resolved", "dropped"))
    return rng.choices(("resolved", "dropped", "suppressed"), (8, 2, 1))[0]
