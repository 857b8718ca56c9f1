"""HTTP spoken to the sandbox by hand: no client, no event loop."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pagertree_async.sandbox import Sandbox

LISTS = (
    "alert",
    "automation",
    "broadcast",
    "event",
    "incident",
    "integration",
    "log",
    "notification",
    "router",
    "schedule",
    "stakeholder",
    "team",
    "user",
)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now: float = 1_780_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def messages(self) -> list[str]:
        return [error["message"] for error in self.json["errors"]]


class Wire:
    """Sends raw requests to a sandbox, by driving its application without a loop."""

    def __init__(self, sandbox: Sandbox, headers: dict[str, str] | None = None) -> None:
        self.sandbox = sandbox
        self.headers = {"authorization": sandbox.token()} if headers is None else headers

    def as_user(self, user_id: str) -> Wire:
        return Wire(self.sandbox, {"authorization": self.sandbox.token(user_id)})

    def __call__(self, method: str, path: str, body: Any = None, query: Any = (), raw: bytes | None = None) -> Reply:
        payload = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        query_string = query.encode() if isinstance(query, str) else urlencode(query).encode()
        return drive(self.sandbox.app, method, path, payload, query_string, self.headers)

    def get(self, path: str, **query: Any) -> Reply:
        return self("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Reply:
        return self("POST", path, body)

    def put(self, path: str, body: Any = None) -> Reply:
        return self("PUT", path, body)

    def delete(self, path: str) -> Reply:
        return self("DELETE", path)

    def made(self, path: str, **body: Any) -> dict[str, Any]:
        reply = self.post(path, body)
        assert 201 == reply.status, reply.body
        return reply.json

    def ids(self, path: str, **query: Any) -> list[str]:
        reply = self.get(path, **query)
        assert 200 == reply.status, reply.body
        return [item["id"] for item in reply.json["data"]]

    def everything(self, path: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, limit=100, offset=len(found), **query).json
            found += page["data"]
            if not page["has_more"]:
                return found


def drive(app: Any, method: str, path: str, body: bytes, query: bytes, headers: dict[str, str]) -> Reply:
    """One request to an ASGI application by a single step of its coroutine."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    coroutine = app(scope, receive, send)
    try:
        coroutine.send(None)
    except StopIteration:
        pass
    else:
        coroutine.close()
        raise AssertionError("the application suspended")
    start = sent[0]
    names = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], names, b"".join(message.get("body", b"") for message in sent[1:]))
