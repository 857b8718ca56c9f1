"""PagerDuty's addresses: which may be called, what their bodies are wrapped in, and how they page."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlsplit

from pagertree_async.addresses import checked_path
from pagertree_async.errors import InvalidArgumentError
from pagertree_async.models import Json
from pagertree_async.pagerduty.errors import UrlError
from pagertree_async.query import text

Target: TypeAlias = str | Mapping[str, Any]
"""A path, a full address of the same origin, or an object whose ``self`` is one."""

PORTS = {"http": 80, "https": 443}

Wrapping: TypeAlias = tuple[str | None, str | None]
"""What the body of a request and that of its answer are wrapped in; None for nothing."""

ODD: dict[str, Wrapping] = {
    "POST /schedules/{}/overrides": ("overrides", None),
    "POST /incidents/{}/status_updates": (None, "status_update"),
    "POST /business_services/{}/subscribers": ("subscribers", "subscriptions"),
    "POST /business_services/{}/unsubscribe": ("subscribers", None),
    "POST /incidents/{}/status_updates/subscribers": ("subscribers", "subscriptions"),
    "POST /incidents/{}/status_updates/unsubscribe": ("subscribers", None),
    "PUT /incidents/{}/merge": ("source_incidents", "incident"),
    "POST /incidents/{}/snooze": (None, "incident"),
    "POST /incidents/{}/responder_requests": (None, "responder_request"),
    "PUT /teams/{}/users/{}": (None, None),
    "PUT /teams/{}/escalation_policies/{}": (None, None),
    "GET /abilities/{}": (None, None),
    "GET /users/me": (None, "user"),
    "GET /users/{}/sessions": (None, "user_sessions"),
    "POST /service_dependencies/associate": ("relationships", "relationships"),
    "POST /service_dependencies/disassociate": ("relationships", "relationships"),
    "GET /service_dependencies/services/{}": (None, "relationships"),
    "GET /business_services/impacts": (None, "services"),
    "GET /business_services/{}/supporting_services/impacts": (None, "services"),
    "GET /business_services/{}/account_subscription": (None, None),
    "GET /event_orchestrations": (None, "orchestrations"),
    "POST /event_orchestrations": ("orchestration", "orchestration"),
    "GET /event_orchestrations/{}": (None, "orchestration"),
    "PUT /event_orchestrations/{}": ("orchestration", "orchestration"),
    "GET /event_orchestrations/{}/router": (None, "orchestration_path"),
    "PUT /event_orchestrations/{}/router": ("orchestration_path", "orchestration_path"),
    "GET /event_orchestrations/{}/unrouted": (None, "orchestration_path"),
    "PUT /event_orchestrations/{}/unrouted": ("orchestration_path", "orchestration_path"),
    "POST /change_events": (None, None),
    "GET /audit/records": (None, "records"),
}
"""Where wrapping is not what the path says: the request's, the answer's."""

UNWRAPPED = re.compile(r"/analytics/.*|.*/change_tags|/standards/scores(/.*)?")
"""Paths whose bodies are wrapped in nothing."""

UNPAGED = frozenset(
    {
        "/abilities",
        "/licenses",
        "/incidents/{}/notes",
        "/incidents/{}/related_incidents",
        "/schedules/{}/overrides",
        "/schedules/{}/users",
        "/services/{}/integrations",
        "/users/me",
        "/users/{}/contact_methods",
        "/users/{}/license",
        "/users/{}/notification_rules",
        "/users/{}/oncall_handoff_notification_rules",
        "/users/{}/sessions",
        "/users/{}/status_update_notification_rules",
    }
)
"""Lists that come whole."""

CURSORS = re.compile(
    r"(/\w+/\{\})?/audit/records|/automation_actions/(actions|runners)|/incident_workflows/(actions|triggers)"
    r"|/users/\{\}/oauth_delegations|/workflows/integrations(/\{\})?(/connections)?|/incidents/(\{\}/)?reviews?(/action_items)?"
)
"""Lists that are gone through with a cursor."""

RANGES = {
    "/change_events": True,
    "/incidents": False,
    "/incidents/{}/log_entries": True,
    "/log_entries": True,
    "/notifications": False,
    "/oncalls": False,
}
"""Lists that take ``since`` and ``until``, and whether they bring the newest first."""


def located(target: Target, base_url: str) -> tuple[str, list[tuple[str, str]]]:
    """The path below ``base_url`` that is meant, and the query values that stand in it.

    Args:
        target: A path with or without its leading slash, a full address, or an object with ``self``.
        base_url: The root of the API.

    Raises:
        UrlError: It leads to another origin, climbs, or is no address at all.

    >>> located("https://api.pagerduty.com/users?limit=1", "https://api.pagerduty.com")
    ('/users', [('limit', '1')])
    """
    given: object = target.get("self") if isinstance(target, Mapping) else target
    if not isinstance(given, str) or not given:
        what = "the object has no address in 'self'" if isinstance(target, Mapping) else "a path or an object is needed"
        raise UrlError(what, hint="Give a path such as 'users/PABC123', or an object as the API sent it")
    if not given.isprintable() or "\\" in given or "#" in given or given.startswith("//"):
        message = f"not an address of this API: {given[:200]!r}"
        raise UrlError(message)
    path, _, query = given.partition("?")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", path):
        path = _below(path, base_url)
    try:
        return checked_path(path), parse_qsl(query, keep_blank_values=True)
    except InvalidArgumentError as error:
        raise UrlError(error.message) from None


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    if "@" in parts.netloc:
        message = "an address must not hold credentials"
        raise UrlError(message)
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)


def _below(url: str, base_url: str) -> str:
    try:
        same = _origin(url) == _origin(base_url)
    except ValueError:
        same = False
    path, root = (urlsplit(url).path, urlsplit(base_url).path.rstrip("/")) if same else ("", "/")
    if not same or not (path == root or path.startswith(f"{root}/")):
        message = f"not an address of this API: {url[:200]!r}"
        raise UrlError(message, hint=f"Nothing was sent: credentials for {base_url} go nowhere else")
    return path[len(root) :]


def template(path: str) -> str:
    """A path with ``{}`` in the place of every id: what is neither all small letters nor ``v3``.

    >>> template("/users/PABC123/contact_methods")
    '/users/{}/contact_methods'
    """
    return "/".join(part if re.fullmatch(r"[a-z_]*|v3", part) else "{}" for part in path.rstrip("/").split("/"))


def singular(name: str) -> str:
    """The name of one object of a collection.

    >>> singular("escalation_policies")
    'escalation_policy'
    """
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def wrapping(method: str, path: str) -> Wrapping:
    """What the body of a request to ``path`` and that of its answer are wrapped in."""
    shape = template(path)
    odd = ODD.get(f"{method} {shape}")
    if odd is not None or UNWRAPPED.fullmatch(shape):
        return odd or (None, None)
    *_, before, last = ["", *shape.split("/")]
    name = singular(before) if last == "{}" else singular(last) if method == "POST" else last
    return name, name


def wrapped(body: object, name: str | None) -> object:
    """``body`` in its wrapper, unless it has it already."""
    return body if name is None or body is None or name in _names(body) else {name: body}


def _names(body: object) -> Collection[str]:
    return cast("Json", body) if isinstance(body, Mapping) else ()


def paged(path: str) -> str:
    """What the rows of a list are wrapped in.

    Raises:
        UrlError: It is no list, or one that comes whole.
    """
    shape = template(path)
    wrapper = wrapping("GET", path)[1]
    if shape in UNPAGED or shape.endswith("{}") or not wrapper:
        message = f"{path} does not page"
        raise UrlError(message, hint="Use rget, which brings it whole")
    return wrapper


def query_of(params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Query values by their names on the wire: a list's name ends in ``[]``, a moment is ISO 8601.

    >>> query_of({"statuses": ["triggered"], "limit": 5})
    {'statuses[]': ['triggered'], 'limit': 5}
    """
    found: dict[str, Any] = {}
    for name, value in (params or {}).items():
        if isinstance(value, list | tuple | set | frozenset):
            many = cast("list[object]", list(value))  # pyright: ignore[reportUnknownArgumentType]
            found[name if name.endswith("[]") else f"{name}[]"] = [_plain(one) for one in many]
        else:
            found[name] = _plain(value)
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            message = "a datetime without a time zone cannot be sent"
            raise InvalidArgumentError(message)
        return text(value)
    return value.isoformat() if isinstance(value, date) else value
