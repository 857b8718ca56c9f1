"""An account that looks as if it had been in use for months: people, schedules and what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pagertree_async.sandbox.auth import password_hash
from pagertree_async.sandbox.identity import token_of
from pagertree_async.sandbox.store import Object, Store
from pagertree_async.sandbox.v3 import words
from pagertree_async.sandbox.v3.history import Past, fill
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import RESOURCES
from pagertree_async.sandbox.v3.templates import TEMPLATES

_DAY = 86_400
_WEEK = 7 * _DAY


@dataclass(frozen=True, slots=True)
class Access:
    """How the seeded account is entered.

    Args:
        account_id: The account.
        admin_id: Its first administrator.
        username: The administrator's e-mail address.
        password: The password of every seeded user.
        api_key: The account's API key.
        api_secret: The secret that belongs to the key.
    """

    account_id: str
    admin_id: str
    username: str
    password: str
    api_key: str
    api_secret: str


def access(seed: int) -> Access:
    """How the account made from a seed is entered.

    Args:
        seed: The seed.
    """
    return Access(
        account_id=f"acc_{token_of(seed, 'account', 1)}",
        admin_id=f"usr_{token_of(seed, 'user', 1)}",
        username=_mail(words.MAIL_NAMES[0]),
        password=f"on-call-{token_of(seed, 'password', size=12)}",
        api_key=token_of(seed, "key", size=24),
        api_secret=token_of(seed, "secret", size=40),
    )


def plant(store: Store, seed: int, size: int, alerts: int | None, ends: int = words.EPOCH) -> None:
    """Fill an empty store.

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
        self._store = store
        self._ends = ends
        self._time = words.EPOCH - 400 * _DAY
        self._access = access(seed)
        self._seed = seed
        self._records = Records(store, lambda: self._time, str(seed), self._access.account_id)

    def plant(self, size: int, alerts: int | None) -> None:
        users = self._people()
        schedules = [self._new("schedule", name=f"{name} on-call", repeat=1, rules=_LAYERS) for name, *_ in words.TEAMS]
        stakeholders = [
            self._new("stakeholder", name=name, user_ids=[users[place]["id"] for place in places], events=_TOLD)
            for name, places in words.STAKEHOLDERS
        ]
        teams = [
            self._team(name, about, [users[place] for place in places], schedule, stakeholder)
            for (name, about, places), schedule, stakeholder in zip(
                words.TEAMS, schedules, [*stakeholders, None], strict=True
            )
        ]
        self._rotations(users, schedules)
        self._routers(users, teams)
        integrations = [
            self._new(
                "integration", name=name, type=kind, urgency=urgency, destination_ids=[teams[place]["id"]], enabled=on
            )
            for (name, kind, urgency, place), on in zip(words.INTEGRATIONS, (True,) * 5 + (False,), strict=True)
        ]
        for number, name in enumerate(words.AUTOMATIONS):
            self._new("automation", name=name, settings=_AUTOMATION.format(number), enabled=number != 3)
        self._broadcasts(users, teams)
        past = Past(self._records, self._seed, self._ends, users, teams, integrations, self._store.all("event"))
        fill(past, max(0, size - self._planted()), alerts)

    def _planted(self) -> int:
        return sum(self._store.count(name) for name in RESOURCES)

    def _new(self, name: str, /, **values: Any) -> Object:
        # Setting up an account takes its owner some days.
        self._time += 5_407
        return self._records.new(name, **values)

    def _touch(self, name: str, item: Object, **values: Any) -> None:
        self._time += 61
        self._records.save(name, {**item, **values})

    def _people(self) -> list[Object]:
        account = self._new(
            "account",
            active=True,
            name=words.ACCOUNT,
            hippanotifications=False,
            setup_complete=self._time + _DAY,
            stripe_customer_id=f"cus_{token_of(self._seed, 'stripe')}",
            stripe={},
            sso={"enabled": False},
            notification_templates={"alert_opened": {"push": "{{title}}", "email": "{{title}}\n{{description}}"}},
        )
        self._touch("account", account, token_id=self._records.give_token(account["id"])["id"])
        hashed = password_hash(self._access.password)
        return [self._person(number, hashed) for number in range(len(words.USERS))]

    def _person(self, number: int, hashed: str) -> Object:
        name, zone = words.USERS[number]
        mail = _mail(words.MAIL_NAMES[number])
        phone = f"+1555010{number:04d}"
        user = self._new(
            "user",
            name=name,
            email=mail,
            email_verfied=self._time + 600,
            phone=phone,
            phone_verified=self._time + 900,
            lastlogin=self._ends - number * 7_201,
            emails=[{"email": mail, "primary": True, "verified": self._time + 600}],
            phones=[{"phone": phone, "primary": True, "verified": self._time + 900}],
            avatar=f"https://avatars.example/{words.MAIL_NAMES[number]}.png",
            preferences={**_PREFERENCES, "timezone": zone, "alert_sms": number % 3 == 0},
            roles={"broadcast": number < 4, "admin": number in (0, 6), "admin_billing": number == 0},
            password=hashed,
            verificationcode=token_of(self._seed, "code", number, size=6),
        )
        self._records.give_token(user["id"])
        return user

    def _team(
        self, name: str, about: str, people: list[Object], schedule: Object, stakeholder: Object | None
    ) -> Object:
        return self._new(
            "team",
            name=name,
            description=about,
            member_user_ids=[user["id"] for user in people],
            admin_ids=[people[0]["id"]],
            schedule_id=schedule["id"],
            stakeholder_ids=[stakeholder["id"]] if stakeholder else [],
        )

    def _shift(self, zone: str, start: str, length: int, **values: Any) -> Object:
        moment = int(datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).timestamp())
        return self._new("event", start=moment, end=moment + length, timezone=zone, repeat=True, **values)

    def _rotations(self, users: Sequence[Object], schedules: Sequence[Object]) -> None:
        ids = [user["id"] for user in users]
        platform, payments, data, support = ([schedule["id"]] for schedule in schedules)
        weekly = {"frequency_unit": "weekly"}
        for week, user in enumerate((0, 1, 8)):
            start = f"2024-12-{2 + 7 * week:02d}T09:00"
            self._shift(
                "America/Los_Angeles", start, _WEEK, schedule_id=platform, attendees=[ids[user]], frequency=3, **weekly
            )
        for week, user in enumerate((8, 0)):
            start = f"2024-12-{2 + 7 * week:02d}T09:00"
            self._shift(
                "America/Los_Angeles",
                start,
                _WEEK,
                schedule_id=platform,
                attendees=[ids[user]],
                frequency=2,
                layer=2,
                **weekly,
            )
        work, daily = [1, 2, 3, 4, 5], {"frequency_unit": "daily", "frequency": 1}
        berlin = "Europe/Berlin"
        for hour, user in ((8, 2), (20, 3)):
            start = f"2024-12-02T{hour:02d}:00"
            self._shift(berlin, start, _DAY // 2, schedule_id=payments, attendees=[ids[user]], dow=work, **daily)
        self._shift(
            berlin,
            "2024-12-07T08:00",
            2 * _DAY,
            schedule_id=payments,
            attendees=[ids[4]],
            frequency=1,
            dow=[6],
            **weekly,
        )
        self._shift(
            berlin,
            "2024-12-02T08:00",
            _WEEK,
            schedule_id=payments,
            attendees=[ids[9], ids[2]],
            frequency=1,
            layer=2,
            **weekly,
        )
        # The form of 2018: one user, one schedule, and the frequency in days.
        for week, user in enumerate((5, 10)):
            start = f"2024-12-{2 + 7 * week:02d}T10:00"
            self._shift("Asia/Tokyo", start, _WEEK, schedule_id=data[0], user_id=ids[user], frequency=14)
        london = "Europe/London"
        self._shift(london, "2024-12-02T08:00", _DAY // 2, schedule_id=support, attendees=[ids[6]], **daily)
        nights = self._shift(london, "2024-12-02T20:00", _DAY // 2, schedule_id=support, attendees=[ids[7]], **daily)
        swapped = int(datetime(2025, 12, 24, 20, tzinfo=ZoneInfo(london)).timestamp())
        stand_in = self._new(
            "event",
            schedule_id=support,
            attendees=[ids[11]],
            start=swapped,
            end=swapped + _DAY // 2,
            timezone=london,
            p_event_id=nights["id"],
        )
        self._touch("event", nights, exceptions=[{"start": swapped, "event_id": stand_in["id"]}])
        self._shift(
            "America/New_York",
            "2024-12-02T09:00",
            _WEEK,
            schedule_id=support,
            attendees=[ids[11]],
            frequency=1,
            layer=2,
            **weekly,
        )

    def _routers(self, users: Sequence[Object], teams: Sequence[Object]) -> None:
        for team in teams:
            router = self._new(
                "router",
                name=f"{team['name']} rules",
                type="router",
                default_receiver=team["id"],
                settings=TEMPLATES["router"],
            )
            self._touch("team", team, router_id=router["id"])
            team["router_id"] = router["id"]
        self._new(
            "router",
            name="Nachtruhe für Zoë",
            type="notification",
            default_receiver=users[3]["id"],
            settings=TEMPLATES["notification"],
        )

    def _broadcasts(self, users: Sequence[Object], teams: Sequence[Object]) -> None:
        for number, title in enumerate(words.BROADCASTS):
            self._new(
                "broadcast",
                title=title,
                description="",
                destination_ids=[team["id"] for team in teams[: number + 1]],
                source_id=users[0]["id"],
                status="open",
                urgency="low",
                created=int(self._time) + 5_407,
                response_requested=number == 0,
                responses=["fine", "not fine"] if number == 0 else [],
            )


def _mail(name: str) -> str:
    return f"{name}@northwind.example"


_LAYERS = [{"layer": 1, "timeout": 15}, {"layer": 2, "timeout": 30}]
_TOLD = {"alert_assigned": True, "alert_acknowledged": True, "alert_resolved": True, "alert_dropped": False}
_PREFERENCES: Object = {
    "alert_push": True,
    "alert_email": True,
    "alert_voice": False,
    "alert_slack": False,
    "report_performance": True,
    "report_oncall": True,
    "advanced_mode": False,
    "debug_mode": False,
    "locale": "en",
    "moment_format": "YYYY-MM-DD HH:mm",
    "ui_calendar_firstday": 1,
}
_AUTOMATION = """\
url: https://automation.example/hooks/{}
method: POST
headers:
  Content-Type: application/json
data:
  alert: "{{{{ alert.id }}}}"
"""
