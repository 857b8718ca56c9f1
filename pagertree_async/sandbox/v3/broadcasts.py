"""A message to many at once."""

from __future__ import annotations

from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3.notices import notify, write_log
from pagertree_async.sandbox.v3.records import Records
from pagertree_async.sandbox.v3.resources import Resource


def send_out(records: Records, resource: Resource, user_id: str, values: Object) -> Object:
    """Make a broadcast and send it to every member of its teams and to its users, on call or not.

    Args:
        records: Where.
        resource: The broadcast.
        user_id: Who sends it.
        values: Its attributes, checked: a title and destinations, or a message and user ids as in 2018.
    """
    values["title"] = values.get("title") or values.get("message")
    values.setdefault("source_id", user_id)
    values["destination_ids"] = values.get("destination_ids") or values.get("user_ids")
    broadcast = records.draft(resource, {**values, "status": "open", "created": records.now})
    receivers: dict[str, None] = {}
    for wanted in broadcast["destination_ids"]:
        team = records.store.get("team", wanted)
        receivers.update(dict.fromkeys([wanted] if team is None else team.get("member_user_ids") or []))
    records.add(resource, broadcast)
    write_log(records, broadcast["id"], f"Broadcast sent to {len(receivers)} users", user_id)
    notify(records, broadcast, receivers, values.get("channels") or ["push"])
    return broadcast
