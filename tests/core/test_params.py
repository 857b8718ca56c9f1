"""What callers pass: checked before anything is sent, each kind of bad input an error of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from pagertree_async.errors import InvalidArgumentError, InvalidIdError
from pagertree_async.http import Timeout
from pagertree_async.models import Part, UnixTime
from pagertree_async.params import (
    ID,
    Id,
    JsonObject,
    Options,
    Query,
    Ref,
    RefFilter,
    Refs,
    Taken,
    checked,
    checked_id,
    converted,
    encoded_body,
    mapped,
)
from pagertree_async.query import Op, begins_with, between, contains, gte, ne
from pagertree_async.retry import RetryPolicy
from tests.core.mini import ALERT, FINE, Alert, AlertCreate, AlertQuery, Script, answer, client, query
from tests.modes import Mode, got, rows

HOSTILE = [
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "%2e%2e",
    "a%2fb",
    "a\r\nb",
    "a b",
    "a?b",
    "a#b",
    "ä",
    "a.b",
    "x" * 65,
    "\x00",
    "１２",
]


@pytest.mark.parametrize("value", [*HOSTILE, None, 3, b"alt_1", ["alt_1"], object(), Alert("../x"), True])
@pytest.mark.parametrize("verb", ["retrieve", "update", "delete", "acknowledge", "comment", "events", "logs"])
def test_a_hostile_id_sends_nothing(mode: Mode, verb: str, value: Any) -> None:
    """What could change the address is refused as an id, before any request."""
    script = Script(FINE)
    arguments = {"title": "t"} if verb in {"update", "comment"} else {}

    async def scenario() -> None:
        mini = client(mode, script)
        with pytest.raises(InvalidIdError, match="An id is 1 to 64 letters"):
            await got(getattr(mini.alerts, verb)(value, **arguments))

    mode.run(scenario)
    assert [] == script.requests


@given(st.text(max_size=70))
def test_an_id_is_held_to_its_pattern(value: str) -> None:
    """Exactly what matches the pattern is an id."""
    if ID.fullmatch(value):
        assert value == checked_id(value)
    else:
        with pytest.raises(InvalidIdError):
            checked_id(value)


def test_an_object_stands_for_its_id() -> None:
    """Where an id is wanted an object may be given."""
    assert "alt_9" == checked_id(Alert("alt_9"))
    made = checked(AlertCreate, {"title": "t", "destination_ids": [Alert("alt_9"), "tem_1"]}, "x.y")
    assert {"title": "t", "destinationIds": ["alt_9", "tem_1"]} == msgspec.json.decode(made.encoded())


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("create", {}, r"alerts.create\(\) is missing 'title'"),
    ("create", {"title": UNSET}, r"alerts.create\(\) is missing 'title'"),
    ("create", {"title": 3}, r"alerts.create\(\): title: expected `str`, got `int`"),
    ("create", {"title": None}, r"alerts.create\(\): title: expected `str`, got `null`"),
    ("create", {"title": ne("x")}, r"alerts.create\(\): title: expected `str`"),
    ("create", {"title": "t", "titel": "t"}, r"alerts.create\(\) has no argument 'titel'; did you mean 'title'\?"),
    ("create", {"title": "t", "zzzzzz": 1}, r"alerts.create\(\) has no argument 'zzzzzz'$"),
    (
        "create",
        {"title": "t", "destinationIds": []},
        r"has no argument 'destinationIds'; did you mean 'destination_ids'\?",
    ),
    ("create", {"title": "t", "destination_ids": "tem_1"}, r"destination_ids: expected `array`, got `str`"),
    ("create", {"title": "t", "destination_ids": ["a/b"]}, r"alerts.create\(\): destination_ids: not an id: 'a/b'"),
    ("create", {"title": "t", "destination_ids": [3]}, r"destination_ids: not an id but a int"),
    ("create", {"title": "t", "due": datetime(2020, 1, 1)}, r"due: expected `datetime` with a timezone component"),
    ("create", {"title": "t", "due": "soon"}, r"alerts.create\(\): due: "),
    ("create", {"title": "t", "meta": {"a": object()}}, r"the body cannot be sent as JSON: objects of type object"),
    ("create", {"title": "t", "meta": {1: {2}, "b": object}}, r"the body cannot be sent as JSON: "),
    ("create", {"title": "\ud800"}, r"the body cannot be sent as JSON: .*surrogates not allowed"),
    ("create", {"title": "t", "extra_body": {3: 4}}, r"alerts.create\(\): .*expected `str`, got `int`"),
    ("create", {"title": "t", "extra_body": 3}, r"extra_body: expected `object"),
    ("create", {"title": "t", "timeout": "5"}, r"timeout: expected `float"),
    ("create", {"title": "t", "timeout": -1}, r"timeout: total must be a number of seconds above zero, not -1"),
    ("create", {"title": "t", "timeout": float("nan")}, r"timeout: total must be a number of seconds above zero"),
    ("create", {"title": "t", "retry": 3}, r"retry: expected `object"),
    ("create", {"title": "t", "retry": {"attempts": 0}}, r"retry: attempts=0 out of range"),
    ("list", {"limit": 0}, r"alerts.list\(\): limit: expected `int` >= 1"),
    ("list", {"limit": 101}, r"limit: expected `int` <= 100"),
    ("list", {"limit": "5"}, r"limit: expected `int"),
    ("list", {"limit": True}, r"limit: expected `int"),
    ("list", {"offset": -1}, r"offset: expected `int` >= 0"),
    ("list", {"page": 0}, r"page: expected `int` >= 1"),
    ("list", {"offset": 0, "page": 1}, r"alerts.list\(\) takes an offset or a page, not both"),
    ("list", {"title": 3}, r"title: expected `"),
    ("list", {"title": ne(3)}, r"title: expected `"),
    ("list", {"title": ne(ne("x"))}, r"ne\(\) compares with a value, not with Op"),
    ("list", {"title": ne(UNSET)}, r"ne\(\) compares with a value, not with UNSET"),
    ("list", {"limit": ne(3)}, r"limit: expected `int"),
    ("list", {"titel": "x"}, r"did you mean 'title'\?"),
    ("list", {"extra_query": {"x": object()}}, r"query value 'x' must be a text"),
    ("list", {"title": "\ud800"}, r"a query value cannot be encoded"),
]


@pytest.mark.parametrize(("verb", "arguments", "said"), BAD, ids=[f"{verb}-{n}" for n, (verb, _, _) in enumerate(BAD)])
def test_bad_input_is_told_and_not_sent(mode: Mode, verb: str, arguments: dict[str, Any], said: str) -> None:
    """Missing, unknown and wrongly typed arguments are told by name, before any request."""
    script = Script(answer(200, {"data": []}))

    async def scenario() -> None:
        mini = client(mode, script)
        with pytest.raises(InvalidArgumentError, match=said):
            made = getattr(mini.alerts, verb)(**arguments)
            await (rows(made) if verb == "list" else got(made))

    mode.run(scenario)
    assert [] == script.requests


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda alerts: alerts.create("t"), r"alerts.create\(\) takes keyword arguments only; 1 positional"),
        (lambda alerts: alerts.retrieve(), r"alerts.retrieve\(\) takes id; 0 positional"),
        (lambda alerts: alerts.retrieve("a", "b"), r"takes id; 2 positional"),
        (lambda alerts: alerts.template("odd"), r"type must be one of plain, fancy"),
        (lambda alerts: alerts.template(["plain"]), r"type must be one of plain, fancy"),
        (lambda alerts: alerts.list("x"), r"takes keyword arguments only"),
    ],
)
def test_positional_arguments_are_those_of_the_path(mode: Mode, call: Any, said: str) -> None:
    """Only ids and choices are positional."""
    script = Script(FINE)
    with pytest.raises(InvalidArgumentError, match=said):
        call(client(mode, script).alerts)
    assert [] == script.requests


def test_options_of_a_call_are_not_sent(mode: Mode) -> None:
    """Timeout and retry stay here; extra values go out beside the arguments."""
    script = Script(FINE)

    async def scenario() -> None:
        mini = client(mode, script)
        await got(
            mini.alerts.create(
                title="t",
                timeout=Timeout(total=5),
                retry=RetryPolicy(attempts=1),
                extra_query={"dry": True},
                extra_body={"odd": [1], "title": "over"},
            )
        )
        await got(mini.alerts.create(title="t", timeout=4))
        await got(mini.alerts.delete("alt_1", extra_body={"why": "x"}))

    mode.run(scenario)
    first, second, third = script.requests
    assert {"title": "over", "odd": [1]} == msgspec.json.decode(first.body)
    assert "https://api.test/alert?dry=true" == first.url
    assert 5.0 == first.timeout.total
    assert {"title": "t"} == msgspec.json.decode(second.body)
    assert 4.0 == second.timeout.total
    assert ("DELETE", {"why": "x"}) == (third.method, msgspec.json.decode(third.body))


def test_omitted_is_not_null() -> None:
    """What is left out is not sent, None is."""

    class Params(Options, kw_only=True):
        a: str | None | UnsetType = UNSET
        b: str | None | UnsetType = UNSET

    assert b'{"a":null}' == checked(Params, {"a": None, "b": UNSET}, "x.y").encoded()


def test_moments_are_sent_as_the_api_counts_them() -> None:
    """Unix seconds go out as seconds, in bodies and in queries, whether given so or as a datetime."""
    moment = datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)
    for due in (moment, 1524787370):
        assert {"title": "t", "due": 1524787370} == msgspec.json.decode(
            checked(AlertCreate, {"title": "t", "due": due}, "x.y").encoded()
        )
        assert {"created": "1524787370"} == checked(AlertQuery, {"created": due}, "x.y").query()
    assert {"title": "t"} == msgspec.json.decode(checked(AlertCreate, {"title": "t"}, "x.y").encoded())
    assert {"created": "0..1524787370", "ops": "created:between"} == checked(
        AlertQuery, {"created": between(0, moment)}, "x.y"
    ).query()


def test_comparisons_are_sent_as_ops(mode: Mode) -> None:
    """Each comparison leaves its value in the query and its name in ``ops``."""
    script = Script(answer(200, {"data": [], "has_more": False}))

    async def scenario() -> None:
        listing = client(mode, script).alerts.list(
            title=begins_with("disk"), status=ne("open"), tiny_id=gte(3), only_here=contains("x"), limit=5, page=2
        )
        await got(listing.first())

    mode.run(scenario)
    assert {
        "title": "disk",
        "status": "open",
        "tinyId": "3",
        "only_here": "x",
        "limit": "5",
        "page": "2",
        "ops": "title:beginsWith,status:ne,tinyId:gte,only_here:contains",
    } == query(script.requests[0])


class Hours(Part, frozen=True):
    """A part of a model that can be given back."""

    start: UnixTime | None = None
    name: str | None = None


class Loud(Taken):
    """A text that is sent in capitals."""

    __slots__ = ()

    @classmethod
    def take(cls, value: object) -> Self:
        """Any text but the empty one."""
        if not isinstance(value, str) or not value:
            return super().take(value)
        return cls(value.upper())


class Everything(Options, kw_only=True):
    """Parameters of every kind of the core."""

    alternatives = (("new", "newer"), ("old",))

    def problem(self) -> str | None:
        """One value that is never right."""
        return "takes no 'never'" if self.old == "never" else None

    new: str | UnsetType = UNSET
    newer: str | UnsetType = UNSET
    old: str | UnsetType = UNSET
    which: Refs | UnsetType = UNSET
    hours: JsonObject | UnsetType = UNSET
    only: Ref | UnsetType = UNSET
    loud: Loud | UnsetType = UNSET


class Filters(Query, kw_only=True):
    """A list filtered by ids."""

    team: RefFilter | UnsetType = UNSET
    must: str


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"old": "x"}, {"old": "x"}),
        ({"new": "x", "newer": "y"}, {"new": "x", "newer": "y"}),
        ({"old": "x", "which": "tem_1"}, {"old": "x", "which": "tem_1"}),
        ({"old": "x", "which": [Alert("a"), "b"]}, {"old": "x", "which": ["a", "b"]}),
        ({"old": "x", "which": ("a",)}, {"old": "x", "which": ["a"]}),
        ({"old": "x", "hours": {"a": [1]}}, {"old": "x", "hours": {"a": [1]}}),
        ({"old": "x", "hours": Hours(start=5)}, {"old": "x", "hours": {"start": 5}}),  # type: ignore[arg-type]
        ({"old": "x", "only": Alert("a")}, {"old": "x", "only": "a"}),
        ({"old": "x", "loud": "hey"}, {"old": "x", "loud": "HEY"}),
    ],
)
def test_arguments_of_every_kind(given: dict[str, Any], body: dict[str, Any]) -> None:
    """Ids one or several, parts and mappings, alternatives: each becomes what the API takes."""
    assert body == msgspec.json.decode(checked(Everything, given, "x.y").encoded())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, r"x.y\(\) is missing 'old'. Give new, newer; or old"),
        ({"new": "x"}, r"x.y\(\) is missing 'newer'"),
        ({"old": "x", "which": ["a", "b/c"]}, "which: not an id: 'b/c'"),
        ({"old": "x", "which": 3}, "which: not an id but a int"),
        ({"old": "x", "hours": [1]}, "hours: expected a mapping, got list"),
        ({"old": "x", "hours": "x"}, "hours: expected a mapping, got str"),
        ({"old": "never"}, r"x.y\(\) takes no 'never'"),
    ],
)
def test_wrong_arguments_of_every_kind(given: dict[str, Any], said: str) -> None:
    """Each is told by name."""
    with pytest.raises(InvalidArgumentError, match=said):
        checked(Everything, given, "x.y")


def test_an_argument_that_takes_nothing_says_so() -> None:
    """The base of what an argument becomes leaves the taking to its subclasses."""
    with pytest.raises(NotImplementedError):
        Taken.take("x")


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (3, str, "x: expected `str`, got `int`"),
        ("a/b", Id, "x: not an id: 'a/b'"),
        (["a", 3], list[str], "x: expected `str`"),
    ],
)
def test_what_stands_inside_an_argument_is_converted(value: Any, kind: Any, said: str) -> None:
    """An object inside an argument is held to its type, told by the argument's name."""
    assert "alt_1" == converted(Alert("alt_1"), Id, "x")
    with pytest.raises(InvalidArgumentError, match=said):
        converted(value, kind, "x")


def test_a_filter_by_ids_is_checked() -> None:
    """Ids in a filter are held to the pattern, compared or not; a missing argument is told before them."""
    assert {"team": "tem_1", "must": "m"} == checked(Filters, {"team": Alert("tem_1"), "must": "m"}, "x.y").query()
    made = checked(Filters, {"team": ne("tem_1"), "must": "m"}, "x.y")
    assert {"team": "tem_1", "must": "m", "ops": "team:ne"} == made.query()
    with pytest.raises(InvalidIdError):
        checked(Filters, {"team": ne("a/b"), "must": "m"}, "x.y")
    with pytest.raises(InvalidArgumentError, match="is missing 'must'"):
        checked(Filters, {"team": ne("a/b")}, "x.y")


def test_bodies_take_what_json_has() -> None:
    """Common values of Python have a form in JSON, others are refused."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    identity = UUID(int=1)
    assert ["2020-01-01T00:00:00Z", str(identity), [1]] == msgspec.json.decode(encoded_body([moment, identity, {1}]))
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(InvalidArgumentError, match="cannot be sent as JSON"):
        encoded_body(circle)


def test_attribute_names_are_spelled_as_the_api_does() -> None:
    """Names of a sort order become those on the wire, with their minus."""
    assert "-tinyId,title,odd" == mapped(["-tiny_id", "title", "odd"], Alert)


def test_a_comparison_is_a_value() -> None:
    """Equal comparisons are equal, so that a query can be compared."""
    assert Op("ne", (1,)) == ne(1)
    assert isinstance(AlertQuery(title=ne("x")), Query)
    assert ALERT["id"] == "alt_1"
    assert Sequence
