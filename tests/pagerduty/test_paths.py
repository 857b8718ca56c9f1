"""Addresses: which are taken, which are refused, and what their bodies are wrapped in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import InvalidArgumentError
from pagertree_async.pagerduty import UrlError
from pagertree_async.pagerduty.paths import located, paged, query_of, singular, template, wrapped, wrapping
from tests.modes import Mode, got
from tests.pagerduty.helpers import answered, reply

BASE = "https://api.pagerduty.com"

FOREIGN = [
    "https://evil.example/users",
    "https://api.pagerduty.com.evil.example/users",
    "https://api.pagerduty.com@evil.example/users",
    "https://user:pw@api.pagerduty.com/users",
    "https://api.pagerduty.comevil.example/users",
    "https://evil.example/api.pagerduty.com/users",
    "http://api.pagerduty.com/users",
    "https://api.pagerduty.com:8443/users",
    "https://api.eu.pagerduty.com/users",
    "https://аpi.pagerduty.com/users",
    "https://api。pagerduty.com/users",
    "https://[::1/users",
    "https://api.pagerduty.com:port/users",
    "//evil.example/users",
    "\\\\evil.example\\users",
    "https:\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "https://api.pagerduty.com\t.evil.example/users",
    "users\r\nhost: evil.example",
    "users#part",
    "users/../teams",
    "users/%2e%2e/teams",
    "",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_a_foreign_or_look_alike_address_is_refused(mode: Mode, url: str) -> None:
    """Whatever leads elsewhere is an error before any request, as text and as the address of an object."""
    client, transport = answered(mode, lambda _: reply({}))

    async def scenario() -> None:
        for target in (url, {"self": url}):
            with pytest.raises(UrlError):
                await got(client.get(target))
            with pytest.raises(UrlError):
                client.iter_all(target)

    mode.run(scenario)
    assert [] == transport.requests


@pytest.mark.parametrize("target", [{}, {"self": None}, None, 7, ["users"]])
def test_what_is_no_address_is_refused(target: object) -> None:
    """An object without an address, and what is neither text nor object."""
    with pytest.raises(UrlError):
        located(target, BASE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "target",
    ["users", "/users", f"{BASE}/users", "https://API.PagerDuty.com:443/users", {"self": f"{BASE}/users", "id": "P1"}],
)
def test_every_spelling_of_an_address(target: object) -> None:
    """A path with or without its slash, the full address, and an object that has it, are the same."""
    assert ("/users", []) == located(target, BASE)  # type: ignore[arg-type]


def test_below_a_root_with_a_path() -> None:
    """Where the API is reached through a gateway, an address has to lie below it."""
    assert ("/users", []) == located("https://gate.example/pd/users", "https://gate.example/pd")
    assert ("/", []) == located("https://gate.example/pd", "https://gate.example/pd")
    with pytest.raises(UrlError):
        located("https://gate.example/pdx/users", "https://gate.example/pd")


def test_a_query_in_the_address_is_kept() -> None:
    """What stands behind the question mark goes with the parameters."""
    assert ("/users", [("query", "a b"), ("team_ids[]", "P1")]) == located("users?query=a+b&team_ids[]=P1", BASE)


@given(st.from_regex(r"[a-z_]{1,8}(/[A-Z0-9]{7})?", fullmatch=True))
def test_a_path_and_its_full_address_are_the_same(path: str) -> None:
    """Every path is found again in its own full address."""
    assert located(path, BASE) == located(f"{BASE}/{path}", BASE) == (f"/{path}", [])


@given(st.text(max_size=40))
def test_no_text_leads_elsewhere(text: str) -> None:
    """Whatever is given, what comes out is a path below the root, or an error."""
    try:
        path, _ = located(text, BASE)
    except UrlError:
        return
    assert path.startswith("/")
    assert not path.startswith("//")
    assert ".." not in path.split("/")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/users", ("users", "users")),
        ("POST", "/users", ("user", "user")),
        ("PUT", "/users/PABC123", ("user", "user")),
        ("GET", "/users/me", (None, "user")),
        ("GET", "/escalation_policies/PABC123", ("escalation_policy", "escalation_policy")),
        ("PUT", "/incidents", ("incidents", "incidents")),
        ("GET", "/incidents/Q1VOLKT8MT4XV6/log_entries", ("log_entries", "log_entries")),
        ("POST", "/incidents/Q1VOLKT8MT4XV6/notes", ("note", "note")),
        ("POST", "/schedules/PGHI789/overrides", ("overrides", None)),
        ("POST", "/incidents/P1/status_updates", (None, "status_update")),
        ("POST", "/business_services/P1/subscribers", ("subscribers", "subscriptions")),
        ("POST", "/users/P1/change_tags", (None, None)),
        ("GET", "/analytics/metrics/users/all", (None, None)),
        ("PUT", "/teams/P1/users/P2", (None, None)),
        ("GET", "/event_orchestrations/b02e973d-9620-4e0a-9edc-00fedf7d4694", (None, "orchestration")),
    ],
)
def test_wrapping(method: str, path: str, expected: tuple[str | None, str | None]) -> None:
    """The path tells what a body is wrapped in, unless it is one of the odd ones."""
    assert expected == wrapping(method, path)


def test_what_is_wrapped_stays_as_it_is() -> None:
    """A body that has its wrapper, and one that takes none, are left alone."""
    assert {"user": {"name": "x"}} == wrapped({"name": "x"}, "user")
    assert {"user": {"name": "x"}} == wrapped({"user": {"name": "x"}}, "user")
    assert {"incidents": [1]} == wrapped([1], "incidents")
    assert [1] == wrapped([1], None)
    assert wrapped(None, "user") is None


def test_names_and_templates() -> None:
    """Ids become braces, and collections have names for one of theirs."""
    assert "/v3/schedules/{}/rotations" == template("/v3/schedules/PABC123/rotations/")
    assert ["user", "policy", "log_entry"] == [singular(name) for name in ("users", "policies", "log_entries")]
    assert "users" == paged("/users")


def test_query_values() -> None:
    """Lists get brackets, moments become ISO 8601, and a moment without a zone is refused."""
    given_values = {"a": [date(2026, 1, 2)], "b[]": {"x"}, "c": datetime(2026, 1, 2, tzinfo=UTC), "d": None, "e": True}
    expected = {"a[]": ["2026-01-02"], "b[]": ["x"], "c": "2026-01-02T00:00:00.000Z", "d": None, "e": True}
    assert expected == query_of(given_values)
    assert {} == query_of(None)
    with pytest.raises(InvalidArgumentError, match="time zone"):
        query_of({"since": datetime(2026, 1, 2)})
