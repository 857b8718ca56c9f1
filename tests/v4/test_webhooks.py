"""Outgoing webhooks: what PagerTree posts, as typed objects."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import InvalidArgumentError
from pagertree_async.v3.models import Alert, AlertStatus
from pagertree_async.v3.webhooks import AlertEvent, parse_webhook

ALERT = {"id": "alt_1", "status": "resolved", "acknowledged": 1529600218, "d_team_id": "tem_1", "ttl": 7}


@pytest.mark.parametrize("event", list(AlertEvent))
def test_every_event(event: AlertEvent) -> None:
    """Each event of the reference is known, and the alert is whole."""
    webhook = parse_webhook(json.dumps({"type": f"alert.{event}", "data": ALERT}).encode())
    assert (f"alert.{event}", event, AlertStatus.RESOLVED) == (webhook.type, webhook.event, webhook.alert.status)
    assert datetime(2018, 6, 21, 16, 56, 58, tzinfo=UTC) == webhook.alert.acknowledged
    assert (ALERT, {"ttl": 7}) == (webhook.alert.to_dict(), webhook.alert.extra)
    assert isinstance(webhook.alert, Alert)


def test_an_event_of_tomorrow() -> None:
    """An event that is not known yet is taken as it is, from a text too."""
    webhook = parse_webhook('{"type": "alert.snoozed", "data": {"id": "alt_1"}, "sent": 1}')
    assert ("snoozed", True) == (webhook.event, isinstance(webhook.event, AlertEvent))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "another shape: Expected `object`, got `array`"),
        (b'{"type": "alert.open"}', "missing required field `data`"),
        (b'{"data": {"id": "alt_1"}}', "missing required field `type`"),
        (b'{"type": "alert.open", "data": {"title": "t"}}', "missing required field `id`"),
        (b'{"type": "alert.open", "data": {"id": "alt_1", "status": 7}}', "another shape"),
        (b'{"type": "alert.", "data": {"id": "alt_1"}}', "not a webhook about an alert, but of type 'alert.'"),
        (b'{"type": "team.created", "data": {"id": "alt_1"}}', "of type 'team.created'"),
    ],
)
def test_what_is_no_webhook(body: bytes, says: str) -> None:
    """Anything else is refused, in words that say why."""
    with pytest.raises(InvalidArgumentError) as caught:
        parse_webhook(body)
    assert says in str(caught.value)


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_anything_at_all_can_be_posted(body: Any) -> None:
    """Whoever posts whatever gets a refusal, not a crash."""
    with pytest.raises(InvalidArgumentError):
        parse_webhook(body)


def test_the_example_works() -> None:
    """The web service of the module's documentation takes a webhook, and refuses what is none."""
    import inspect
    import textwrap

    from pagertree_async.v3 import webhooks

    text = inspect.getdoc(webhooks) or ""
    code = textwrap.dedent(text.partition("::\n\n")[2].partition("\nWhoever")[0])
    service: dict[str, Any] = {}
    exec(compile(code.replace("print", "said.append"), "example", "exec", dont_inherit=True), service)
    service["said"] = said = Said()
    assert (200, 400) == posted(service["app"], json.dumps({"type": "alert.resolved", "data": ALERT}), "nonsense")
    assert [(None, "was resolved by", None)] == said


class Said(list[Any]):
    """What would be printed."""

    def append(self, *words: Any) -> None:
        super().append(words)


def posted(app: Any, *bodies: str) -> tuple[int, ...]:
    """The statuses that an application answers bodies with."""
    import asyncio

    from pagertree_async.http import Request
    from pagertree_async.transports.asgi import AsyncASGITransport

    async def post(transport: AsyncASGITransport, body: str) -> int:
        headers = (("content-type", "application/json"),)
        request = Request(method="POST", url="https://my.test/pagertree", headers=headers, body=body.encode())
        return (await transport.send(request)).status

    async def scenario() -> tuple[int, ...]:
        transport = AsyncASGITransport(app)
        return tuple([await post(transport, body) for body in bodies])

    return asyncio.run(scenario())
