"""The Events API: alerts that are told apart by their dedup keys, and changes."""

from __future__ import annotations

from typing import Any

import msgspec

from pagertree_async.sandbox.auth import same
from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.identity import token_of
from pagertree_async.sandbox.pagerduty.account import reference
from pagertree_async.sandbox.pagerduty.calls import Call, Operation
from pagertree_async.sandbox.pagerduty.rest import change_incident
from pagertree_async.sandbox.store import Object

_LONGEST = 1024
_SEVERITIES = ("critical", "error", "warning", "info")
_CHANGE = ("summary", "source", "timestamp", "custom_details")
_STATUSES = {"acknowledge": "acknowledged", "resolve": "resolved"}


def enqueue(routing_key: str) -> Operation:
    """`POST /v2/enqueue`.

    Args:
        routing_key: The key of the account's integration.
    """

    def operation(call: Call) -> Answer:
        event = call.whole()
        wrong = _wrong(event, routing_key)
        action, key = event.get("event_action"), event.get("dedup_key")
        if action not in ("trigger", *_STATUSES):
            wrong.append("'event_action' must be one of trigger, acknowledge, resolve")
        elif action == "trigger":
            wrong += _wrong_payload(event.get("payload"), ("summary", "source", "severity"))
        elif not key:
            wrong.append("'dedup_key' is missing or blank")
        if wrong:
            return _invalid(wrong)
        key = key or token_of(call.account.salt, "dedup", call.account.store.next_number("incidents"), size=32)
        _apply(call, str(action), str(key), event)
        return Answer(msgspec.json.encode({"status": "success", "message": "Event processed", "dedup_key": key}), 202)

    return operation


def change(routing_key: str) -> Operation:
    """`POST /v2/change/enqueue`.

    Args:
        routing_key: The key of the account's integration.
    """

    def operation(call: Call) -> Answer:
        event = call.whole()
        wrong = _wrong(event, routing_key) + _wrong_payload(event.get("payload"), ("summary",))
        if wrong:
            return _invalid(wrong)
        told = {name: event["payload"][name] for name in _CHANGE if name in event["payload"]}
        call.account.new("change_events", {**told, "links": event.get("links") or []})
        return Answer(msgspec.json.encode({"status": "success", "message": "Change event processed"}), 202)

    return operation


def _wrong(event: Object, routing_key: str) -> list[str]:
    fits = same(str(event.get("routing_key", "")), routing_key)
    return [] if fits else ["Invalid routing key"]


def _wrong_payload(payload: Any, required: tuple[str, ...]) -> list[str]:
    given = msgspec.convert(payload, Object) if isinstance(payload, dict) else {}
    wrong = [f"'payload.{name}' is missing or blank" for name in required if not given.get(name)]
    wrong += [f"'payload.{name}' is no text" for name in ("summary", "source") if not _is_text(given.get(name, ""))]
    if given.get("severity", "info") not in _SEVERITIES:
        wrong.append(f"'payload.severity' is not one of {', '.join(_SEVERITIES)}")
    return wrong


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _invalid(wrong: list[str]) -> Answer:
    return Answer(
        msgspec.json.encode({"status": "invalid event", "message": "Event object is invalid", "errors": wrong}), 400
    )


def _apply(call: Call, action: str, key: str, event: Object) -> None:
    account = call.account
    open_ones = [one for one in account.store.find("incidents", "incident_key", key) if one["status"] != "resolved"]
    if action != "trigger":
        for one in open_ones:
            change_incident(call, one["id"], {"status": _STATUSES[action]}, None)
        return
    service = reference(account.store.all("services")[0])
    values = {"title": event["payload"]["summary"], "service": service, "incident_key": key}
    incident = open_ones[0] if open_ones else account.new("incidents", values)
    account.log(incident, "trigger_log_entry", None, channel={"type": "api", **event["payload"]})
