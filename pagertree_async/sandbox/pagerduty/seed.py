"""A small account: people, teams, services, schedules, what happens when nobody answers, and incidents."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pagertree_async.sandbox.auth import password_hash
from pagertree_async.sandbox.identity import token_of
from pagertree_async.sandbox.pagerduty.account import Account, reference
from pagertree_async.sandbox.store import Object, Store

EPOCH = 1_780_000_000
"""When a seeded account's past ends unless it is told otherwise; it was set up 400 days before."""
_DAY = 86_400
_PEOPLE = (
    ("Ada Okafor", "Europe/London"),
    ("Bruno Lima", "America/Sao_Paulo"),
    ("Chie Tanaka", "Asia/Tokyo"),
    ("Dan Novák", "Europe/Berlin"),
    ("Eve Cohen", "America/New_York"),
    ("Femi Musa", "Europe/London"),
    ("Grace Kim", "America/Los_Angeles"),
)
_TEAMS = ("Platform", "Payments")
_TITLES = ("Disk full on db-3", "Checkout is slow", "SN-7 does not answer", "Certificate ends tomorrow")


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the account made from a seed.

    Args:
        api_key: The key of the REST API.
        routing_key: The key of the integration for events.
        client_id: The id of the application.
        client_secret: Its secret.
        password: Every user's.
    """

    api_key: str
    routing_key: str
    client_id: str
    client_secret: str
    password: str


def keys(seed: int) -> Keys:
    """What opens the account made from a seed.

    Args:
        seed: The seed.
    """
    return Keys(
        api_key=token_of(seed, "pagerduty key", size=20),
        routing_key=token_of(seed, "routing key", size=32),
        client_id=token_of(seed, "application", size=16),
        client_secret=token_of(seed, "application secret", size=40),
        password=f"on-call-{token_of(seed, 'password', size=12)}",
    )


def plant(store: Store, seed: int, incidents: int, ends: int = EPOCH) -> None:
    """Fill an empty store.

    Args:
        store: The store.
        seed: What everything depends on.
        incidents: How many incidents there are to be; each has about three log entries.
        ends: When the account's past ends, in unix seconds.
    """
    account = Account(store, lambda: EPOCH - 400 * _DAY, str(seed))
    with store.transaction():
        store.set("password", password_hash(keys(seed).password))
        teams = [account.new("teams", {"name": name}) for name in _TEAMS]
        users = [
            account.new(
                "users", {"name": name, "email": _mail(name), "time_zone": zone, "teams": [reference(teams[at % 2])]}
            )
            for at, (name, zone) in enumerate(_PEOPLE)
        ]
        schedules = [
            account.new("schedules", _weekly("Platform on call", "Europe/London", users[:3])),
            account.new("schedules", _weekly("Payments on call", "Europe/Berlin", users[3:5])),
        ]
        policies = [
            account.new("escalation_policies", _policy(f"{team['name']} policy", team, schedule, users[5]))
            for team, schedule in zip(teams, schedules, strict=True)
        ]
        services = [
            account.new("services", {"name": name, "teams": [reference(team)], "escalation_policy": reference(policy)})
            for name, team, policy in zip(("Core SN", "Checkout"), teams, policies, strict=True)
        ]
        account.new("business_services", {"name": "Web shop"})
        for item in (*teams, *users):
            account.new("records", {"action": "create", "root_resource": reference(item)})
        _happened(account, random.Random(seed), incidents, ends, users, services)  # noqa: S311 - not for secrets


def _mail(name: str) -> str:
    return f"{name.partition(' ')[0].lower()}@northwind.example"


def _weekly(name: str, zone: str, users: list[Object]) -> Object:
    layer = {
        "name": "Layer 1",
        "start": "2025-01-06T09:00:00+00:00",
        "end": None,
        "rotation_virtual_start": "2025-01-06T09:00:00+00:00",
        "rotation_turn_length_seconds": 7 * _DAY,
        "users": [{"user": reference(user)} for user in users],
        "restrictions": [],
    }
    return {"name": name, "time_zone": zone, "schedule_layers": [layer]}


def _policy(name: str, team: Object, schedule: Object, user: Object) -> Object:
    rules = [
        {"escalation_delay_in_minutes": 15, "targets": [reference(schedule)]},
        {"escalation_delay_in_minutes": 30, "targets": [reference(user)]},
    ]
    return {"name": name, "teams": [reference(team)], "escalation_rules": rules}


def _happened(
    account: Account, chance: random.Random, incidents: int, ends: int, users: list[Object], services: list[Object]
) -> None:
    made: list[tuple[int, Object]] = []
    logged: list[tuple[int, Object]] = []
    noted: list[tuple[int, Object]] = []
    step = 300 * _DAY / max(1, incidents)
    for number in range(1, incidents + 1):
        at = ends - 300 * _DAY + number * step
        service, user = services[number % 2], users[number % len(users)]
        status = ("resolved", "acknowledged", "triggered")[0 if number < incidents - 10 else number % 3]
        assigned = [] if status == "resolved" else [{"at": "", "assignee": reference(user)}]
        values = {
            "title": chance.choice(_TITLES),
            "incident_number": number,
            "status": status,
            "service": reference(service),
            "teams": service["teams"],
            "assignments": assigned,
        }
        incident = account.draft("incidents", number, values, at)
        made.append((number, incident))
        steps: list[tuple[str, Mapping[str, Any]]] = [("trigger_log_entry", {}), ("acknowledge_log_entry", {})]
        if number % 5 == 0:
            note = account.draft(
                "notes",
                len(noted) + 1,
                {"content": "On it", "user": reference(user), "incident_id": incident["id"]},
                at + 90,
            )
            noted.append((len(noted) + 1, note))
            steps.append(("annotate_log_entry", {"summary": "On it", "channel": {"type": "note", "summary": "On it"}}))
        else:
            steps.append(("resolve_log_entry", {}))
        for after, (kind, more) in enumerate(steps):
            entry = account.logged(incident, kind, reference(user), **more)
            logged.append((len(logged) + 1, account.draft("log_entries", len(logged) + 1, entry, at + 60 * after)))
    account.store.insert("incidents", made)
    account.store.insert("notes", noted)
    account.store.insert("log_entries", logged)
