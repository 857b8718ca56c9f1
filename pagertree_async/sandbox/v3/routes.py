"""Every path of API v3 and what it does."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import Route

from pagertree_async.sandbox.doors import Answer, Gate, Handler, Incoming, door, parsed
from pagertree_async.sandbox.listing import parameters
from pagertree_async.sandbox.v3 import actions, objects
from pagertree_async.sandbox.v3.calls import Call, Operation
from pagertree_async.sandbox.v3.logins import Logins
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import INCIDENT, RESOURCES

_FURTHER: dict[str, Operation] = {
    "POST /alert/mass-action": actions.mass_action,
    "POST /alert/:id/acknowledge": actions.act("alert", "acknowledge"),
    "POST /alert/:id/reject": actions.act("alert", "reject"),
    "POST /alert/:id/resolve": actions.act("alert", "resolve"),
    "POST /alert/:id/archive": actions.act("alert", "archive"),
    "POST /alert/:id/handoff": actions.act("alert", "handoff"),
    "GET /alert/:id/notifications": actions.notifications_of_alert,
    "POST /automation/:id/run": actions.run_automation,
    "POST /incident/:id/acknowledge": actions.act("incident", "acknowledge"),
    "POST /incident/:id/reject": actions.act("incident", "reject"),
    "POST /incident/:id/resolve": actions.act("incident", "resolve"),
    "GET /incident/:id/logs": actions.logs_of_incident,
    "GET /router/default-template/:type": actions.default_template,
    "GET /schedule/:id/currentevents": actions.schedule_now,
    "GET /schedule/:id/window-events": actions.schedule_window,
    "DELETE /schedule/:id/flush": actions.schedule_flush,
    "GET /team/:id/current-oncall": actions.team_now,
    "GET /team/:id/currentevents": actions.team_now,
    "GET /team/:id/members": actions.members,
    "GET /user/:id/currentevents": actions.user_now,
    "POST /user/:id/add-to-teams": actions.add_to_teams,
}

_VERBS = {
    "C": ("POST /{}", objects.create),
    "R": ("GET /{}/:id", objects.retrieve),
    "U": ("PUT /{}/:id", objects.change),
    "D": ("DELETE /{}/:id", objects.remove),
    "L": ("GET /{}", objects.all_of),
}


def operations() -> dict[str, Operation]:
    """Every operation that needs a known caller, by method and path template."""
    found = dict(_FURTHER)
    for resource in (*RESOURCES.values(), INCIDENT):
        for verb in resource.verbs:
            template, operation = _VERBS[verb]
            found[template.format(resource.name)] = operation(resource)
    return found


def routes(records: Records, logins: Logins, gate: Gate) -> list[Route]:
    """The paths of the API.

    Args:
        records: The account's objects.
        logins: Who may call.
        gate: What every request passes first.
    """
    handlers: dict[str, dict[str, Handler]] = {"/public/login": {"POST": logins.login}}
    for what, operation in operations().items():
        method, template = what.split(" ")
        handlers.setdefault(template, {})[method] = _handler(method, operation, records, logins)
    return [door(template, by_method, gate) for template, by_method in handlers.items()]


def _handler(method: str, operation: Operation, records: Records, logins: Logins) -> Handler:
    def handle(incoming: Incoming) -> Answer:
        caller = logins.caller(incoming.headers)
        query: Mapping[str, str] = parameters(incoming.query)
        body = parsed(incoming.body) if method in ("POST", "PUT") else {}
        call = Call(records, caller, incoming.params, query, body)
        if method == "GET":
            return operation(call)
        with records.store.transaction():
            return operation(call)

    return handle
