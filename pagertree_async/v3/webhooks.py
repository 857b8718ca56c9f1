"""Outgoing webhooks: what PagerTree posts to an address of yours when something happens to an alert.

In a web service with FastAPI::

    from fastapi import FastAPI, HTTPException, Request

    from pagertree_async import InvalidArgumentError
    from pagertree_async.v3.webhooks import AlertEvent, parse_webhook

    app = FastAPI()

    @app.post("/pagertree")
    async def happened(request: Request):
        try:
            webhook = parse_webhook(await request.body())
        except InvalidArgumentError as error:
            raise HTTPException(400, str(error)) from None
        if webhook.event is AlertEvent.RESOLVED:
            print(webhook.alert.title, "was resolved by", webhook.alert.resolvedby)
        return {}

Whoever knows the address can post to it: before acting on what a webhook says, look the alert up by its id.
"""

from __future__ import annotations

import msgspec

from pagertree_async.errors import InvalidArgumentError, InvalidResponseError
from pagertree_async.models import OpenEnum, decoded, reader
from pagertree_async.v3.models import Alert

__all__ = ["AlertEvent", "Webhook", "parse_webhook"]

ABOUT_ALERTS = "alert."


class AlertEvent(OpenEnum):
    """What happened to an alert."""

    CREATED = "created"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    RESOLVED = "resolved"
    DROPPED = "dropped"
    HANDOFF = "handoff"
    ESCALATED = "escalated"


class Webhook(msgspec.Struct, frozen=True):
    """What PagerTree posted.

    Attributes:
        type: What it calls it: ``alert.resolved``.
        event: What happened to the alert.
        alert: The alert as it was then.
    """

    type: str
    event: AlertEvent
    alert: Alert


class _Posted(msgspec.Struct):
    type: str
    data: msgspec.Raw


_posted = msgspec.json.Decoder(_Posted).decode


def parse_webhook(body: bytes | str) -> Webhook:
    """What PagerTree posted, from the body of the request.

    An event that was not known when this was written is taken as it is.

    Args:
        body: The request's body, as it came.

    Raises:
        InvalidArgumentError: It is no webhook of PagerTree's, or none about an alert.

    >>> parse_webhook(b'{"type": "alert.resolved", "data": {"id": "alt_1", "status": "resolved"}}').event
    <AlertEvent.RESOLVED: 'resolved'>
    """
    sent = body.encode() if isinstance(body, str) else body
    try:
        posted = decoded(sent, _posted)
        if not posted.type.startswith(ABOUT_ALERTS) or posted.type == ABOUT_ALERTS:
            message = f"not a webhook about an alert, but of type {posted.type[:80]!r}"
            raise InvalidArgumentError(message)
        alert: Alert = decoded(bytes(posted.data), reader(Alert))
    except InvalidResponseError as error:
        why = f"not JSON: {error.__cause__}" if error.malformed else f"JSON of another shape: {error.__cause__}"
        message = f"not a webhook of PagerTree's, but {why}"
        raise InvalidArgumentError(message) from error.__cause__
    return Webhook(posted.type, AlertEvent(posted.type.removeprefix(ABOUT_ALERTS)), alert)
