"""A message to many at once."""

from __future__ import annotations

from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.records import Records


def send_out(records: Records, values: Object) -> Object:
    """Make a broadcast and send it to every member of its teams and to its account users, on call or not.

    Args:
        records: Where.
        values: Its attributes, checked.
    """
    broadcast = records.new("broadcasts", **{**values, "status": "open"})
    receivers = dict.fromkeys(broadcast["destination_account_user_ids"])
    for team_id in broadcast["destination_team_ids"]:
        receivers.update(dict.fromkeys(records.fetch("teams", team_id)["member_account_user_ids"]))
    records.note(broadcast, "Broadcast", f"Broadcast sent to {len(receivers)} account users")
    return broadcast
