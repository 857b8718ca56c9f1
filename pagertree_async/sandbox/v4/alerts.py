"""What happens to an alert: who is asked to see to it, and what moves it from state to state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.ids import ulid
from pagertree_async.sandbox.v4.oncall import Turn, current
from pagertree_async.sandbox.v4.records import Records

MOVES: dict[str, tuple[str, ...]] = {
    "acknowledge": ("open", "dropped", "suppressed"),
    "resolve": ("open", "dropped", "acknowledged"),
}
"""The states from which each action is possible; rejecting takes an open workflow of one's own instead."""

_CHANNELS = {
    "silent": "push",
    "low": "email",
    "medium": "push",
    "high": "push and email",
    "critical": "push, sms and voice",
}


@dataclass(frozen=True, slots=True)
class Responder:
    """Somebody who is asked to see to an alert.

    Args:
        person_id: The account user.
        layer: At which escalation layer.
    """

    person_id: str
    layer: int


def responders(records: Records, alert: Object, above: int = 0) -> list[Responder]:
    """Who is to be asked, each once.

    Account users are asked at layer 1; of a team's schedule those of the lowest layer that somebody is on call in.

    Args:
        records: Where to look.
        alert: The alert.
        above: The layer that has been asked already; 0 for none.
    """
    found: dict[str, Responder] = {}
    for one in _followed(records, alert, above, set()):
        found.setdefault(one.person_id, one)
    return list(found.values())


def _followed(records: Records, receivers: Object, above: int, seen: set[str]) -> Iterator[Responder]:
    if above == 0:
        yield from (Responder(one, 1) for one in receivers["destination_account_user_ids"])
    for team_id in receivers["destination_team_ids"]:
        team = records.get("teams", team_id)
        if team is not None:
            yield from _on_call(current(records, team["schedule_id"]), above)
    for router_id in receivers["destination_router_ids"]:
        router = records.get("routers", router_id)
        if router is not None and router_id not in seen:
            seen.add(router_id)
            yield from _followed(records, _default_receiver(router), above, seen)


def _default_receiver(router: Object) -> Object:
    names = ("account_user", "router", "team")
    return {
        f"destination_{name}_ids": [one for one in [router[f"default_receiver_{name}_id"]] if one] for name in names
    }


def _on_call(now: list[Turn], above: int) -> Iterator[Responder]:
    lowest = min((turn.event["layer"] for turn in now if turn.event["layer"] > above), default=None)
    for turn in now:
        if turn.event["layer"] == lowest:
            yield from (Responder(person, turn.event["layer"]) for person in turn.people)


def create(records: Records, caller_id: str, values: Object) -> Object:
    """Make an alert and send it on its way: to those on call, or dropped when there is nobody.

    While one of its integration's maintenance windows is open it is suppressed instead, and nobody is asked.

    Args:
        records: Where.
        caller_id: The account user who makes it, where no source is given.
        values: Its attributes, checked.
    """
    source = {"source_id": caller_id, "source_type": "AccountUser"}
    alert = records.draft("alerts", {**source, **values, "status": "queued"})
    alert["source_log_id"] = records.note(alert, "Alert", "Alert created")["id"]
    records.add("alerts", alert)
    window = quiet(records, alert["source_id"])
    if window is None:
        _settle(records, alert, responders(records, alert))
    else:
        alert["status"] = "suppressed"
        records.note(alert, "Alert", f"Alert suppressed by the maintenance window {window['name']}")
    return records.save("alerts", alert)


def quiet(records: Records, source_id: str) -> Object | None:
    """The open maintenance window of an integration, or None.

    Args:
        records: Where the windows are.
        source_id: The integration.
    """
    for window in records.all("maintenance_windows"):
        if source_id in window["integration_ids"] and window["start_datetime"] <= records.now < window["end_datetime"]:
            return window
    return None


def _settle(records: Records, alert: Object, asked: list[Responder]) -> None:
    """Ask those who are to be asked, and write down what became of the alert."""
    alert["status"] = "open" if asked else "dropped"
    if not asked:
        records.note(alert, "Alert", "Alert dropped: nobody is on call", "warn")
    for one in asked:
        _keep(records, alert, one)
        via = _CHANNELS[alert["urgency"]]
        records.note(alert, "Alert", f"Alert open: {one.person_id} notified by {via} at layer {one.layer}")


def _keep(records: Records, alert: Object, one: Responder) -> None:
    number = records.store.next_number("v4_asked")
    row = {
        "id": ulid(records.clock(), records.salt, "asked", number),
        "created_at": records.now,
        "alert_id": alert["id"],
        "person_id": one.person_id,
        "layer": one.layer,
        "open": True,
    }
    records.store.insert("v4_asked", [(number, row)])


def move(records: Records, actor: str, alert: Object, action: str) -> Object:
    """Move an alert on.

    Args:
        records: Where.
        actor: The account user who does it, or the integration.
        alert: The alert.
        action: What to do: acknowledge, reject or resolve.

    Raises:
        Refusal: 422, when it is not possible in the alert's state or not for this caller.
    """
    if action in MOVES and alert["status"] not in MOVES[action]:
        message = f"status {alert['status']} does not allow to {action} the alert"
        raise Refusal(422, message)
    _ACTIONS[action](records, actor, alert)
    return records.save("alerts", alert)


def _acknowledge(records: Records, actor: str, alert: Object) -> None:
    _mark(records, actor, alert, "acknowledged")


def _resolve(records: Records, actor: str, alert: Object) -> None:
    _mark(records, actor, alert, "resolved")


def _mark(records: Records, actor: str, alert: Object, status: str) -> None:
    for one in _asked(records, alert):
        _close(records, one)
    alert["status"] = status
    alert[f"{status}_at"] = records.now
    records.note(alert, "Alert", f"Alert {status} by {actor}")


def _reject(records: Records, actor: str, alert: Object) -> None:
    workflows = _asked(records, alert)
    mine = [one for one in workflows if one["person_id"] == actor and one["open"]]
    if not mine:
        raise Refusal(422, "alert can't be rejected: you have no open workflow for it")
    for one in mine:
        _close(records, one)
    records.note(alert, "Alert", f"Alert rejected by {actor}")
    if any(one["open"] for one in workflows):
        return
    known = {one["person_id"] for one in workflows}
    layer = max(one["layer"] for one in mine)
    _settle(records, alert, [one for one in responders(records, alert, layer) if one.person_id not in known])


def _asked(records: Records, alert: Object) -> list[Object]:
    return records.store.find("v4_asked", "alert_id", alert["id"])


def _close(records: Records, one: Object) -> None:
    one["open"] = False
    records.store.replace("v4_asked", one)


_ACTIONS: dict[str, Callable[[Records, str, Object], None]] = {
    "acknowledge": _acknowledge,
    "reject": _reject,
    "resolve": _resolve,
}


def about(records: Records, integration_id: str, key: str) -> list[Object]:
    """The alerts of an integration that are about the same thing, newest first.

    Args:
        records: Where.
        integration_id: The integration.
        key: What they are about, as the integration's system calls it.
    """
    found = records.store.find("v4_alerts", "thirdparty_id", key)
    found = [alert for alert in found if alert["source_id"] == integration_id]
    return found[::-1]
