"""Events API v2: open, acknowledge and resolve an alert, and tell of a change."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Literal, TypeAlias, get_args

import msgspec

from pagertree_async.both import Speaks, both
from pagertree_async.calling import Mode
from pagertree_async.errors import ConfigurationError, InvalidArgumentError, InvalidResponseError, ResponseMismatchError
from pagertree_async.http import Response, Secret, Timeout
from pagertree_async.models import decoded, reader
from pagertree_async.pagerduty.auth import hidden
from pagertree_async.params import encoded_body
from pagertree_async.query import text
from pagertree_async.retry import RetryPolicy, Safety
from pagertree_async.session import Call, Session

Severity: TypeAlias = Literal["critical", "error", "warning", "info"]
Texts: TypeAlias = Mapping[str, str]
"""A link (``href``, ``text``) or an image (``src``, ``href``, ``alt``)."""


class _Accepted(msgspec.Struct):
    status: str = ""
    message: str = ""
    dedup_key: str | None = None


class Events(Speaks[Mode], Generic[Mode]):
    """What can be told to PagerDuty with the routing key of an integration.

    Args:
        session: What makes the calls.
        routing_key: The key, None where each call brings its own.
    """

    def __init__(self, session: Session[Mode], routing_key: str | Secret | None) -> None:
        super().__init__(session)
        self._key = None if routing_key is None else hidden(routing_key, "routing key")

    async def _send(
        self,
        path: str,
        event: dict[str, Any],
        safety: Safety,
        key: str | Secret | None,
        timeout: float | Timeout | None,
        retry: RetryPolicy | None,
    ) -> _Accepted:
        routing = self._key if key is None else hidden(key, "routing key")
        if routing is None:
            message = "an event needs the routing key of an integration"
            raise ConfigurationError(
                message, hint="Give routing_key= to the client or to the call, or set PAGERDUTY_ROUTING_KEY"
            )
        sent = encoded_body({name: value for name, value in event.items() if value is not None})
        call = Call(method="POST", path=path, body=_keyed(sent, routing), safety=safety, secrets=(routing,))
        given = {"timeout": timeout, "retry": retry}
        call = msgspec.structs.replace(call, **{name: value for name, value in given.items() if value is not None})
        return await self._session.call(call, _accepted)

    async def _alert(
        self,
        action: str,
        dedup_key: str,
        event: dict[str, Any],
        key: str | Secret | None,
        timeout: float | Timeout | None,
        retry: RetryPolicy | None,
    ) -> str:
        if not isinstance(dedup_key, str) or not 0 < len(dedup_key) <= 255:  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"{action}: a dedup key is a text of 1 to 255 characters"
            raise InvalidArgumentError(message)
        sent = {"event_action": action, "dedup_key": dedup_key, **event}
        told = (await self._send("/v2/enqueue", sent, Safety.STATE, key, timeout, retry)).dedup_key
        if told is None:
            message = "the answer has no dedup key"
            raise InvalidResponseError(message, status=202)
        if told != dedup_key:
            message = f"the answer is about {told!r} and not about {dedup_key!r}"
            raise ResponseMismatchError(message, status=202)
        return told

    @both
    async def trigger(
        self,
        summary: str,
        source: str,
        *,
        severity: Severity = "critical",
        dedup_key: str | None = None,
        timestamp: datetime | str | None = None,
        component: str | None = None,
        group: str | None = None,
        class_: str | None = None,
        custom_details: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
        images: Sequence[Texts] | None = None,
        links: Sequence[Texts] | None = None,
        routing_key: str | Secret | None = None,
        timeout: float | Timeout | None = None,
        retry: RetryPolicy | None = None,
    ) -> str:
        """Open an alert, or add to the one that is open under the same dedup key.

        Without a ``dedup_key`` one is made here, so that an attempt whose answer got lost can be repeated without
        waking anybody twice.

        Args:
            summary: What is wrong, in a line.
            source: Where: a host, a service.
            severity: ``critical``, ``error``, ``warning`` or ``info``.
            dedup_key: What tells this alert from others.
            timestamp: When it was noticed: an aware ``datetime`` or ISO 8601.
            component: Which part of the source is affected.
            group: What the source belongs to.
            class_: The kind of event.
            custom_details: Anything else.
            payload: More of the payload; it goes before the arguments, except ``custom_details``, which are put together.
            images: Images to show.
            links: Links to show.
            routing_key: Another integration's key than the client's.
            timeout: Seconds in total, or a ``Timeout`` with the parts.
            retry: When the call is tried again.

        Returns:
            The dedup key, to acknowledge and resolve the alert with.

        Raises:
            InvalidArgumentError: The severity is none of the four, or something is missing; nothing was sent.
        """
        given: dict[str, Any] = {
            "summary": summary,
            "source": source,
            "severity": severity,
            "timestamp": _time(timestamp),
            "component": component,
            "group": group,
            "class": class_,
            **(payload or {}),
        }
        details: dict[str, Any] = {**(given.get("custom_details") or {}), **(custom_details or {})}
        whole = {name: value for name, value in given.items() if value is not None}
        if details:
            whole["custom_details"] = details
        if whole.get("severity") not in get_args(Severity):
            message = f"a severity is one of {', '.join(get_args(Severity))}, not {whole.get('severity')!r}"
            raise InvalidArgumentError(message)
        if not whole.get("summary") or not whole.get("source"):
            raise InvalidArgumentError("trigger: a summary and a source are needed")
        event = {"payload": whole, "images": images or None, "links": links or None}
        key = uuid.uuid4().hex if dedup_key is None else dedup_key
        return await self._alert("trigger", key, event, routing_key, timeout, retry)

    @both
    async def acknowledge(
        self,
        dedup_key: str,
        *,
        routing_key: str | Secret | None = None,
        timeout: float | Timeout | None = None,
        retry: RetryPolicy | None = None,
    ) -> str:
        """Acknowledge the alert that is open under a dedup key, which is given back."""
        return await self._alert("acknowledge", dedup_key, {}, routing_key, timeout, retry)

    @both
    async def resolve(
        self,
        dedup_key: str,
        *,
        routing_key: str | Secret | None = None,
        timeout: float | Timeout | None = None,
        retry: RetryPolicy | None = None,
    ) -> str:
        """Resolve the alert that is open under a dedup key, which is given back."""
        return await self._alert("resolve", dedup_key, {}, routing_key, timeout, retry)

    @both
    async def submit(
        self,
        summary: str,
        source: str | None = None,
        *,
        custom_details: Mapping[str, Any] | None = None,
        timestamp: datetime | str | None = None,
        links: Sequence[Texts] | None = None,
        routing_key: str | Secret | None = None,
        timeout: float | Timeout | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        """Tell of a change; nothing tells two of them apart, so one that may have arrived is not sent again.

        Args:
            summary: What changed, in a line.
            source: Where.
            custom_details: Anything else.
            timestamp: When: an aware ``datetime`` or ISO 8601.
            links: Links to show.
            routing_key: Another integration's key than the client's.
            timeout: Seconds in total, or a ``Timeout`` with the parts.
            retry: When the call is tried again.

        Raises:
            InvalidArgumentError: There is no summary; nothing was sent.
        """
        if not summary:
            raise InvalidArgumentError("submit: a summary is needed")
        details = dict(custom_details) if custom_details else None
        given = {"summary": summary, "source": source, "timestamp": _time(timestamp), "custom_details": details}
        payload = {name: value for name, value in given.items() if value is not None}
        event = {"payload": payload, "links": links or None}
        await self._send("/v2/change/enqueue", event, Safety.CREATE, routing_key, timeout, retry)


def _keyed(event: bytes, key: Secret) -> bytes:
    """An event with its key, in clear: never keep it in a variable."""
    return b"".join((event[:-1], b',"routing_key":', msgspec.json.encode(key.reveal()), b"}"))


def _accepted(response: Response) -> _Accepted:
    read: Callable[[bytes], _Accepted] = reader(_Accepted)
    return decoded(response.body, read, response.status)


def _time(value: datetime | str | None) -> str | None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidArgumentError("timestamp has no time zone: give an aware datetime")
        return text(value)
    return value
