"""An account that looks as if it had been in use for months: people, schedules and what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.store import Object, Store
from pagertree_async.sandbox.v3 import words
from pagertree_async.sandbox.v3.templates import TEMPLATES
from pagertree_async.sandbox.v4.checks import attendees
from pagertree_async.sandbox.v4.history import Past, fill
from pagertree_async.sandbox.v4.ids import ulid
from pagertree_async.sandbox.v4.nested import EMAILS, OPTIONS, PHONES, Owner
from pagertree_async.sandbox.v4.people import ROLES, shown
from pagertree_async.sandbox.v4.records import Records, table_of
from pagertree_async.sandbox.v4.resources import RESOURCES
from pagertree_async.sandbox.v4.teams import count_in, default_policy
from pagertree_async.sandbox.v4.zones import ZONES, zone_of

_DAY = 86_400
# Setting up an account takes its owner some days.
_STEP = 5_407
_START = words.EPOCH - 400 * _DAY
_RAILS = {zone: name for name, zone in reversed(ZONES.items())}

TYPES = ("Webhook", "Email", "Prometheus", "Datadog", "Stripe", "Zendesk", "Statuspage", "Grafana", "Form", "Slack")
"""What integrations can connect to."""

_COUNTRIES = {"America": "US", "Europe": "DE", "Asia": "JP"}
_COMMENTS = (("Moved to Sunday, see the calendar.", "Thanks!"), ("Who covers the night?",), (), ("了解です",))
_WORK = [1, 2, 3, 4, 5]


def account_id(seed: int) -> str:
    """The id of the account made from a seed.

    Args:
        seed: The seed.
    """
    return ulid(_START, seed, "account")


def admin_id(seed: int) -> str:
    """The id of the first administrator of the account made from a seed.

    Args:
        seed: The seed.
    """
    # Before that come a notification rule for each user, and the user who it is.
    return ulid(_START + (len(words.USERS) + 1) * _STEP, seed, "account_users", 1)


def plant(store: Store, seed: int, size: int, alerts: int | None, ends: int = words.EPOCH) -> None:
    """Fill empty tables.

    Args:
        store: The store.
        seed: What everything depends on: the same seed gives the same bytes.
        size: About how many objects there are to be in all.
        alerts: How many alerts there are to be; None lets the size decide.
        ends: When the account's past ends, in unix seconds.
    """
    with store.transaction():
        _Gardener(store, seed, ends).plant(size, alerts)


class _Gardener:
    def __init__(self, store: Store, seed: int, ends: int) -> None:
        self._ends = ends
        self._time = float(_START)
        self._seed = seed
        self._records = Records(store, lambda: self._time, str(seed), account_id(seed))

    def plant(self, size: int, alerts: int | None) -> None:
        people = self._people()
        teams = [self._team(name, about, [people[place] for place in places]) for name, about, places in words.TEAMS]
        count_in(self._records)
        self._rotations(people, [team["schedule_id"] for team in teams])
        for team in teams:
            self._new(
                "routers", name=f"{team['name']} rules", rules=TEMPLATES["router"], default_receiver_team_id=team["id"]
            )
        integrations = self._integrations(teams)
        self._windows(integrations)
        self._broadcasts(people, teams)
        planted = sum(self._records.store.count(table_of(name)) for name in RESOURCES)
        fill(Past(self._records, self._seed, self._ends, people, teams, integrations), max(0, size - planted), alerts)

    def _new(self, name: str, /, **values: Any) -> Object:
        made = self._records.new(name, **values)
        self._time += _STEP
        return made

    def _people(self) -> list[Object]:
        rules = [
            self._new("notification_rules", name=f"{name}'s rules", rules=TEMPLATES["notification"])
            for name, _ in words.USERS
        ]
        return [self._person(number, rule["id"]) for number, rule in enumerate(rules)]

    def _person(self, number: int, rule_id: str) -> Object:
        name, zone = words.USERS[number]
        owner = Owner(self._records, "User", number + 1)
        phone = {"phone": f"+1555010{number:04d}", "primary": True, "country": _COUNTRIES[zone.partition("/")[0]]}
        user = self._new(
            "users",
            name=name,
            time_zone=_RAILS[zone],
            last_sign_in_at=iso(self._ends - number * 7_201),
            emails=[owner.part(EMAILS, 0, {"email": f"{words.MAIL_NAMES[number]}@northwind.example", "primary": True})],
            phones=[owner.part(PHONES, 0, phone)],
        )
        admin = number in (0, 6)
        roles = dict(zip(ROLES, (admin, number == 0, number < 4, number < 2), strict=True))
        return self._new("account_users", user=shown(user), roles=roles, notification_rule_id=rule_id)

    def _team(self, name: str, about: str, people: Sequence[Object]) -> Object:
        policy = default_policy(self._records, name)
        schedule = self._new("schedules", name=f"{name} on-call")
        return self._new(
            "teams",
            name=name,
            notes=about,
            escalation_policy_id=policy["id"],
            schedule_id=schedule["id"],
            member_account_user_ids=[person["id"] for person in people],
            admin_account_user_ids=[people[0]["id"]],
        )

    def _shift(
        self, zone: str, start: str, hours: int, schedule_id: str, people: Sequence[Object], **values: Any
    ) -> Object:
        begins = datetime.fromisoformat(start).replace(tzinfo=zone_of(zone))
        ends = begins + timedelta(hours=hours)
        owner = Owner(self._records, "Event", self._records.store.next_number(table_of("events")))
        repeated = {"repeat": True, "frequency": 1, "frequency_unit": "weekly", "layer": 1}
        return self._new(
            "events",
            start_time=iso(begins.timestamp()),
            end_time=iso(ends.timestamp()),
            time_zone=zone,
            schedule_ids=[schedule_id],
            event_attendees=attendees(owner, [person["id"] for person in people]),
            **{**repeated, **values},
        )

    def _rotations(self, people: Sequence[Object], schedules: Sequence[str]) -> None:
        platform, payments, data, support = schedules
        pacific, berlin, tokyo, london = "Pacific Time (US & Canada)", "Berlin", "Tokyo", "London"
        week = 168
        self._shift(pacific, "2024-11-18T09:00", week, platform, [people[one] for one in (0, 1, 8)], rotation=True)
        self._shift(
            pacific, "2024-11-18T09:00", week, platform, [people[8], people[0], people[1]], rotation=True, layer=2
        )
        daily = {"frequency_unit": "daily"}
        for hour, one in ((8, 2), (20, 3)):
            self._shift(berlin, f"2024-11-18T{hour:02d}:00", 12, payments, [people[one]], days_of_week=_WORK, **daily)
        self._shift(berlin, "2024-11-16T08:00", 48, payments, [people[4]])
        self._shift(berlin, "2024-11-18T08:00", week, payments, [people[9]], layer=2)
        self._shift(tokyo, "2024-11-18T10:00", week, data, [people[5], people[10]], rotation=True)
        self._shift(london, "2024-11-18T08:00", 12, support, [people[6]], **daily)
        nights = self._shift(london, "2024-11-18T20:00", 12, support, [people[7]], **daily)
        stand_in = self._shift(
            london,
            "2025-12-24T20:00",
            12,
            support,
            [people[11]],
            parent_id=nights["id"],
            repeat=False,
            frequency=None,
            frequency_unit=None,
        )
        left_out = Owner(self._records, "Event", nights["tiny_id"]).id_of("exceptions", stand_in["start_time"])
        exception = {"id": left_out, "start_datetime": stand_in["start_time"]}
        self._records.save("events", {**nights, "exceptions": [exception]})
        self._shift("Eastern Time (US & Canada)", "2024-11-18T09:00", week, support, [people[11]], layer=2)

    def _integrations(self, teams: Sequence[Object]) -> list[Object]:
        kinds = {name: self._new("integration_types", name=name) for name in TYPES}
        return [
            self._new(
                "integrations",
                name=name,
                integration_type=kinds.get(name.split()[0], kinds["Email" if kind == "email" else "Webhook"]),
                urgency=urgency,
                team_ids=[teams[place]["id"]],
                enabled=name != "Statuspage",
                options={"capture_additional_data": False},
            )
            for name, kind, urgency, place in words.INTEGRATIONS
        ]

    def _windows(self, integrations: Sequence[Object]) -> None:
        for name, start, places in (("Database upgrade", 90, (0, 1)), ("Year-end freeze", 5, (2,))):
            begins = self._ends - start * _DAY
            self._new(
                "maintenance_windows",
                name=name,
                description="Alerts of what is worked on are suppressed.",
                start_datetime=iso(begins),
                end_datetime=iso(begins + 4 * 3_600),
                time_zone="UTC",
                integration_ids=[integrations[place]["id"] for place in places],
            )

    def _broadcasts(self, people: Sequence[Object], teams: Sequence[Object]) -> None:
        for number, (title, said) in enumerate(zip(words.BROADCASTS, _COMMENTS, strict=True)):
            owner = Owner(self._records, "Broadcast", number + 1)
            options = [
                owner.part(OPTIONS, place, {"value": value, "position": place})
                for place, value in enumerate(("fine", "not fine") if number == 0 else (), 1)
            ]
            broadcast = self._new(
                "broadcasts",
                title=title,
                destination_team_ids=[team["id"] for team in teams[: number + 1]],
                destination_account_user_ids=[people[5]["id"]] if number else [],
                status="open" if number else "closed",
                response_requested=number == 0,
                broadcast_response_options=options,
            )
            for body in said:
                comment = self._new("comments", body=body)
                row = {"id": comment["id"], "created_at": comment["created_at"], "parent_id": broadcast["id"]}
                self._records.store.insert("v4_replies", [(comment["tiny_id"], row)])
