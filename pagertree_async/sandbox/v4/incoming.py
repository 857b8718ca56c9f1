"""Events from outside: they open, acknowledge and resolve alerts, and need no key."""

from __future__ import annotations

from typing import cast

from pagertree_async.sandbox.auth import same
from pagertree_async.sandbox.doors import Answer, Incoming
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4 import alerts
from pagertree_async.sandbox.v4.casting import Unfit, text
from pagertree_async.sandbox.v4.forms import body_of
from pagertree_async.sandbox.v4.ids import ulid
from pagertree_async.sandbox.v4.records import Records
from pagertree_async.sandbox.v4.resources import URGENCY

# An alert that nobody took, or that is resolved, takes in no more events: the next one opens another.
_TAKING = frozenset({"queued", "open", "acknowledged", "suppressed"})


def receive(records: Records, incoming: Incoming) -> Answer:
    """Take in an event.

    The vendor answers before it looks at an event, so what is wrong in one is told nowhere but in the integration's log.

    Args:
        records: The account's objects.
        incoming: The request.

    Returns:
        200 without a body; 405 when the integration is off, 403 when it wants another token. The header
        ``x-sandbox-event``, which the vendor does not send, tells what has become of it, and of which alert.

    Raises:
        Refusal: 400 or 404.
    """
    integration = records.fetch("integrations", incoming.params["id"])
    body = body_of(incoming)
    kind, key = _said(body, "event_type").lower(), _said(body, "Id")
    records.note(integration, "Integration", f"Incoming event: {kind} {key}".rstrip())
    if not integration["enabled"]:
        return _answer("disabled", None, 405)
    token = integration["options"].get("token")
    if token and not same(incoming.headers.get("pagertree-token", ""), str(token)):
        return _answer("blocked", None, 403)
    if kind == "create" and _said(body, "Title"):
        return _create(records, integration, key, body)
    if kind in alerts.MOVES and key:
        return _move(records, integration, key, kind)
    return _answer("ignored", None)


def _said(body: Object, name: str) -> str:
    """A value by its name in capitals or in small letters; what is no text counts as nothing."""
    value = body.get(name, body.get(name.lower()))
    try:
        return "" if value is None else text(value).strip()
    except Unfit:
        return ""


def _create(records: Records, integration: Object, key: str, body: Object) -> Answer:
    for alert in alerts.about(records, integration["id"], key) if key else ():
        if alert["status"] in _TAKING:
            records.note(alert, "Alert", "Alert deduplicated: the same event came again")
            return _answer("deduplicated", alert)
    if not key:
        key = ulid(records.clock(), records.salt, "event", records.store.next_number("v4_logs"))
    urgency = _said(body, "Urgency").lower()
    meta, tags = body.get("Meta", body.get("meta")), body.get("Tags", body.get("tags"))
    values: Object = {
        "title": _said(body, "Title"),
        "description": _said(body, "Description") or None,
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


def _answer(outcome: str, alert: Object | None, status: int = 200) -> Answer:
    told = outcome if alert is None else f"{outcome} {alert['id']}"
    return Answer(b"", status, {"x-sandbox-event": told})
