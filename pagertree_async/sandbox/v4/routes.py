"""Every path of API v4 and what it does."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.routing import Route

from pagertree_async.sandbox.doors import Answer, Gate, Handler, Incoming, door, wall
from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.listing import parameters
from pagertree_async.sandbox.v4 import actions, events, objects
from pagertree_async.sandbox.v4.calls import Call, Operation
from pagertree_async.sandbox.v4.forms import body_of
from pagertree_async.sandbox.v4.incoming import receive
from pagertree_async.sandbox.v4.keys import Keys
from pagertree_async.sandbox.v4.records import Records
from pagertree_async.sandbox.v4.resources import RESOURCES

ROOT = "/api/v4"
"""What the paths begin with."""

_FIRST: dict[str, Operation] = {"GET /events/time_zones": actions.time_zones}

_FURTHER: dict[str, Operation] = {
    "POST /alerts/:id/acknowledge": actions.act("acknowledge"),
    "POST /alerts/:id/reject": actions.act("reject"),
    "POST /alerts/:id/resolve": actions.act("resolve"),
    "POST /events/:id/override": events.override,
    "POST /events/:id/add_exception": events.add_exception,
    "POST /events/:id/terminate_on": events.terminate_on,
    "DELETE /schedules/:id/flush": actions.schedule_flush,
    "GET /schedules/:id/current_oncall": actions.schedule_now,
    "GET /schedules/:id/window_events": actions.schedule_window,
    "GET /schedules/:id/events": actions.events_of_schedule,
    "GET /teams/:id/current_oncall": actions.team_now,
    "GET /teams/:id/alerts": actions.alerts_of_team,
}

_VERBS = {
    "C": ("POST /{}", objects.create),
    "R": ("GET /{}/:id", objects.retrieve),
    "U": ("PUT /{}/:id", objects.change),
    "D": ("DELETE /{}/:id", objects.remove),
    "L": ("GET /{}", objects.all_of),
}


def operations() -> dict[str, Operation]:
    """Every operation that needs a key, by method and path template."""
    # A path that is written out goes before one whose placeholder would fit it.
    found = dict(_FIRST)
    for resource in RESOURCES.values():
        for verb in resource.verbs:
            template, operation = _VERBS[verb]
            found[template.format(resource.name)] = operation(resource.name)
    for name in ("alerts", "broadcasts", "comments"):
        found[f"GET /{name}/:id/comments"] = actions.comments_on(name)
        found[f"POST /{name}/:id/comments"] = actions.comment_on(name)
    return found | _FURTHER


def worded(refusal: Refusal) -> bytes:
    """A refusal as API v4 words it.

    Args:
        refusal: What is refused.
    """
    errors = [{"message": message} for message in refusal.messages]
    return msgspec.json.encode({"errors": errors, "code": refusal.status})


def routes(records: Callable[[], Records], keys: Keys, gate: Gate) -> list[Route]:
    """The paths of the API.

    Args:
        records: Gives the account's objects.
        keys: Who may call.
        gate: What every request passes first.
    """
    handlers: dict[str, dict[str, Handler]] = {}
    for what, operation in operations().items():
        method, template = what.split(" ")
        handlers.setdefault(f"{ROOT}{template}", {})[method] = _handler(method, operation, records, keys)

    def receives(incoming: Incoming) -> Answer:
        found = records()
        with found.store.transaction():
            return receive(found, incoming)

    doors = [door(template, by_method, gate, worded) for template, by_method in handlers.items()]
    events_in = door("/integration/:id", {"POST": receives}, gate, worded, alone=False)
    return [*doors, wall(gate, ROOT, worded), events_in]


def _handler(method: str, operation: Operation, records: Callable[[], Records], keys: Keys) -> Handler:
    def handle(incoming: Incoming) -> Answer:
        found = records()
        caller_id = keys.caller(found, incoming.headers)
        body = body_of(incoming) if method in ("POST", "PUT") else {}
        call = Call(found, caller_id, incoming.params, parameters(incoming.query), body)
        if method == "GET":
            return operation(call)
        with found.store.transaction():
            return operation(call)

    return handle
