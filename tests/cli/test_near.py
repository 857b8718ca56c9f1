"""What was written nearly right is answered with what was probably meant, and with where it goes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async.cli.nearest import asked, nearest


@given(st.sampled_from(["alerts", "schedules", "Platform on-call"]), st.booleans())
def test_a_known_word_is_nearest_to_itself(word: str, loud: bool) -> None:
    """However its letters are written."""
    assert word == nearest(word.upper() if loud else word, ["teams", "alerts", "schedules", "Platform on-call"])


def test_nothing_is_asked_where_nothing_is_near() -> None:
    """A guess that is none is not made."""
    assert ("", "; did you mean 'alerts'?") == (asked("zzz", ["alerts"]), asked("alrets", ["alerts"]))


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("alrets list", "there is no command 'alrets'; did you mean 'alerts'?"),
        ("alerts lst --sandbox", "there is no command 'lst'; did you mean 'list'?"),
        ("alerts list --sandbox -o jsn", "--output: 'jsn' is none of table, json, ndjson, csv; did you mean 'json'?"),
        (
            "alerts list --sandbox --filter urgancy=high",
            "--filter: there is no 'urgancy' to compare; did you mean 'urgency'?",
        ),
        (
            "export --sandbox -o never --resource alerts --filter urgancy=high",
            "--filter: there is no 'urgancy' to compare; did you mean 'urgency'?",
        ),
        ("export --sandbox -o never --resource alrets", "there is no list of 'alrets'; did you mean 'alerts'?"),
        (
            "alerts update ID --sandbox --null titel",
            "--null: there is no attribute 'titel' to set; did you mean 'title'?",
        ),
        ("alerts list --sandbox --fields titel", "--fields: Alert has no 'titel'; did you mean 'title'?"),
        (
            "alerts list --sandbox --transport aiohtp",
            "--transport: 'aiohtp' is none of httpx, httpx2, aiohttp, pyreqwest; did you mean 'aiohttp'?",
        ),
        ("trigger help --sandbox --team platfrom", "there is no team 'platfrom'; did you mean 'Platform'?"),
        (
            "oncall now Platfrom --sandbox",
            "there is no schedule or team 'Platfrom'; did you mean 'Platform'?",
        ),
        (
            "oncall now Platfrom --sandbox --api pagerduty",
            "there is no schedule or team 'Platfrom'; did you mean 'Platform'?",
        ),
        ("oncall now zzz --sandbox", "there is no schedule or team 'zzz', neither by id nor by name"),
        (
            "oncall now x --sandbox --zone Berlin",
            "--zone: there is no time zone 'Berlin'; did you mean 'Europe/Berlin'?",
        ),
        (
            "oncall now x --sandbox --zone america/new_yrk",
            "--zone: there is no time zone 'america/new_yrk'; did you mean 'America/New_York'?",
        ),
        (
            "report DIR -o report.html --timezone Berlin",
            "there is no time zone 'Berlin'; did you mean 'Europe/Berlin'?",
        ),
        (
            "oncall now x --sandbox --api pagerdty",
            "--api: 'pagerdty' is none of v3, v4, pagerduty; did you mean 'pagerduty'?",
        ),
        ("oncall now x --sandbox --zone PST", "--zone: there is no time zone 'PST'"),
    ],
)
def test_what_was_probably_meant(words: str, error: str, cli: Any) -> None:
    """The error ends with it."""
    result = cli(*words.split())
    assert f"error: {error}" == result.err.splitlines()[0]


def test_who_is_looked_for_elsewhere_is_listed_there(cli: Any) -> None:
    """Where there are commands that list what there is, they are named."""
    hint = "hint: pagertree-async schedules list, or teams list"
    assert [True, False] == [
        hint in cli("oncall", "now", "zzz", "--sandbox", "--api", api).err for api in ("v4", "pagerduty")
    ]


@pytest.mark.parametrize(
    ("words", "option", "hint"),
    [
        ("--sandbox alerts list --limit 2", "--sandbox", "pagertree-async alerts list --limit 2 --sandbox"),
        ("-o json alerts list", "-o", "pagertree-async alerts list -o json"),
        ("--team SRE trigger help", "--team", "pagertree-async trigger help --team SRE"),
        ("alerts --sandbox list", "--sandbox", "pagertree-async alerts list --sandbox"),
        ("--timeout 5", "--timeout", "pagertree-async COMMAND --timeout 5"),
    ],
)
def test_an_option_before_its_command(words: str, option: str, hint: str, cli: Any) -> None:
    """It is told where the option goes, by the command as it is to be written."""
    result = cli(*words.split())
    said = f"error: {option} is an option of the commands, and belongs behind one\nhint: {hint}\n"
    assert (2, "", said) == result


@pytest.mark.parametrize("words", ["--versoin", "alerts --hepl", "--verbos"])
def test_a_slip_in_a_groups_own_option(words: str, cli: Any) -> None:
    """Near an option that belongs there, nothing is said of another place."""
    result = cli(*words.split())
    assert (2, True) == (result.code, result.err.startswith("error: no such option")), result.err


def test_a_title_without_its_quotes(cli: Any) -> None:
    """Words too many are mostly one text with spaces, and that is said."""
    said = (
        "error: got unexpected extra argument(s) (full)\n"
        "hint: Put what has spaces in quotes; pagertree-async trigger --help\n"
    )
    assert (2, "", said) == cli("trigger", "disk", "full", "--team", "SRE", "--sandbox")


def test_what_pagerduty_has(cli: Any) -> None:
    """A command that is PagerTree's alone says which are PagerDuty's."""
    result = cli("trigger", "disk full", "--team", "SRE", "--sandbox", "--api", "pagerduty")
    said = "error: --api: 'pagerduty' is none of v3, v4\nhint: For PagerDuty there are pagertree-async pagerduty and oncall\n"
    assert (2, "", said) == result
