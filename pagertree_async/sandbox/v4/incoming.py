"""Events from outside: they open, acknowledge and resolve alerts, and need no key."""

from __future__ import annotations

from typing import cast

from pagertree_async.sandbox.doors import Answer, Incoming, answered, parsed
from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4 import alerts
from pagertree_async.sandbox.v4.casting import Unfit, text
from pagertree_async.sandbox.v4.ids import ulid
from pagertree_async.sandbox.v4.records import Records
from pagertree_async.sandbox.v4.resources import URGENCY

_KINDS = ("create", "acknowledge", "resolve")
# An alert that nobody took, or that is resolved, takes in no more events: the next one opens another.
_TAKING = frozenset({"queued", "open", "acknowledged", "suppressed"})


def receive(records: Records, incoming: Incoming) -> Answer:
    """Take in an event.

    Args:
        records: The account's objects.
        incoming: The request.

    Returns:
        What has become of it: the id of the alert it is about, if there is one.

    Raises:
        Refusal: 400, 404 or 422.
    """
    integration = records.fetch("integrations", incoming.params["id"])
    body = parsed(incoming.body)
    kind = _said(body, "event_type", "").lower()
    key = _said(body, "Id", "")
    wrong = ["event_type is not included in the list"] if kind not in _KINDS else []
    wrong += ["Title can't be blank"] if kind == "create" and not _said(body, "Title", "") else []
    wrong += ["Id can't be blank"] if kind in alerts.MOVES and not key else []
    if wrong:
        raise Refusal(422, *wrong)
    records.note(integration, "Integration", f"Incoming event: {kind} {key}".rstrip())
    if not integration["enabled"]:
        return _answer("ignored", None)
    return _create(records, integration, key, body) if kind == "create" else _move(records, integration, key, kind)


def _said(body: Object, name: str, default: str) -> str:
    """A value by its name in capitals or in small letters."""
    value = body.get(name, body.get(name.lower()))
    if value is None:
        return default
    try:
        return text(value).strip()
    except Unfit:
        message = f"{name} is invalid"
        raise Refusal(422, message) from None


def _create(records: Records, integration: Object, key: str, body: Object) -> Answer:
    for alert in alerts.about(records, integration["id"], key) if key else ():
        if alert["status"] in _TAKING:
            records.note(alert, "Alert", "Alert deduplicated: the same event came again")
            return _answer("deduplicated", alert)
    if not key:
        key = ulid(records.clock(), records.salt, "event", records.store.next_number("v4_logs"))
    urgency = _said(body, "Urgency", "").lower()
    meta, tags = body.get("Meta", body.get("meta")), body.get("Tags", body.get("tags"))
    values: Object = {
        "title": _said(body, "Title", ""),
        "description": _said(body, "Description", "") or None,
        "urgency": urgency if urgency in URGENCY.choices else integration["urgency"],
        "tag_list": list(dict.fromkeys(str(one) for one in cast("list[object]", tags) if one))
        if isinstance(tags, list)
        else [],
        "meta": meta if isinstance(meta, dict) else {},
        "thirdparty_id": key,
        "dedup_keys": [key],
        "source_id": integration["id"],
        "source_type": "Integration",
        "destination_team_ids": integration["team_ids"],
        "destination_router_ids": integration["router_ids"],
        "destination_account_user_ids": integration["account_user_ids"],
    }
    return _answer("created", alerts.create(records, integration["id"], values))


def _move(records: Records, integration: Object, key: str, action: str) -> Answer:
    for alert in alerts.about(records, integration["id"], key):
        if alert["status"] in alerts.MOVES[action]:
            return _answer(f"{action}d", alerts.move(records, integration["id"], alert, action))
    return _answer("ignored", None)


def _answer(outcome: str, alert: Object | None) -> Answer:
    return answered({"status": outcome, "alert_id": None if alert is None else alert["id"]})
