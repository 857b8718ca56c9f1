"""What is written down and sent out when something happens: logs and notifications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pagertree_async.sandbox.identity import token_of
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3.records import Records

_CHANNELS = {
    "silent": ("push",),
    "low": ("email",),
    "medium": ("push",),
    "high": ("push", "email"),
    "critical": ("push", "sms", "voice"),
}


def channels(urgency: str | None) -> tuple[str, ...]:
    """How somebody hears of an alert.

    Args:
        urgency: The alert's urgency; none counts as high.
    """
    return _CHANNELS[urgency or "high"]


def write_log(records: Records, owner_id: str, content: str, source_id: str | None, **values: Any) -> Object:
    """Write down what happened to an object.

    Args:
        records: Where.
        owner_id: The object's id.
        content: What happened, in a sentence.
        source_id: Who or what made it happen.
        values: Further attributes of the log.
    """
    values = {"type": "event", "subtype": "INCOMING", **values}
    return records.new("log", owner_id=owner_id, source_id=source_id, content=content, **values)


def notify(records: Records, subject: Object, user_ids: Iterable[str], via: Iterable[str], **values: Any) -> None:
    """Tell users of an alert or a broadcast.

    Args:
        records: Where.
        subject: The alert or broadcast.
        user_ids: Whom to tell.
        via: The channels to use.
        values: Further attributes of each notification.
    """
    via = tuple(via)
    for user_id in user_ids:
        user = records.store.get("user", user_id) or {}
        for channel in via:
            records.new("notification", **notification(subject, user, channel, records.now), user_id=user_id, **values)


def notification(subject: Object, user: Object, channel: str, sent: int) -> Object:
    """What a notification says and how it went out.

    Args:
        subject: The alert or broadcast.
        user: Whom it goes to.
        channel: How it goes out.
        sent: When, in unix seconds.
    """
    by_mail = channel == "email"
    return {
        "subject": subject["title"],
        "message": f"#{subject['tinyId']} {subject['title']}",
        "channel": channel,
        "status": "delivered",
        "alert_id": subject["id"],
        "source_id": subject["id"],
        "from": "alerts@pagertree.example" if by_mail else "PagerTree",
        "to": user.get("email") if by_mail else user.get("phone"),
        "sent": sent,
        "delivered": sent,
        "repeated": False,
        "provider": "mail" if by_mail else "carrier",
        "provider_status": "delivered",
        "template": f"{subject['type']}_opened",
        "direction": "OUTGOING",
        "cost": 0.0075 if channel in ("sms", "voice") else 0,
        "err": [],
    }


def workflow(alert_id: str, user_id: str, layer: int, number: int) -> Object:
    """One user being asked to see to an alert.

    Args:
        alert_id: The alert.
        user_id: The user.
        layer: The escalation layer at which the user is asked.
        number: How many workflows the alert had before.
    """
    return {"id": f"wkf_{token_of(alert_id, user_id, number)}", "user_id": user_id, "layer": layer, "status": "open"}
