"""The clients of API v4: credentials, addresses, and what an answer becomes."""

from __future__ import annotations

import copy
import pickle
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pagertree_async import (
    ConfigurationError,
    KeyPair,
    Login,
    NotFoundError,
    ResponseMismatchError,
    Secret,
    UnprocessableError,
)
from pagertree_async.http import Request, Response
from pagertree_async.models import reader
from pagertree_async.v4 import ApiKey, PagerTree
from pagertree_async.v4.credentials import address, credentials, from_environment
from pagertree_async.v4.models import (
    AccountUser,
    Alert,
    AlertStatus,
    Event,
    Integration,
    MaintenanceWindow,
    OnCall,
    Profile,
    Severity,
    User,
)
from tests.modes import Mode, got
from tests.v4.world import answer, client, page, refusal, requests, said

KEY = ("authorization", "Bearer k-123")


def shown(auth: Any) -> list[tuple[str, str]]:
    """The headers of credentials in clear."""
    return [(name, value.reveal()) for name, value in auth.headers()]


@pytest.mark.parametrize("given", ["k-123", " k-123\n", ApiKey("k-123"), Secret("k-123")])
def test_a_key_however_it_is_given(given: Any) -> None:
    """A text, a hidden text or an ApiKey goes out as a bearer."""
    assert [KEY] == shown(credentials(given))


def test_the_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, PAGERTREE_API_KEY is taken; a pickled copy says where to get it again."""
    monkeypatch.setenv("PAGERTREE_API_KEY", "k-123")
    assert [KEY] == shown(credentials(None))
    assert "https://api.pagertree.com" == PagerTree().base_url
    lost = pickle.loads(pickle.dumps(from_environment({"PAGERTREE_API_KEY": "k-123"})))
    with pytest.raises(ConfigurationError, match="PAGERTREE_API_KEY"):
        lost.headers()


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "PAGERTREE_API_KEY is not set"),
        ({"PAGERTREE_API_KEY": " "}, "PAGERTREE_API_KEY is empty. Set PAGERTREE_API_KEY, or give auth= in code$"),
        ({"PAGERTREE_TOKEN": "t"}, "; PAGERTREE_TOKEN belongs to API v3: from pagertree_async import AsyncPagerTree, "),
        ({"PAGERTREE_API_KEY": "k", "PAGERTREE_API_SECRET": "s"}, "a key with a secret belongs to API v3"),
    ],
)
def test_an_environment_that_has_no_key(environ: dict[str, str], says: str) -> None:
    """Nothing there, or a key pair of the other version, is said before any request."""
    with pytest.raises(ConfigurationError, match=says):
        credentials(None, environ)


@pytest.mark.parametrize("given", [Login("a", "b"), 3])
def test_credentials_of_another_kind(given: Any) -> None:
    """What obtains a token belongs to the other version, and a number to none."""
    with pytest.raises(ConfigurationError, match="ApiKey"):
        credentials(given)


@pytest.mark.parametrize("key", ["", "  ", "käy", "a\nb", 3])
def test_a_key_that_cannot_be_sent(key: Any) -> None:
    """An empty key, and one that no header can carry, is refused."""
    with pytest.raises(ConfigurationError, match="API key"):
        ApiKey(key)


def test_a_key_is_not_shown() -> None:
    """Neither a key nor a client that has it shows it; other credentials are taken as they are."""
    assert "k-123" not in repr(ApiKey("k-123")) + repr(PagerTree("k-123")) + repr(copy.deepcopy(ApiKey("k-123")))
    pair = KeyPair("k", "s")
    assert pair is credentials(pair)


@pytest.mark.parametrize(
    "base_url", ["https://x.test", "https://x.test/", "https://x.test/api/v4", "https://x.test/api/v4/"]
)
def test_the_root_is_enough(mode: Mode, base_url: str) -> None:
    """The root is what is given, and the vendor's whole address does as well."""

    async def scenario() -> Any:
        one = client(mode, answer({"id": "A"}), base_url=base_url)
        await got(one.alerts.retrieve("A"))
        await got(one.request("GET", "/alerts"))
        return one.base_url, [request.url for request in requests(one)]

    assert ("https://x.test", ["https://x.test/api/v4/alerts/A", "https://x.test/api/v4/alerts"]) == mode.run(scenario)


def test_the_root_of_the_environment() -> None:
    """PAGERTREE_BASE_URL is the root where none is given."""
    assert "https://x.test" == address(None, {"PAGERTREE_BASE_URL": "https://x.test"})
    assert "https://y.test" == address("https://y.test", {"PAGERTREE_BASE_URL": "https://x.test"})
    assert "https://api.pagertree.com" == address(None, {})


def test_either_id_will_do(mode: Mode) -> None:
    """An answer is about what was asked for when one of its ids is the one that was given."""
    both = {"id": "01GDKK569YVD2EB6E9V80VXWY1", "prefix_id": "alt_1"}

    async def scenario() -> None:
        one = client(mode, answer(both))
        for given in (*both.values(), Alert(id=both["id"])):
            assert both["id"] == (await got(one.alerts.retrieve(given))).id
        with pytest.raises(ResponseMismatchError):
            await got(one.alerts.retrieve("alt_2"))

    mode.run(scenario)


def test_an_error_says_what_the_server_says(mode: Mode) -> None:
    """A 422 has the server's messages."""

    async def scenario() -> None:
        one = client(mode, refusal("title can't be blank"))
        with pytest.raises(UnprocessableError) as caught:
            await got(one.alerts.update("A", title=""))
        assert ("title can't be blank",) == caught.value.messages
        assert "PUT /alerts/A: 422 unprocessable: title can't be blank" in str(caught.value)

    mode.run(scenario)


def test_a_lost_answer_is_settled_by_a_look(mode: Mode) -> None:
    """When an acknowledge got a 502 and is then refused, one look tells that the first arrived."""
    answers = iter([answer({}, 502), refusal("already"), answer({"id": "A", "status": "acknowledged"})])

    async def scenario() -> Any:
        return (await got(client(mode, lambda request: next(answers)).alerts.acknowledge("A"))).status

    assert AlertStatus.ACKNOWLEDGED is mode.run(scenario)


def test_create_or_leave(mode: Mode) -> None:
    """A team that is there with its members is left, and one whose notes differ is changed."""
    team = {
        "id": "T",
        "name": "SRE",
        "member_account_user_ids": ["B", "A"],
        "admin_account_user_ids": ["A"],
        "notes": "x",
    }
    arguments = {"name": "SRE", "member_account_user_ids": ["A", "B"], "admin_account_user_ids": ["A"]}

    def handler(request: Request) -> Response:
        return page(team) if request.method == "GET" else answer(team)

    async def scenario() -> Any:
        one = client(mode, handler)
        left = await got(one.teams.ensure(("name",), **arguments, notes="x"))
        changed = await got(one.teams.ensure(("name",), **arguments, notes="y"))
        return left.happened, changed.happened, said(requests(one)[-1])[3]

    assert ("left", "changed", {"notes": "y"}) == mode.run(scenario)


def test_an_integration_is_left_with_its_settings(mode: Mode) -> None:
    """Type and options of an integration are compared as the model has them."""
    has = {
        "id": "I",
        "name": "w",
        "urgency": "low",
        "team_ids": ["T"],
        "integration_type": {"id": "W"},
        "options": {"a": 1},
    }

    async def scenario() -> Any:
        one = client(mode, page(has))
        wanted = {"name": "w", "urgency": "low", "team_ids": ["T"], "integration_type_id": "W", "options": {"a": 1}}
        return (await got(one.integrations.ensure(("name",), **wanted))).happened

    assert "left" == mode.run(scenario)


def test_a_page_where_all_was_expected(mode: Mode) -> None:
    """Who is on call is an array or a whole page; a part of a list is not taken for all of it."""
    entry = {"layer": 1, "event_attendees": [{"attendee_id": "A"}], "unheard_of": 1}
    answers = iter([answer([entry]), page(entry), answer({"data": [entry], "has_more": True})])

    async def scenario() -> Any:
        one = client(mode, lambda request: next(answers))
        first, second = await got(one.teams.current_oncall("T")), await got(one.teams.current_oncall("T"))
        assert first == second
        with pytest.raises(Exception, match="a page of it"):
            await got(one.teams.current_oncall("T"))
        return first

    (found,) = mode.run(scenario)
    assert ("", ["A"], {"unheard_of": 1}) == (found.id, found.on_call_ids, found.extra)


def test_a_list_that_is_a_bare_array(mode: Mode) -> None:
    """A list without an envelope is a list that is whole."""

    async def scenario() -> Any:
        first = await got(client(mode, answer([{"id": "A"}, {"id": "B"}])).schedules.events("S").first())
        return len(first.data), first.has_more, first.total_count

    assert (2, False, 2) == mode.run(scenario)


def read(kind: type[Any], sent: bytes) -> Any:
    """A model from what was sent."""
    return reader(kind)(sent)


def test_an_incident() -> None:
    """What makes an alert an incident stands in its meta."""
    alert = read(
        Alert,
        b'{"id": "A", "meta": {"incident": true, "incident_severity": "SEV-UNKNOWN", "incident_message": "all down"}}',
    )
    assert (True, Severity.UNKNOWN, "all down") == (alert.is_incident, alert.severity, alert.incident_message)
    plain = read(Alert, b'{"id": "A", "status": "snoozed"}')
    assert (False, None, None, "snoozed") == (plain.is_incident, plain.severity, plain.incident_message, plain.status)


@pytest.mark.parametrize("kind", [Event, MaintenanceWindow, User, Profile])
def test_a_model_has_its_zone(kind: Any) -> None:
    """Whatever has a time zone gives it as Python has it, and None where there is none."""
    assert ZoneInfo("America/Phoenix") == read(kind, b'{"id": "A", "time_zone": "Arizona"}').zone
    assert None is read(kind, b'{"id": "A"}').zone


def test_who_an_account_user_is() -> None:
    """Name and primary address of the person are at hand."""
    sent = b'{"id": "A", "user": {"name": "Ada", "emails": [{"email": "b@x"}, {"email": "a@x", "primary": true}]}}'
    ada = read(AccountUser, sent)
    assert ("Ada", "a@x") == (ada.name, ada.email)
    assert "b@x" == read(AccountUser, b'{"id": "A", "user": {"emails": [{"email": "b@x"}]}}').email
    assert (None, None) == (AccountUser(id="A").name, AccountUser(id="A").email)
    assert None is read(AccountUser, b'{"id": "A", "user": {}}').email


def test_other_parts() -> None:
    """An object without a prefix id has one id, nobody on call is nobody, and an integration has the id of its type."""
    assert ("A",) == Alert(id="A").ids
    assert [] == OnCall().on_call_ids
    assert None is Integration(id="A").integration_type_id
    assert "W" == read(Integration, b'{"id": "A", "integration_type": {"id": "W"}}').integration_type_id


def test_what_is_not_there(mode: Mode) -> None:
    """A 404 is an error of its own."""

    async def scenario() -> None:
        with pytest.raises(NotFoundError):
            await got(client(mode, refusal("not found", 404)).alerts.retrieve("A"))

    mode.run(scenario)
