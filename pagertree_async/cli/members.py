"""``users`` as other command lines mean them: members of the account, which to the API are account users."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.options import PREFIX, completion, option, parameter
from pagertree_async.cli.shapes import Shape, flag_of

USERS = "users"
MEMBERS = "account_users"
RIGHTS = "roles"
"""The parameter for what they may do."""
ROLES = ("admin", "billing", "broadcaster", "communicator")
ROLE = parameter(
    "cli_role",
    list[str] | None,
    option(
        "--role",
        help=f"What they may do beside answering alerts: {', '.join(ROLES[:-1])} or {ROLES[-1]}. May be repeated.",
        metavar="ROLE",
        autocompletion=completion(ROLES),
    ),
)
PERSON = f"{PREFIX}person"
"""Marks a command of members that goes by the ids of ``users``, too."""
TEAM = parameter(
    "cli_team",
    list[str] | None,
    option("--team-id", help="A team that they are a member of. May be repeated.", metavar="ID"),
)


def parameters(resource: str, shape: Shape) -> list[inspect.Parameter]:
    """What a command takes besides, by which other command lines know it.

    Args:
        resource: The resource.
        shape: What the command looks like.
    """
    rights = any(choice.name == RIGHTS for choice in shape.options)
    if resource == MEMBERS and rights:
        return [ROLE]
    return [ROLE, TEAM] if (resource, shape.verb, rights) == (USERS, "create", False) else []


def meant(given: Mapping[str, Any], known: Collection[str]) -> tuple[str, dict[str, Any]]:
    """The resource that makes a user, and its options: whoever has a role or a team is a member of the account.

    Args:
        given: The options of the command.
        known: What a member can be made with.

    Raises:
        CommandError: Something was given that no member can be made with.
    """
    if not (given.get(ROLE.name) or given.get(TEAM.name)):
        return USERS, dict(given)
    named = [name for name, value in given.items() if value is not None and not name.startswith(PREFIX)]
    strange = [flag_of(name) for name in named if name not in known]
    if strange:
        message = f"{strange[0]} does not go together with --role and --team-id"
        raise CommandError(
            message, hint="pagertree-async account-users create --user-attributes JSON takes all there is"
        )
    return MEMBERS, {**given, "member_team_ids": given[TEAM.name]}


def rights(given: Sequence[str]) -> dict[str, bool]:
    """What roles stand for.

    Args:
        given: The roles.

    Raises:
        CommandError: One is none.
    """
    strange = next((role for role in given if role not in ROLES), None)
    if strange is not None:
        message = f"--role: {strange!r} is none of {', '.join(ROLES)}"
        raise CommandError(message)
    return dict.fromkeys(given, True)


def instead(client: Any, resource: str, item_id: str, *, person: bool) -> Any:
    """The member of the account that is meant by an id that the API does not know, None where there is none.

    Args:
        client: A client.
        resource: The resource that has no object of this id.
        item_id: The id.
        person: Whether the id may be that of the person who is the member.
    """
    if person:
        return next((one for one in client.account_users.list() if one.user and one.user.id == item_id), None)
    if resource != USERS or not hasattr(client, MEMBERS):
        return None
    from pagertree_async.errors import NotFoundError

    try:
        return client.account_users.retrieve(item_id)
    except NotFoundError:
        return None


def names(client: Any, events: Iterable[Any]) -> dict[str, str]:
    """What the people are called who are on call.

    Args:
        client: A client.
        events: What they are on call in.

    Returns:
        Their names by their ids, of those who can be read.
    """
    from pagertree_async.errors import APIError

    people = getattr(client, MEMBERS, None) or client.users
    found: dict[str, str] = {}
    each = [getattr(event, "on_call_ids", getattr(event, "attendees", None)) or () for event in events]
    for one in dict.fromkeys(str(one) for ids in each for one in ids):
        with suppress(APIError):  # an id tells something, too
            found[one] = people.retrieve(one).name or one
    return found
