"""Alerts that are told by a name of the caller's own, used again and again, and those that reach nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pagertree_async.sandbox import Sandbox

V4 = ("--api", "v4", "--sandbox")


def trigger(cli: Any, key: str = "k") -> str:
    """Raise an alert of this name, and return its id."""
    result = cli("trigger", "disk full", "--team", "Platform", "--alias", key, *V4)
    assert (0, "") == (result.code, result.err)
    return str(json.loads(result.out)["id"])


def test_a_name_means_the_alert_that_is_open(cli: Any, sandbox: Sandbox) -> None:
    """After trigger, resolve and trigger every command by the name is about the second alert."""
    trigger(cli)
    assert 0 == cli("alerts", "resolve", "--alias", "k", *V4).code
    second = trigger(cli)
    assert second == json.loads(cli("alerts", "show", "--alias", "k", *V4).out)["id"]
    assert second == json.loads(cli("alerts", "find", "--alias", "k", *V4).out)["id"]
    assert 0 == cli("alerts", "comment", "--alias", "k", "--body", "looking", *V4).code
    assert ["looking"] == [
        json.loads(line)["body"] for line in cli("alerts", "list-comments", "--alias", "k", *V4).out.splitlines()
    ]
    # The administrator was not asked, which is the API's own answer about that very alert.
    assert f"/alerts/{second}/reject" in cli("alerts", "reject", "--alias", "k", *V4).err


def test_several_that_are_open_are_named(cli: Any, sandbox: Sandbox) -> None:
    """With two open alerts of a name nothing is done, and both are named with their states."""
    first, second = trigger(cli), trigger(cli)
    for verb in ("show", "acknowledge"):
        result = cli("alerts", verb, "--alias", "k", *V4)
        assert (5, "") == (result.code, result.out)
        assert f"{first} (open), {second} (open)" in result.err


@pytest.mark.parametrize("verb", ["acknowledge", "resolve"])
def test_a_dropped_alert_is_taken_by_its_name(cli: Any, sandbox: Sandbox, verb: str) -> None:
    """What nobody was there for can be acknowledged and resolved, as the API lets it; then it is said what it is."""
    team = nobody(cli)
    cli("trigger", "disk full", "--team", team, "--alias", "k", *V4)
    result = cli("alerts", verb, "--alias", "k", *V4)
    assert (0, f"{verb}d" if verb == "resolve" else "acknowledged") == (result.code, json.loads(result.out)["status"])
    assert 0 == cli("alerts", "resolve", "--alias", "k", *V4).code or verb == "resolve"
    again = cli("alerts", "resolve", "--alias", "k", *V4)
    assert (4, True) == (again.code, "(resolved)" in again.err)


def nobody(cli: Any) -> str:
    """A team with nobody on call."""
    user = json.loads(cli("account-users", "list", "--limit", "1", *V4).out)["id"]
    schedule = json.loads(cli("schedules", "create", "--name", "empty", *V4).out)["id"]
    people = ("--member-account-user-ids", user, "--admin-account-user-ids", user)
    cli("teams", "create", "--name", "Nobody", "--schedule-id", schedule, *people, *V4)
    return "Nobody"


@pytest.mark.parametrize("way", ["trigger", "create"])
def test_that_nobody_was_paged_is_said(cli: Any, sandbox: Sandbox, way: str) -> None:
    """An alert that is dropped at once is printed, a sentence says that nobody was paged, and the exit code is 9."""
    team = nobody(cli)
    if way == "trigger":
        result = cli("trigger", "disk full", "--team", team, *V4)
    else:
        key = json.loads(cli("teams", "find", "--name", team, *V4).out)["id"]
        result = cli("alerts", "create", "--title", "t", "--urgency", "high", "--destination-team-ids", key, *V4)
    alert = json.loads(result.out)
    told = f"nobody is on call where alert {alert['id']} was sent, and it was dropped"
    assert (9, "dropped", f"warning: nobody was paged: {told}\n") == (result.code, alert["status"], result.err)


@pytest.mark.parametrize("title", ["", "  "])
def test_an_alert_without_a_title_is_not_sent(cli: Any, sandbox: Sandbox, title: str) -> None:
    """A title that says nothing is refused before any request."""
    result = cli("trigger", title, "--team", "Platform", *V4)
    assert (2, "", 0) == (result.code, result.out, sum(sandbox.requests.values()))
    assert result.err.startswith("error: TITLE is empty")


def test_a_switch_that_is_given_both_ways(cli: Any) -> None:
    """On and off together are refused by the names that were given."""
    result = cli("integrations", "list", "--enabled", "--disabled", *V4)
    assert (2, "error: --enabled, --no-enabled and --disabled are one switch: give one of them, once\n") == (
        result.code,
        result.err,
    )


def test_who_is_on_call_is_named_in_a_table(cli: Any, sandbox: Sandbox) -> None:
    """A person reads names; an id stays where nobody can be read; a program gets what the API sent."""
    team = json.loads(cli("teams", "find", "--name", "Platform", *V4).out)["id"]
    rows = json.loads(cli("teams", "current-oncall", team, *V4, "-o", "json").out)
    people = [one["attendee_id"] for row in rows for one in row.get("attendees") or row["event_attendees"]]
    names = [json.loads(cli("account-users", "show", one, *V4).out)["user"]["name"] for one in people]
    shown = cli("teams", "current-oncall", team, *V4, "-o", "table").out
    assert all(name in shown for name in names)
    assert not any(one in shown for one in people)
    cli("account-users", "delete", people[0], "--yes", *V4)
    assert people[0] in cli("teams", "current-oncall", team, *V4, "-o", "table").out


def test_the_fields_of_a_member(cli: Any, sandbox: Sandbox) -> None:
    """Where a member stands in for a user, what it works out is printed, and what it has not is refused with near names."""
    member = json.loads(cli("account-users", "list", "--limit", "1", *V4).out)
    shown = cli("users", "show", member["id"], "--fields", "name", *V4)
    assert {"name": member["user"]["name"]} == json.loads(shown.out)
    result = cli("users", "show", member["id"], "--fields", "preferred_language", *V4)
    assert (2, "") == (result.code, result.out)
    assert result.err.startswith("error: --fields: AccountUser has no 'preferred_language'")
    assert "did you mean 'roles'" in cli("account-users", "show", member["id"], "--fields", "role", *V4).err


@pytest.mark.parametrize("option", ["--token", "--api-key", "--password"])
def test_a_secret_has_no_option(cli: Any, option: str) -> None:
    """Whoever would write a secret among the words is told how it is given instead, and it is not repeated."""
    result = cli("teams", "list", option, "s3cret")
    assert (2, "") == (result.code, result.out)
    assert result.err.startswith(f"error: there is no option {option}: the words of a command can be read by others")
    assert "or give --token-file FILE or --token-stdin" in result.err
    assert "s3cret" not in result.err


def test_two_kinds_of_credentials(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token and a key alone are named as they are, and the option that chooses between them is told."""
    monkeypatch.setenv("PAGERTREE_TOKEN", "x")
    monkeypatch.setenv("PAGERTREE_API_KEY", "y")
    result = cli("teams", "list")
    assert "of several kinds: PAGERTREE_TOKEN; PAGERTREE_API_KEY\n" in result.err
    assert result.err.endswith("belongs to API v4: --api v4; or unset all but one\n")
    assert 0 == cli("teams", "list", "--api", "v4", "--dry-run").code
