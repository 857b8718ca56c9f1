"""HTTP spoken to API v4 by hand: no client, no event loop."""

from __future__ import annotations

import functools
from typing import Any

from pagertree_async.sandbox import Sandbox
from tests.sandbox.wire import Reply, Wire

LISTS = (
    "account_users",
    "alerts",
    "broadcasts",
    "comments",
    "escalation_policies",
    "events",
    "integration_types",
    "integrations",
    "logs",
    "maintenance_windows",
    "notification_rules",
    "routers",
    "schedules",
    "teams",
    "users",
)


class Line(Wire):
    """Sends raw requests below /api/v4 with an API key; a path that begins with two slashes is the whole path."""

    def __init__(self, sandbox: Sandbox, key: str | None = None) -> None:
        super().__init__(sandbox, {"authorization": f"Bearer {key or sandbox.v4_api_key}"})

    def with_key_of(self, person_id: str) -> Line:
        return Line(self.sandbox, self.sandbox.v4_key(person_id))

    def __call__(self, method: str, path: str, body: Any = None, query: Any = (), raw: bytes | None = None) -> Reply:
        path = path[1:] if path.startswith("//") else f"/api/v4{path}"
        return super().__call__(method, path, body, query, raw)

    def refused(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, list[str]]:
        reply = self(method, path, body, query)
        assert {"errors", "code"} == set(reply.json), reply.body
        assert reply.status == reply.json["code"]
        return reply.status, reply.messages

    def first(self, name: str, number: int = 0) -> dict[str, Any]:
        return self.get(f"/{name}", limit=100).json["data"][number]

    @functools.cached_property
    def me(self) -> str:
        return self.first("account_users")["id"]

    def alert(self, **values: Any) -> dict[str, Any]:
        values = {"title": "disk full", "urgency": "high", "destination_account_user_ids": [self.me], **values}
        return self.made("/alerts", **values)

    def event(self, schedule_id: str, people: list[str], start: str, end: str, **values: Any) -> dict[str, Any]:
        values = {"layer": 1, "time_zone": "UTC", "schedule_ids": [schedule_id], **values}
        return self.made("/events", start_time=start, end_time=end, account_user_ids=people, **values)

    def logged(self, owner: dict[str, Any]) -> list[str]:
        return [log["details"]["message"] for log in self.everything("/logs", owner_id=owner["id"])]
