"""What the REST API can do."""

from __future__ import annotations

from collections.abc import Iterable

from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.pagerduty.account import KINDS, reference
from pagertree_async.sandbox.pagerduty.calls import (
    NOTHING,
    Call,
    Operation,
    cursored,
    filtered,
    ids_within,
    page,
    page_of,
    value_at,
)
from pagertree_async.sandbox.pagerduty.duty import Piece, final, seconds, zoned
from pagertree_async.sandbox.pagerduty.forms import an_object, check, check_moments, known_zone, objects
from pagertree_async.sandbox.pagerduty.refusals import Refused, wrong
from pagertree_async.sandbox.store import Object, Question

ABILITIES = ("teams", "read_only_users", "urgencies", "preview_incident_alert_split")
_FILTERS = {
    "users": {"team_ids": ids_within("$.teams")},
    "services": {"team_ids": ids_within("$.teams")},
    "schedules": {},
    "escalation_policies": {"team_ids": ids_within("$.teams")},
    "incidents": {
        "statuses": value_at("$.status"),
        "urgencies": value_at("$.urgency"),
        "user_ids": ids_within("$.assignments", "$.assignee.id"),
        "service_ids": value_at("$.service.id"),
        "team_ids": ids_within("$.teams"),
        "incident_key": value_at("$.incident_key"),
    },
    "log_entries": {"team_ids": ids_within("$.teams")},
}
_LOGGED = {
    "acknowledged": "acknowledge_log_entry",
    "resolved": "resolve_log_entry",
    "triggered": "unacknowledge_log_entry",
}


def listed(plural: str) -> Operation:
    """`GET /plural`."""

    def operation(call: Call) -> Answer:
        return page(call, plural, filtered(call, plural, _FILTERS.get(plural)))

    return operation


def newest_first(plural: str) -> Operation:
    """`GET /plural`, the newest first."""

    def operation(call: Call) -> Answer:
        asked = filtered(call, plural, _FILTERS.get(plural))
        return page(call, plural, Question(asked.where, "seq DESC", asked.values))

    return operation


def created(plural: str) -> Operation:
    """`POST /plural`."""
    kind = KINDS[plural]

    def operation(call: Call) -> Answer:
        values = _values(call.given(kind.singular))
        _complete(call, plural, values)
        item = call.account.new(plural, values)
        _record(call, "create", item)
        return call.answer(kind.singular, item, 201)

    return operation


def retrieved(plural: str) -> Operation:
    """`GET /plural/:id`."""

    def operation(call: Call) -> Answer:
        return call.answer(KINDS[plural].singular, call.account.fetch(plural, call.id))

    return operation


def changed(plural: str) -> Operation:
    """`PUT /plural/:id`."""
    kind = KINDS[plural]

    def operation(call: Call) -> Answer:
        item = {**call.account.fetch(plural, call.id), **_values(call.given(kind.singular))}
        _complete(call, plural, item)
        item["summary"] = item.get("name") or item.get("title")
        _record(call, "update", item)
        return call.answer(kind.singular, call.account.save(plural, item))

    return operation


def removed(plural: str) -> Operation:
    """`DELETE /plural/:id`."""

    def operation(call: Call) -> Answer:
        _record(call, "delete", call.account.fetch(plural, call.id))
        if plural in ("users", "schedules") and call.id in _on_duty(call):
            message = f"The {KINDS[plural].singular} is still on a schedule or an escalation policy"
            raise wrong(message)
        call.account.store.delete(plural, call.id)
        return NOTHING

    return operation


def _on_duty(call: Call) -> set[str]:
    """The ids of the users and the schedules that schedules, overrides and escalation policies name."""
    every = call.account.store.all
    return {
        *(
            place["user"]["id"]
            for one in every("schedules")
            for layer in one["schedule_layers"]
            for place in layer["users"]
        ),
        *(one["user"]["id"] for one in every("overrides")),
        *(
            target["id"]
            for one in every("escalation_policies")
            for rule in one["escalation_rules"]
            for target in rule["targets"]
        ),
    }


def _values(given: object) -> Object:
    ours = {"id", "self", "html_url", "createdAt", "created_at", "summary", "type"}
    return {name: value for name, value in an_object(given).items() if name not in ours}


def _complete(call: Call, plural: str, item: Object) -> None:
    missing = [f"{name} cannot be empty" for name in KINDS[plural].required if not item.get(name)]
    if missing:
        raise wrong(*missing)
    check(plural, item)
    account = call.account
    if plural == "users":
        same = account.store.find("users", "email", item["email"])
        if any(one["id"] != item.get("id") for one in same):
            raise wrong("Email has already been taken")
    if plural in ("users", "services", "escalation_policies"):
        teams: list[object] = item.get("teams") or []
        item["teams"] = [account.reference("teams", one) for one in teams]
    if plural == "escalation_policies":
        _check_targets(call, item)
    if plural == "schedules":
        _check_schedule(call, item)
    if plural == "incidents":
        item["service"] = account.reference("services", item["service"])


def _check_schedule(call: Call, schedule: Object) -> None:
    if not known_zone(schedule.setdefault("time_zone", "UTC")):
        raise wrong("There is no such time zone")
    for layer in schedule["schedule_layers"]:
        layer["users"] = [{"user": call.account.reference("users", one["user"])} for one in layer["users"]]
        layer.setdefault("restrictions", [])
        layer.setdefault("end", None)
        check_moments(layer, "start", "rotation_virtual_start", "end")


def _check_targets(call: Call, policy: Object) -> None:
    for rule in policy["escalation_rules"]:
        for target in rule["targets"]:
            call.account.reference("users" if target["type"].startswith("user") else "schedules", target)


def _record(call: Call, action: str, item: Object) -> None:
    values = {"action": action, "root_resource": reference(item), "execution_time": iso(call.account.clock())}
    call.account.new("records", values)


def acting_user(call: Call) -> Object:
    """A reference to the user that a request acts as: whose token it is, or whom `From` names.

    Raises:
        Refused: 400, when there is none.
    """
    if call.user_id is not None:
        return reference(call.account.fetch("users", call.user_id))
    mail = call.headers.get("from")
    found = call.account.store.find("users", "email", mail) if mail else []
    if not found:
        raise Refused(400, 2001, "Requester User Not Found" if mail else "The From header is missing")
    return reference(found[0])


def me(call: Call) -> Answer:
    """`GET /users/me`."""
    if call.user_id is None:
        raise wrong("The user of an account-level access token cannot be told")
    return call.answer("user", call.account.fetch("users", call.user_id))


def contact_methods(call: Call) -> Answer:
    """`GET /users/:id/contact_methods`."""
    user = call.account.fetch("users", call.id)
    method = {"id": f"C{user['id'][1:]}", "type": "email_contact_method", "address": user["email"], "label": "Default"}
    return call.answer("contact_methods", [method])


def abilities(call: Call) -> Answer:
    """`GET /abilities`."""
    return call.answer("abilities", list(ABILITIES))


def joined(call: Call) -> Answer:
    """`PUT /teams/:id/users/:user_id`."""
    team, user = call.account.fetch("teams", call.id), call.account.fetch("users", call.params["user_id"])
    if team["id"] not in {one["id"] for one in user["teams"]}:
        call.account.save("users", {**user, "teams": [*user["teams"], reference(team)]})
    return NOTHING


def members(call: Call) -> Answer:
    """`GET /teams/:id/members`."""
    call.account.fetch("teams", call.id)
    users = [user for user in call.account.store.all("users") if call.id in {team["id"] for team in user["teams"]}]
    return page_of(call, "members", [{"user": reference(user), "role": "manager"} for user in users])


def pieces_of(call: Call, schedule: Object, since: float, until: float) -> list[Piece]:
    """Who is on call on a schedule: whole pieces that touch a stretch of time."""
    return final(schedule, call.account.store.find("overrides", "schedule_id", schedule["id"]), since, until)


def schedule(call: Call) -> Answer:
    """`GET /schedules/:id`, with its rendered entries when a range is given."""
    found = call.account.fetch("schedules", call.id)
    since, until = call.moment("since"), call.moment("until")
    if since is not None and until is not None:
        if since > until:
            raise wrong("since must not be after until")
        entries = [
            {
                "start": zoned(one.start if call.on("overflow") else max(one.start, int(since)), found["time_zone"]),
                "end": zoned(one.end if call.on("overflow") else min(one.end, int(until)), found["time_zone"]),
                "user": reference(call.account.fetch("users", one.user_id)),
            }
            for one in pieces_of(call, found, since, until)
        ]
        found["final_schedule"] = {"name": "Final Schedule", "rendered_schedule_entries": entries}
    return call.answer("schedule", found)


def schedule_users(call: Call) -> Answer:
    """`GET /schedules/:id/users`: who is on call within a range."""
    found = call.account.fetch("schedules", call.id)
    now = call.account.clock()
    since, until = call.moment("since"), call.moment("until")
    pieces = pieces_of(call, found, now if since is None else since, now if until is None else until)
    return call.answer("users", [call.account.fetch("users", one) for one in dict.fromkeys(p.user_id for p in pieces)])


def overrides(call: Call) -> Answer:
    """`GET /schedules/:id/overrides`."""
    call.account.fetch("schedules", call.id)
    return call.answer("overrides", call.account.store.find("overrides", "schedule_id", call.id))


def override(call: Call) -> Answer:
    """`POST /schedules/:id/overrides`: a list that is wrapped, and one answered that is not."""
    call.account.fetch("schedules", call.id)
    given = objects(call.given("overrides"))
    check("overrides", given)
    for one in given:
        check_moments(one, "start", "end")
    results: list[Object] = []
    for one in given:
        try:
            if seconds(one["end"]) <= seconds(one["start"]):
                raise wrong("Override must end after its start")
            user = call.account.reference("users", one["user"])
            made = call.account.new(
                "overrides", {"start": one["start"], "end": one["end"], "user": user, "schedule_id": call.id}
            )
            results.append({"status": 201, "override": made})
        except Refused as refusal:
            results.append({"status": 400, "errors": list(refusal.messages), "override": one})
    return call.answer(None, results, 201)


def override_removed(call: Call) -> Answer:
    """`DELETE /schedules/:id/overrides/:override_id`."""
    call.account.fetch("overrides", call.params["override_id"])
    call.account.store.delete("overrides", call.params["override_id"])
    return NOTHING


def oncalls(call: Call) -> Answer:
    """`GET /oncalls`: everybody on every level of every escalation policy within a range."""
    now = call.account.clock()
    since, until = call.moment("since"), call.moment("until")
    begin = now if since is None else since
    found = list(_on_call(call, begin, begin if until is None else until))
    for name, of in (
        ("escalation_policy_ids", "escalation_policy"),
        ("schedule_ids", "schedule"),
        ("user_ids", "user"),
    ):
        wanted = call.many(name)
        if wanted:
            found = [one for one in found if one[of] is not None and one[of]["id"] in wanted]
    return page_of(call, "oncalls", found)


def _on_call(call: Call, since: float, until: float) -> Iterable[Object]:
    account = call.account
    for policy in account.store.all("escalation_policies"):
        for level, rule in enumerate(policy["escalation_rules"], 1):
            common = {"escalation_policy": reference(policy), "escalation_level": level}
            for target in rule["targets"]:
                if target["type"].startswith("user"):
                    user = reference(account.fetch("users", target["id"]))
                    yield {**common, "user": user, "schedule": None, "start": None, "end": None}
                    continue
                found = account.fetch("schedules", target["id"])
                for one in pieces_of(call, found, since, until):
                    yield {
                        **common,
                        "user": reference(account.fetch("users", one.user_id)),
                        "schedule": reference(found),
                        "start": iso(one.start),
                        "end": iso(one.end),
                    }


def incidents(call: Call) -> Answer:
    """`GET /incidents`, by creation unless `sort_by` says otherwise."""
    asked = filtered(call, "incidents", _FILTERS["incidents"])
    order = "seq DESC" if call.one("sort_by") == "created_at:desc" else ""
    return page(call, "incidents", Question(asked.where, order, asked.values))


def incident_created(call: Call) -> Answer:
    """`POST /incidents`."""
    user = acting_user(call)
    values = _values(call.given("incident"))
    _complete(call, "incidents", values)
    item = call.account.new("incidents", values)
    call.account.log(item, "trigger_log_entry", user)
    return call.answer("incident", item, 201)


def incident_changed(call: Call) -> Answer:
    """`PUT /incidents/:id`."""
    user = acting_user(call)
    return call.answer("incident", change_incident(call, call.id, an_object(call.given("incident")), user))


def incidents_changed(call: Call) -> Answer:
    """`PUT /incidents`: several at once."""
    user = acting_user(call)
    given = objects(call.given("incidents"))
    return call.answer("incidents", [change_incident(call, str(one.get("id")), one, user) for one in given])


def change_incident(call: Call, incident_id: str, given: Object, agent: Object | None) -> Object:
    """Change an incident, and log a change of its status."""
    item = call.account.fetch("incidents", incident_id)
    more: Object = {name: given[name] for name in ("title", "urgency", "assignments", "status") if name in given}
    changed = {**item, **more}
    check("incidents", changed)
    status = changed["status"]
    if item["status"] == "resolved" and status != "resolved":
        raise Refused(400, 2001, "Incident Already Resolved")
    if status != item["status"]:
        call.account.log(item, _LOGGED[status], agent)
    return call.account.save("incidents", changed)


def log_of_incident(call: Call) -> Answer:
    """`GET /incidents/:id/log_entries`, the newest first."""
    call.account.fetch("incidents", call.id)
    asked = filtered(call, "log_entries")
    where = " AND ".join(filter(None, (asked.where, "json_extract(body, '$.incident.id') = ?")))
    return page(call, "log_entries", Question(where, "seq DESC", (*asked.values, call.id)))


def notes(call: Call) -> Answer:
    """`GET /incidents/:id/notes`."""
    call.account.fetch("incidents", call.id)
    return call.answer("notes", call.account.store.find("notes", "incident_id", call.id))


def note(call: Call) -> Answer:
    """`POST /incidents/:id/notes`."""
    user, incident = acting_user(call), call.account.fetch("incidents", call.id)
    given = an_object(call.given("note"))
    check("notes", given)
    content = given.get("content")
    if not content:
        raise wrong("Content cannot be empty")
    made = call.account.new("notes", {"content": content, "user": user, "incident_id": call.id})
    channel = {"type": "note", "summary": content}
    call.account.log(incident, "annotate_log_entry", user, summary=content, channel=channel)
    return call.answer("note", made)


def status_update(call: Call) -> Answer:
    """`POST /incidents/:id/status_updates`: the request is not wrapped, and the answer is."""
    user, incident = acting_user(call), call.account.fetch("incidents", call.id)
    message = call.whole().get("message")
    if not message or not isinstance(message, str):
        raise wrong("Message cannot be empty")
    entry = call.account.log(incident, "status_update_log_entry", user, summary=message)
    return call.answer(
        "status_update", {"id": entry["id"], "message": message, "created_at": entry["created_at"], "sender": user}
    )


def subscribe(call: Call) -> Answer:
    """`POST /business_services/:id/subscribers`: one wrapper in the request, another in the answer."""
    call.account.fetch("business_services", call.id)
    given = objects(call.given("subscribers"))
    check("subscribers", given)
    found = [{**one, "subscribable_id": call.id, "result": "success"} for one in given]
    return call.answer("subscriptions", found)


def records(call: Call) -> Answer:
    """`GET /audit/records`, with a cursor."""
    return cursored(call, "records", filtered(call, "records"))


def _crud(plural: str) -> dict[str, Operation]:
    return {
        f"GET /{plural}": listed(plural),
        f"POST /{plural}": created(plural),
        f"GET /{plural}/:id": retrieved(plural),
        f"PUT /{plural}/:id": changed(plural),
        f"DELETE /{plural}/:id": removed(plural),
    }


OPERATIONS: dict[str, Operation] = {
    "GET /abilities": abilities,
    "GET /users/me": me,
    **{
        what: operation
        for plural in ("users", "teams", "services", "schedules", "escalation_policies", "business_services")
        for what, operation in _crud(plural).items()
    },
    "GET /users/:id/contact_methods": contact_methods,
    "PUT /teams/:id/users/:user_id": joined,
    "GET /teams/:id/members": members,
    "GET /schedules/:id": schedule,
    "GET /schedules/:id/users": schedule_users,
    "GET /schedules/:id/overrides": overrides,
    "POST /schedules/:id/overrides": override,
    "DELETE /schedules/:id/overrides/:override_id": override_removed,
    "GET /oncalls": oncalls,
    "GET /incidents": incidents,
    "POST /incidents": incident_created,
    "PUT /incidents": incidents_changed,
    "GET /incidents/:id": retrieved("incidents"),
    "PUT /incidents/:id": incident_changed,
    "GET /incidents/:id/log_entries": log_of_incident,
    "GET /incidents/:id/notes": notes,
    "POST /incidents/:id/notes": note,
    "POST /incidents/:id/status_updates": status_update,
    "GET /log_entries": newest_first("log_entries"),
    "GET /log_entries/:id": retrieved("log_entries"),
    "GET /change_events": newest_first("change_events"),
    "POST /business_services/:id/subscribers": subscribe,
    "GET /audit/records": records,
}
"""Every operation of the REST API by its method and path."""
