"""One command line for both APIs: which one is meant, and what each has of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.cli import connect, profiles, words
from pagertree_async.cli.connect import Target
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.profiles import Profile, Profiles

KEY, SECRET, TOKEN = "PAGERTREE_API_KEY", "PAGERTREE_API_SECRET", "PAGERTREE_TOKEN"


def keep(config: Path, **by_name: Profile) -> None:
    """Have a config file with these profiles, the first of them the default."""
    profiles.save(config, Profiles(default=next(iter(by_name)), by_name=by_name))


def rows(result: Any) -> list[dict[str, Any]]:
    """The objects that a command printed."""
    assert 0 == result.code, result.err
    return [json.loads(line) for line in result.out.splitlines()]


def one(cli: Any, *arguments: str) -> dict[str, Any]:
    """The object that a command printed, of the newer API."""
    (row,) = rows(cli(*arguments, "--sandbox", "--api", "v4"))
    return row


@pytest.mark.parametrize(
    ("variables", "api"),
    [
        ({KEY: "k"}, "v4"),
        ({KEY: "k", SECRET: "s"}, "v3"),
        ({TOKEN: "t"}, "v3"),
        ({"PAGERTREE_USERNAME": "u", "PAGERTREE_PASSWORD": "p"}, "v3"),
        ({KEY: " "}, "v3"),
        ({}, "v3"),
    ],
)
def test_the_credentials_choose(variables: dict[str, str], api: str, cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An API key alone is of the newer API; with a secret, and everything else, of the older."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert api == words.glimpse(["alerts", "list"]) == connect.api_of(Target())
    assert ("account-users" in cli("--help").out) == (api == "v4")
    shown = cli("auth", "status", "--no-check")
    if any(value.strip() for value in variables.values()):
        assert f"from the environment, for API {api} at https://api.pagertree.com\n" in shown.out
    else:
        assert 3 == shown.code


def test_profiles_remember_theirs(cli: Any, config: Path) -> None:
    """A profile is for one API, which a command takes from it; to ask it for the other is an error."""
    for name, arguments in {"new": ("--with", "key"), "old": (), "named": ("--api", "v4")}.items():
        result = cli(
            "auth", "login", "--profile", name, "--token-stdin", "--no-check", *arguments, stdin=f"{name}-key\n"
        )
        assert 0 == result.code, result.err
    assert ["v4", "v3", "v4"] == [one.api for one in profiles.load(config).by_name.values()]
    assert 'api = "v4"' in config.read_text()
    assert "v4" == words.glimpse(["teams", "list"])
    assert "v3" == words.glimpse(["teams", "list", "--profile", "old"])
    assert "v3" == words.glimpse(["teams", "list", "--profile=old", "--", "--profile", "new"])
    assert "GET https://api.pagertree.com/api/v4/teams?" in cli("teams", "list", "--dry-run").out
    assert "GET https://api.pagertree.com/team?" in cli("teams", "list", "--profile", "old", "--dry-run").out
    wrong = cli("teams", "list", "--profile", "old", "--api", "v4")
    assert (2, "error: --api: the profile 'old' is for v3, not for v4") == (wrong.code, wrong.err.splitlines()[0])
    listed = cli("auth", "list").out.splitlines()
    assert ["PROFILE", "API"] == listed[0].split()[:2]
    assert ["new", "v4"] == listed[1].split()[:2]


def test_a_profile_that_does_not_say(config: Path) -> None:
    """A file that was written before there was a choice tells by its credentials."""
    config.parent.mkdir()
    config.write_text('[profiles.default]\napi_key = "k"\n[profiles.old]\napi_key = "k"\napi_secret = "s"\n')
    config.chmod(0o600)
    assert ["v4", "v3"] == [one.api for one in profiles.load(config).by_name.values()]
    config.write_text('[profiles.default]\napi = "v5"\n')
    with pytest.raises(CommandError, match="api is 'v5', which is none of v3, v4"):
        profiles.load(config)
    assert "v3" == words.glimpse(["teams", "list"])


def test_a_key_that_is_typed(cli: Any, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is asked for a secret and has none just goes on."""
    typed = iter(["the-key", ""])
    monkeypatch.setattr("getpass.getpass", lambda *prompt, **more: next(typed))
    result = cli("auth", "login", "--with", "key", "--no-check", terminal=True)
    assert (0, True) == (result.code, result.err.endswith("for API v4 at https://api.pagertree.com\n")), result.err
    assert {"api_key": "the-key"} == profiles.load(config).by_name["default"].values


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("alerts", "list", "--api", "v5"), 2, "--api: 'v5' is none of v3, v4, pagerduty"),
        (("alerts", "list", "--api", "pagerduty"), 2, "--api: 'pagerduty' is none of v3, v4"),
        (("auth", "login", "--api", "pagerduty"), 2, "--api: 'pagerduty' is none of v3, v4"),
        (("auth", "login", "--api", "v4", "--with", "token"), 2, "--with: 'token' is none of key"),
        (("alerts", "list", "--api"), 2, "option '--api' requires an argument"),
        (("incidents", "list", "--api", "v4"), 2, "there is no command 'incidents'"),
        (("alerts", "resolve", "--sandbox", "--api", "v4"), 2, "missing argument 'ID'"),
        (("alerts", "resolve", "x", "--alias", "x", "--sandbox", "--api", "v4"), 2, "--alias and an id contradict"),
        (("alerts", "resolve", "--alias", "x", "--sandbox", "--api", "v4"), 4, "alerts.resolve(): none with"),
        (("alerts", "show", "--alias", "x", "--sandbox", "--api", "v4"), 4, "none of the alerts has the alias 'x'"),
        (("alerts", "create", "--title", "x", "--sandbox", "--api", "v4"), 2, "alerts.create() needs one destination"),
    ],
)
def test_what_cannot_be_meant(arguments: tuple[str, ...], code: int, error: str, cli: Any) -> None:
    """What goes wrong is told by the exit code as well as in a line."""
    result = cli(*arguments)
    assert (code, "") == (result.code, result.out)
    assert result.err.startswith(f"error: {error}"), result.err


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--api", "v4", "alerts", "list"], ["alerts", "list", "--api", "v4"]),
        (["alerts", "--api=v4", "list", "--", "--api"], ["alerts", "list", "--api=v4", "--", "--api"]),
        (["alerts", "--api"], ["alerts", "--api"]),
    ],
)
def test_the_choice_may_stand_anywhere(given: list[str], expected: list[str]) -> None:
    """Wherever ``--api`` stands, the command takes it."""
    assert (expected, None) == words.looked_at(given)


def test_a_key_that_nobody_has(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key ends with 3, in whatever command, and does not stand in the error."""
    monkeypatch.setattr(sandbox, "v4_api_key", "a-very-secret-key")
    for command in (("alerts", "list"), ("trigger", "x", "--team", "SRE"), ("oncall", "now", "x")):
        result = cli(*command, "--sandbox", "--api", "v4", "-vv")
        assert (3, "") == (result.code, result.out)
        assert "a-very-secret-key" not in result.err


def test_a_file_of_either(cli: Any, tmp_path: Path) -> None:
    """One line in a file is a token or, of the newer API, its key."""
    file = tmp_path / "key"
    file.write_text("x\n")
    asked = ("auth", "status", "--no-check", "--token-file", str(file))
    assert cli(*asked).out.startswith("Token from file, for API v3")
    assert cli(*asked, "--api", "v4").out.startswith("ApiKey from file, for API v4")
    file.write_text("x\ny\n")
    assert 2 == cli(*asked, "--api", "v4").code


def test_a_root_with_the_path_of_the_version(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment's root ends with the version's own path, that does not come twice."""
    monkeypatch.setenv(KEY, "k")
    monkeypatch.setenv("PAGERTREE_BASE_URL", "https://pt.example/api/v4/")
    assert "GET https://pt.example/api/v4/teams?" in cli("teams", "list", "--dry-run").out


def test_the_names_of_the_official_command_line(cli: Any, sandbox: Any) -> None:
    """Commands and options that people know from elsewhere do what they expect."""
    team = one(cli, "teams", "list", "--limit", "1")["id"]
    alert = one(
        cli, "alerts", "create", "--title", "Out of memory", "--alias", "oom", "--team-id", team, "--tags", "db"
    )
    assert ("medium", "oom", [team]) == (alert["urgency"], alert["thirdparty_id"], alert["destination_team_ids"])
    assert alert["id"] == one(cli, "alerts", "show", "--alias", "oom")["id"]
    assert alert["id"] == one(cli, "alerts", "list", "--search", "Out of memory", "--status", "open")["id"]
    one(cli, "alerts", "comment", "--alias", "oom", "--comment", "looking")
    assert "looking" == one(cli, "alerts", "list-comments", "--alias", "oom")["body"]
    assert "looking" == one(cli, "alerts", "comments", alert["prefix_id"])["body"]
    assert "acknowledged" == one(cli, "alerts", "acknowledge", "--alias", "oom")["status"]
    assert "resolved" == one(cli, "alerts", "resolve", "--alias", "oom")["status"]
    assert 4 == cli("alerts", "resolve", "--alias", "oom", "--sandbox", "--api", "v4").code
    assert 5 == cli("alerts", "acknowledge", alert["id"], "--sandbox", "--api", "v4").code
    gone = cli("alerts", "delete", "--alias", "oom", "--force", "--sandbox", "--api", "v4")
    assert (0, "delete oom: done\n") == (gone.code, gone.err)
    person = one(cli, "account-users", "create", "--name", "Ada", "--email", "ada@x.example", "--team-id", team)
    made = one(cli, "teams", "create", "--name", "SRE", "--member-id", person["id"], "--admin-id", person["id"])
    assert [person["id"]] == made["member_account_user_ids"]
    assert rows(cli("teams", "current-oncall", team, "--sandbox", "--api", "v4"))[0]["start_time"]
    assert rows(cli("teams", "alerts", team, "--sandbox", "--api", "v4"))[0]["title"]
    assert 0 == cli("teams", "delete", made["id"], "--force", "--sandbox", "--api", "v4").code
    assert 0 == cli("users", "delete", person["id"], "--force", "--sandbox", "--api", "v4").code
    assert "delete" not in cli("users", "--help", "--api", "v4").out


@pytest.mark.parametrize("api", connect.APIS)
def test_enable_and_disable(api: str, cli: Any, sandbox: Any) -> None:
    """What has a switch can be switched by a word, and be listed by it."""
    more = ("--sandbox", "--api", api)
    integration = rows(cli("integrations", "list", "--limit", "1", *more))[0]["id"]
    for verb, value in (("disable", False), ("enable", True), ("disable", False)):
        assert value is rows(cli("integrations", verb, integration, *more))[0]["enabled"]
    assert integration in [row["id"] for row in rows(cli("integrations", "list", "--disabled", "--all", *more))]
    assert "Disable an integration." in cli("integrations", "disable", "--help", "--api", api).out


def test_trigger(cli: Any, sandbox: Any) -> None:
    """An alert in one line, which is found and resolved by the caller's own name for it."""
    team = one(cli, "teams", "list", "--limit", "1")
    alert = one(cli, "trigger", "disk full", "--team", team["name"], "--alias", "db7/disk", "--description", "soon")
    assert ("disk full", "medium", [team["id"]]) == (
        alert["title"],
        alert["urgency"],
        alert["destination_team_ids"],
    )
    assert alert["id"] == one(cli, "alerts", "resolve", "--alias", "db7/disk")["id"]


def test_export(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """Every list is exported, and every comment, whatever it is about."""
    alert = one(cli, "alerts", "list", "--limit", "1")["id"]
    broadcast = one(cli, "broadcasts", "list", "--limit", "1")["id"]
    first = one(cli, "alerts", "comment", alert, "--body", "on an alert")["id"]
    written = {
        first,
        one(cli, "broadcasts", "comment", broadcast, "--body", "on a broadcast")["id"],
        one(cli, "comments", "comment", first, "--body", "on a comment")["id"],
    }
    result = cli("export", "-o", str(tmp_path), "--sandbox", "--api", "v4")
    assert 0 == result.code, result.err
    files = {
        path.stem: [json.loads(line)["id"] for line in path.read_text().splitlines()]
        for path in tmp_path.glob("*.ndjson")
    }
    assert set(connect.listable("v4")) == files.keys()
    assert written <= set(files["comments"])
    assert {name: sandbox.count(f"v4.{name}") for name in files} == {name: len(ids) for name, ids in files.items()}


def test_tables(cli: Any, sandbox: Any) -> None:
    """Tables show people by name and times by their names, whatever an object calls them."""
    listed = cli("account-users", "list", "--limit", "2", "--sandbox", "--api", "v4", "-o", "table").out
    assert ["ID", "NAME", "EMAIL"] == listed.splitlines()[0].split()[:3]
    assert "@" in listed
    team = one(cli, "teams", "list", "--limit", "1")["id"]
    on_call = cli("teams", "current-oncall", team, "--sandbox", "--api", "v4", "-o", "table").out
    assert ["LAYER", "ON", "CALL", "IDS", "START", "TIME", "END", "TIME", "ID"] == on_call.splitlines()[0].split()[:9]
