"""``users`` as PagerTree's own command line has them: members of the account, with roles and teams."""

from __future__ import annotations

import json
from typing import Any

import pytest

MORE = ("--sandbox", "--api", "v4")
WHO = ("--name", "Ada", "--email", "ada@x.example")


def one(result: Any) -> dict[str, Any]:
    """The object that a command printed."""
    assert 0 == result.code, result.err
    return dict(json.loads(result.out))


def test_a_user_with_roles_and_teams(cli: Any, sandbox: Any) -> None:
    """Whoever has a role or a team is made a member of the account, and is found by its id ever after."""
    team = one(cli("teams", "list", "--limit", "1", *MORE))["id"]
    made = one(cli("users", "create", *WHO, "--role", "admin", "--role", "billing", "--team-id", team, *MORE))
    assert (True, True, False) == tuple(made["roles"][role] for role in ("admin", "billing", "broadcaster"))
    assert made["id"] in one(cli("teams", "show", team, *MORE))["member_account_user_ids"]
    assert made["id"] == one(cli("users", "show", made["id"], *MORE))["id"]
    assert "Ada L." == one(cli("users", "update", made["id"], "--name", "Ada L.", *MORE))["user"]["name"]
    assert 0 == cli("users", "delete", made["id"], "--force", *MORE).code
    assert 4 == cli("users", "show", made["id"], *MORE).code


def test_a_plain_user(cli: Any, sandbox: Any) -> None:
    """Without a role and a team a user is a user; a person who is a member can be removed by either id."""
    made = one(cli("users", "create", *WHO, *MORE))
    assert made["id"] == one(cli("users", "show", made["id"], *MORE))["id"]
    member = one(cli("users", "create", "--name", "Bo", "--email", "bo@x.example", "--role", "admin", *MORE))
    assert 0 == cli("users", "delete", member["user"]["id"], "--force", *MORE).code
    assert 4 == cli("account-users", "show", member["id"], *MORE).code
    assert 4 == cli("account-users", "delete", member["user"]["id"], "--force", *MORE).code


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("users", "show", "usr_none"), 4),
        (("users", "update", "usr_none", "--name", "x"), 4),
        (("users", "delete", "usr_none", "--force"), 4),
        (("teams", "show", "tem_none"), 4),
    ],
)
def test_nobody_of_the_id(command: tuple[str, ...], code: int, cli: Any, sandbox: Any) -> None:
    """An id that nobody has is told as one."""
    result = cli(*command, *MORE)
    assert (code, "") == (result.code, result.out)
    assert "404 not found" in result.err


def test_the_older_api_has_no_members(cli: Any, sandbox: Any) -> None:
    """There a user is all there is, with roles of its own."""
    assert 4 == cli("users", "show", "usr_none", "--sandbox").code
    assert "--role ROLE" not in cli("users", "create", "--help").out


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--role", "boss"), "--role: 'boss' is none of admin, billing, broadcaster, communicator"),
        (("--role", "admin", "--time-zone", "UTC"), "--time-zone does not go together with --role and --team-id"),
    ],
)
def test_what_cannot_be(options: tuple[str, ...], error: str, cli: Any, sandbox: Any) -> None:
    """A role that there is not, and what no member can be made with, are refused before anything is sent."""
    before = sum(sandbox.requests.values())
    result = cli("users", "create", *WHO, *options, *MORE)
    assert (2, f"error: {error}") == (result.code, result.err.splitlines()[0])
    assert before == sum(sandbox.requests.values())


def test_roles_add_up(cli: Any, sandbox: Any) -> None:
    """Roles by name are added to those given as JSON, of the members themselves as well."""
    made = one(cli("account-users", "create", *WHO, "--role", "admin", "--roles", '{"billing": true}', *MORE))
    assert (True, True) == (made["roles"]["admin"], made["roles"]["billing"])
    changed = one(cli("account-users", "update", made["id"], "--role", "communicator", *MORE))
    assert changed["roles"]["communicator"]


def test_it_can_be_tried_dry(cli: Any, sandbox: Any) -> None:
    """``--dry-run`` shows the request that is meant."""
    shown = cli("users", "create", *WHO, "--role", "admin", "--dry-run", *MORE).out
    assert shown.startswith("POST https://sandbox.localhost/api/v4/account_users\n")
