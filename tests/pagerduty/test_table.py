"""The table that names both clients' conveniences side by side says what is there."""

from __future__ import annotations

import inspect
import re

import pagerduty as official
import pytest

import pagertree_async
from pagertree_async import Hooks, RetryPolicy, errors
from pagertree_async import pagerduty as ours
from pagertree_async.pagerduty.events import Events


def table() -> list[tuple[str, str]]:
    """The rows of the table: theirs, and ours."""
    rule = next(line for line in (ours.__doc__ or "").splitlines() if line.startswith("==="))
    width = rule.index(" ") + 1
    lines = (ours.__doc__ or "").split(rule)[2].strip().splitlines()
    return [(line[:width], line[width:]) for line in lines]


THEIRS = (official.RestApiV2Client, official.EventsApiV2Client, official.OAuthTokenClient)
OURS = (ours.PagerDuty, ours.OAuthClient, Events)


WORDS = {
    *("with", "async", "client", "region", "params", "headers", "error", "body", "logging", "hooks", "debug"),
    *("proxies", "retry", "attempts", "timeout", "pagerduty", "pagertree", "log", "user", "response", "HTTPS_PROXY"),
}
"""What stands first in the code of a row and is an argument, a variable, a module or a program."""


def known(name: str, *places: object) -> bool:
    """Whether a name is an attribute of any of some places."""
    return any(hasattr(place, name) for place in places)


@pytest.mark.parametrize("row", table(), ids=lambda row: row[0].strip())
def test_both_names_of_a_row_exist(row: tuple[str, str]) -> None:
    """Whatever the table names is there, on their side and on ours."""
    theirs, here = (re.findall(r"``([A-Za-z_]\w*)", side) for side in row)
    assert theirs or re.search(r"[0-9]{3} |``\"", row[0])
    for name in theirs:
        assert name in WORDS or known(name, official, *THEIRS)
    for name in here:
        assert name in WORDS or known(name, ours, errors, pagertree_async, *OURS)
    if row[1].startswith("the same"):
        assert all(name in WORDS or known(name, *OURS) for name in theirs)


def test_the_arguments_that_the_table_names_exist() -> None:
    """The keywords in the right column are arguments of what they stand in."""
    shown = "\n".join(here for _, here in table())
    for name, kind in (
        ("PagerDuty", ours.PagerDuty),
        ("OAuth", ours.OAuth),
        ("RetryPolicy", RetryPolicy),
        ("Hooks", Hooks),
    ):
        arguments = inspect.signature(kind).parameters
        for given in re.findall(rf"{name}\(([^`]*)\)``", shown):
            assert set(re.findall(r"(\w+)=", re.sub(r"\w+\([^)]*\)", "", given))) <= set(arguments)


def test_no_convenience_of_theirs_is_left_out() -> None:
    """What the generic clients of the guide offer beside their settings stands in the table."""
    named = set(re.findall(r"\w+", "".join(theirs for theirs, _ in table())))
    guide = {
        *("get", "post", "put", "delete", "jget", "jpost", "jput", "rget", "rpost", "rput", "rdelete"),
        *("iter_all", "iter_cursor", "list_all", "dict_all", "find", "get_total", "persist", "iter_incident_notes"),
        *("trigger", "acknowledge", "resolve", "submit"),
        *("authorize_url", "get_authorize_url", "get_new_token_from_code", "refresh_client", "early_refresh_buffer"),
        *("retry", "max_http_attempts", "max_network_attempts", "sleep_timer", "sleep_timer_base", "stagger_cooldown"),
        *("default_from", "proxies", "url", "UrlError", "HttpError", "ServerHttpError", "Error", "auth_type", "with"),
        *("params", "self", "headers", "From", "status_code", "debug", "print_debug", "log", "429", "401", "trigger"),
    }
    assert set() == guide - named
