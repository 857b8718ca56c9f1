"""``oncall now|entries|gaps``: the same question on the command line to each API."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pagertree_async.cli import connect, timeline
from pagertree_async.oncall import ALWAYS, FOREVER, Person, Shift
from tests.cli.conftest import Stream

ADA, BO = Person(id="P1", name="Ada", email="ada@x.example"), Person(id="P2")
START = datetime(2026, 3, 28, tzinfo=UTC)
SPAN = ("--since", "2026-11-20", "--until", "2026-11-24")


def schedule(cli: Any, api: str) -> tuple[str, str]:
    """The name of a schedule of the sandbox, and its id."""
    if api == connect.DUTY:
        return "Payments on call", "PQVRLUO"
    row = json.loads(cli("schedules", "list", "--limit", "1", "--api", api, "--sandbox").out)
    return row["name"], row["id"]


@pytest.mark.parametrize("api", connect.ON_CALL)
def test_entries(api: str, cli: Any) -> None:
    """A schedule is asked by id or by name; a pipe gets its shifts, a line each."""
    name, given = schedule(cli, api)
    by_id = cli("oncall", "entries", given, *SPAN, "--api", api, "--sandbox")
    by_name = cli("oncall", "entries", name, *SPAN, "--api", api, "--sandbox")
    assert (0, "") == (by_id.code, by_id.err)
    assert by_id == by_name
    found = [json.loads(line) for line in by_id.out.splitlines()]
    assert "2026-11-20T00:00:00Z" == found[0]["start"]
    assert {"start", "end", "user_id", "user_name", "user_email", "layer", "schedule"} == found[0].keys()
    assert {given} == {row["schedule"] for row in found}
    whole = cli(
        "oncall", "entries", given, *SPAN, "--overflow", "--user", found[0]["user_id"], "--api", api, "--sandbox"
    )
    mine = [json.loads(line) for line in whole.out.splitlines()]
    assert {found[0]["user_id"]} == {row["user_id"] for row in mine}
    assert mine[0]["start"] < found[0]["start"]
    written = cli("oncall", "entries", given, *SPAN, "--api", api, "--sandbox", "-o", "csv").out
    assert [row["start"] for row in found] == [row["start"] for row in csv.DictReader(io.StringIO(written))]


@pytest.mark.parametrize("api", connect.ON_CALL)
def test_entries_on_a_terminal(api: str, cli: Any) -> None:
    """A person sees a calendar, in colours, and below it how long each is on call."""
    name, _ = schedule(cli, api)
    result = cli("oncall", "entries", name, *SPAN, "--api", api, "--sandbox", terminal=True)
    lines = re.sub("\x1b\\[[0-9;]*m", "", result.out).splitlines()
    days = [line[:15] for line in lines if line[:3] in {"Fri", "Sat", "Sun", "Mon"}]
    assert ["Fri 20 Nov 2026", "Sat 21 Nov 2026", "Sun 22 Nov 2026", "Mon 23 Nov 2026"] == days
    assert "\x1b[36m" in result.out
    hours = sum(float(found) for found in re.findall(r"  +([0-9.]+) h  ", "\n".join(lines)))
    assert hours >= 96


@pytest.mark.parametrize("api", connect.ON_CALL)
def test_now(api: str, cli: Any) -> None:
    """Of a schedule or of a team: a table for a person, objects for a program; PagerDuty does not say the e-mail here."""
    _, given = schedule(cli, api)
    shown = cli("oncall", "now", given, "--api", api, "--sandbox", "-o", "table")
    mail = [] if api == "pagerduty" else ["EMAIL"]
    assert ["LAYER", "NAME", "UNTIL", *mail, "FROM", "SCHEDULE"] == shown.out.splitlines()[0].split()
    assert "Times are those of UTC." == shown.out.splitlines()[-1]
    people = json.loads(cli("oncall", "now", given, "--api", api, "--sandbox", "-o", "json").out)
    assert people
    assert all(person["user_name"] in shown.out for person in people)


@pytest.mark.parametrize("api", connect.ON_CALL)
def test_gaps(api: str, cli: Any) -> None:
    """On a layer that nobody is on, all of the time is a gap."""
    _, given = schedule(cli, api)
    asked = ("oncall", "gaps", given, *SPAN, "--layer", "9", "--api", api, "--sandbox")
    assert {"start": "2026-11-20T00:00:00Z", "end": "2026-11-24T00:00:00Z"} == json.loads(cli(*asked).out)
    shown = cli(*asked, "-o", "table", "--zone", "Europe/Berlin").out.splitlines()
    assert ["Fri", "2026-11-20", "01:00", "Tue", "2026-11-24", "01:00", "96.0"] == shown[1].split()
    covered = cli("oncall", "gaps", given, "--api", api, "--sandbox", terminal=True)
    assert (0, "somebody is on call all the time\n") == (covered.code, covered.err)


def test_who_is_on_call_for_good(cli: Any) -> None:
    """Of a team, somebody may be on call without a beginning or an end."""
    people = [
        json.loads(line)
        for line in cli("oncall", "now", "Payments", "--api", "pagerduty", "--sandbox").out.splitlines()
    ]
    assert [None, None] in [[person["start"], person["end"]] for person in people]
    shown = cli("oncall", "now", "Payments", "--api", "pagerduty", "--sandbox", "-o", "table").out
    assert "always  always" in re.sub(" {2,}", "  ", shown)
    assert ["LAYER", "NAME", "UNTIL", "FROM", "SCHEDULE"] == shown.splitlines()[0].split()


def test_nobody_now(cli: Any, sandbox: Any) -> None:
    """Where nobody is on call, a person is told so and a program gets nothing."""
    more = ("--api", "v4", "--sandbox")
    made = json.loads(cli("schedules", "create", "--name", "empty", *more).out)["id"]
    assert ("", "nobody is on call\n") == cli("oncall", "now", made, *more, terminal=True)[1:]
    assert ("", "") == cli("oncall", "now", made, *more)[1:]
    drawn = cli("oncall", "entries", made, *SPAN, *more, "-o", "table").out
    assert "Sat 21 Nov 2026" in drawn
    assert drawn.endswith("nobody is on call\n")


@pytest.mark.parametrize("command", ["now", "entries", "gaps"])
def test_a_dry_run(command: str, cli: Any) -> None:
    """A dry run shows the first request and sends none."""
    result = cli("oncall", command, "skd_1", "--api", "v4", "--sandbox", "--dry-run")
    assert (0, "") == (result.code, result.err)
    assert result.out.startswith("GET https://sandbox.localhost/api/v4/")


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("now", "no such", "--api", "v3", "--sandbox"), 4, "there is no schedule or team 'no such'"),
        (("now", "no such", "--api", "pagerduty", "--sandbox"), 4, "there is no schedule or team 'no such'"),
        (("now", "P1", "--zone", "Mars/Olympus", "--sandbox"), 2, "--zone: there is no time zone 'Mars/Olympus'"),
        (("entries", "P1", "--since", "yesterday", "--sandbox"), 2, "--since: not a time: 'yesterday'"),
        (("gaps", "P1", "--since", "2026-01-02", "--until", "2026-01-01", "--sandbox"), 2, "since must not be after"),
        (("now", "P1", "--api", "pagerduty"), 3, "no credentials"),
        (("now", "P1", "--api", "pagerduty", "--profile", "x"), 2, "--profile: profiles hold no credentials of"),
        (("now", "P1", "--api", "pagerduty", "--profile", "x", "--sandbox"), 2, "--sandbox and --profile contradict"),
    ],
)
def test_what_goes_wrong(arguments: tuple[str, ...], code: int, error: str, cli: Any) -> None:
    """What cannot be answered is told in a line, with its own exit code."""
    result = cli("oncall", *arguments)
    assert (code, "") == (result.code, result.out)
    assert result.err.startswith(f"error: {error}"), result.err


def test_several_of_a_name(cli: Any, sandbox: Any) -> None:
    """Two schedules of one name are not guessed between."""
    more = ("--api", "v4", "--sandbox")
    for _ in range(2):
        cli("schedules", "create", "--name", "twins", *more)
    result = cli("oncall", "now", "twins", *more)
    assert (5, True) == (result.code, result.err.startswith("error: several schedules are called 'twins': "))


def test_the_credentials_choose(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PagerDuty is asked when only its credentials are there, with the key of a file or of the environment."""
    for name in connect.CREDENTIALS:
        monkeypatch.delenv(f"PAGERTREE_{name.upper()}", raising=False)
    monkeypatch.setenv("PAGERDUTY_API_KEY", "a-key")
    asked = ("oncall", "now", "P1", "--dry-run")
    assert cli(*asked).out.startswith("GET https://api.pagerduty.com/schedules/P1?")
    monkeypatch.setenv("PAGERTREE_API_KEY", "another")
    assert cli(*asked).out.startswith("GET https://api.pagertree.com/api/v4/")
    file = tmp_path / "key"
    file.write_text("a-key\n")
    elsewhere = ("--api", "pagerduty", "--token-file", str(file), "--base-url", "https://pd.example")
    assert cli(*asked, *elsewhere).out.startswith("GET https://pd.example/schedules/P1?")
    file.write_text("a\nb\n")
    assert 3 == cli(*asked, *elsewhere).code


def hour(number: float) -> datetime:
    """Some hours after the start."""
    return START + timedelta(hours=number)


def drawn(*shifts: Shift, zone: str = "UTC", days: float = 2, terminal: bool = False) -> list[str]:
    """The lines of a calendar."""
    stream = Stream(terminal=terminal)
    timeline.draw_shifts(shifts, hour(2), hour(24 * days), ZoneInfo(zone), stream)
    return [line.rstrip() for line in re.sub("\x1b\\[[0-9;]*m", "", stream.getvalue()).splitlines()]


def test_a_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for each day, a bar for each shift, dots where nobody is on call, blanks outside of what was asked."""
    monkeypatch.setenv("COLUMNS", "66")
    monkeypatch.setenv("NO_COLOR", "1")
    shifts = (
        Shift(start=ALWAYS, end=hour(8), user=ADA),
        Shift(start=hour(10), end=hour(11), user=BO),
        Shift(start=hour(11), end=FOREVER, user=BO),
    )
    assert [
        "UTC               0     3     6     9     12    15    18    21",
        "Sat 28 Mar 2026       ▏Ada━━━━━━━━····▏━▏P2━━━━━━━━━━━━━━━━━━━━━━━",
        "Sun 29 Mar 2026   ▏P2━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━",
        "",
        "Ada     6.0 h  ada@x.example",
        "P2     38.0 h  P2",
    ] == drawn(*shifts, terminal=True)


def test_a_calendar_of_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Layers have lines of their own, as have those who are on call together; a narrow terminal has a cell an hour."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    shifts = (
        Shift(start=hour(2), end=hour(24), user=ADA),
        Shift(start=hour(2), end=hour(12), user=BO),
        Shift(start=hour(12), end=hour(24), user=ADA, layer=2),
        Shift(start=hour(13), end=hour(22), user=BO),
    )
    assert [
        "Europe/Berlin     0     6     12    18",
        "Sat 28 Mar 2026 1    ▏Ada━━━━━━━━━━━━━━━━━",
        "                     ▏P2━━━━━━━ ▏P2━━━━━━",
        "                2    ··········▏Ada━━━━━━━",
        "Sun 29 Mar 2026 1 ▏",
        "                2 ▏",
        "",
    ] == drawn(*shifts, zone="Europe/Berlin", days=1, terminal=True)[:-2]


MORE = ("--api", "v4", "--sandbox")


@pytest.mark.parametrize("api", connect.ON_CALL)
def test_a_user_by_any_of_their_names(api: str, cli: Any) -> None:
    """A user is given by id, name or e-mail; a slip of the pen is not found, and near names are asked for."""
    name, _ = schedule(cli, api)
    more = ("--api", api, "--sandbox")
    rows = [json.loads(line) for line in cli("oncall", "entries", name, *SPAN, *more).out.splitlines()]
    who = rows[0]
    mine = [row for row in rows if row["user_id"] == who["user_id"]]
    for given in filter(None, (who["user_id"], who["user_name"].upper(), who["user_email"])):
        found = cli("oncall", "entries", name, *SPAN, "--user", given, *more).out
        assert mine == [json.loads(line) for line in found.splitlines()]
    kind = {"v3": "users", "v4": "account-users"}.get(api)
    hint = "" if kind is None else f"hint: pagertree-async {kind} list\n"
    surname = who["user_name"].split()[-1].lower()
    for given in (who["user_name"] + "x", surname):
        wrong = cli("oncall", "entries", name, *SPAN, "--user", given, *more)
        meant = f"error: --user: there is no user {given!r}; did you mean {who['user_name']!r}?\n"
        assert (4, "", meant + hint) == wrong


def test_two_users_of_a_name(cli: Any, sandbox: Any) -> None:
    """They are not guessed between."""
    for _ in range(2):
        cli("users", "create", "--name", "Twin", "--email", f"twin{_}@x.example", "--api", "v3", "--sandbox")
    result = cli("oncall", "entries", "Platform", "--user", "twin", "--api", "v3", "--sandbox")
    assert (5, True) == (result.code, result.err.startswith("error: --user: several are called 'twin': usr_"))


@pytest.mark.parametrize("api", connect.APIS)
@pytest.mark.parametrize("verb", ["entries", "gaps"])
def test_a_teams_own_schedule(verb: str, api: str, cli: Any, sandbox: Any) -> None:
    """The name or the id of a team stands for its schedule; a team without one says so."""
    more = ("--api", api, "--sandbox")
    team = json.loads(cli("teams", "find", "--name", "Platform", *more).out)
    expected = cli("oncall", verb, team["schedule_id"], *SPAN, *more)
    assert 0 == expected.code
    for given in ("Platform", team["id"]):
        assert expected == cli("oncall", verb, given, *SPAN, *more)
    if api == "v3":
        cli("teams", "create", "--name", "Loose", *more)
        result = cli("oncall", verb, "Loose", *SPAN, *more)
        assert (4, "error: 'Loose' is a team without a schedule") == (result.code, result.err.splitlines()[0])
    result = cli("oncall", verb, "Platfrom", *SPAN, *more)
    assert (4, True) == (result.code, "there is no schedule or team 'Platfrom'; did you mean 'Platform'" in result.err)


def test_a_team_of_pagerduty_has_no_schedule(cli: Any) -> None:
    """That is said, and what to name instead."""
    result = cli("oncall", "entries", "Platform", *SPAN, "--api", "pagerduty", "--sandbox")
    assert (4, "error: 'Platform' is a team, and in PagerDuty teams have no schedules") == (
        result.code,
        result.err.splitlines()[0],
    )
    assert 4 == cli("oncall", "entries", "Nothing", *SPAN, "--api", "pagerduty", "--sandbox").code


@pytest.mark.parametrize(
    ("columns", "headings"),
    [
        ("160", ["LAYER", "NAME", "UNTIL", "EMAIL", "FROM", "SCHEDULE"]),
        ("100", ["LAYER", "NAME", "UNTIL", "EMAIL", "FROM"]),
        ("80", ["LAYER", "NAME", "UNTIL", "EMAIL"]),
        ("60", ["LAYER", "NAME", "UNTIL"]),
        ("10", ["LAYER"]),
    ],
)
def test_what_matters_most_is_whole(columns: str, headings: list[str], cli: Any, monkeypatch: Any) -> None:
    """On a narrow terminal the last columns are left out, and none is cut or broken."""
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("NO_COLOR", "1")
    rows = [json.loads(line) for line in cli("oncall", "now", "Platform", *MORE).out.splitlines()]
    result = cli("oncall", "now", "Platform", "--zone", "Europe/Berlin", *MORE, "-o", "table", terminal=True)
    head, *lines, zone = result.out.splitlines()
    assert headings == head.split()
    assert len(rows) == len(lines)
    assert "Times are those of Europe/Berlin." == zone
    if "EMAIL" in headings:
        assert all(row["user_email"] in line for row, line in zip(rows, lines, strict=True))


@pytest.mark.parametrize("api", connect.ON_CALL)
def test_layers_are_in_order(api: str, cli: Any) -> None:
    """Who is asked first comes first."""
    rows = [json.loads(line) for line in cli("oncall", "now", "Payments", "--api", api, "--sandbox").out.splitlines()]
    assert sorted({row["layer"] for row in rows}) == list(dict.fromkeys(row["layer"] for row in rows))
    assert len({row["layer"] for row in rows}) > 1
