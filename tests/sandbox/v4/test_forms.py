"""Bodies as forms, paths with a slash at their end, and requests of web pages: what Rails and the vendor's words promise."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.v4.forms import nested
from tests.sandbox.v4.wires import Line
from tests.sandbox.wire import Reply, drive

FORM = "application/x-www-form-urlencoded"


def sent(line: Line, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
    """A request with headers of its own."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return drive(line.sandbox.app, method, f"/api/v4{path}", body, b"", line.headers | named)


keys = st.text("abc_", min_size=1, max_size=3)
values = st.text(max_size=5)
objects = st.recursive(
    values | st.lists(values, min_size=1, max_size=3),
    lambda part: st.dictionaries(keys, part, min_size=1, max_size=3),
    max_leaves=8,
)


def pairs(value: Any, name: str) -> list[tuple[str, str]]:
    """A value as the names and values of a form."""
    if isinstance(value, dict):
        return [pair for key, part in value.items() for pair in pairs(part, f"{name}[{key}]" if name else key)]
    if isinstance(value, list):
        return [(f"{name}[]", part) for part in value]
    return [(name, value)]


@given(st.dictionaries(keys, objects, max_size=3))
def test_what_is_put_into_a_form_comes_out(body: dict[str, Any]) -> None:
    """Objects, arrays and texts at any depth survive."""
    assert body == nested(pairs(body, ""))


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ([("a", "1"), ("a", "2")], {"a": "2"}),
        ([("a[]", "1"), ("a[]", "1")], {"a": ["1", "1"]}),
        ([("a[][b]", "1"), ("a[][c]", "2"), ("a[][b]", "3")], {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        ([("a[][b][c]", "1"), ("a[][b][d]", "2")], {"a": [{"b": {"c": "1", "d": "2"}}]}),
        ([("a[][b][]", "1"), ("a[][b][]", "2")], {"a": [{"b": ["1", "2"]}]}),
        ([("a[]", "1"), ("a[][b]", "2")], {"a": ["1", {"b": "2"}]}),
        ([("a]b", "1"), ("[a]", "2"), ("a[b", "3"), ("", "4")], {"a]b": "1", "[a]": "2", "a[b": "3", "": "4"}),
        ([], {}),
    ],
)
def test_how_names_are_read(given: list[tuple[str, str]], body: Any) -> None:
    """The last of one name counts; an object of an array ends where a name comes again."""
    assert body == nested(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([("a", "1"), ("a[b]", "2")], "expected Hash (got String) for param `a'"),
        ([("a[]", "1"), ("a[b]", "2")], "expected Hash (got Array) for param `a'"),
        ([("a[b]", "1"), ("a[]", "2")], "expected Array (got Hash) for param `a'"),
        ([("a" + "[a]" * 40, "1")], "The body lies within itself too deeply"),
    ],
)
def test_what_contradicts_itself(given: list[tuple[str, str]], message: str) -> None:
    """A name that is one thing and another is a 400."""
    with pytest.raises(Refusal) as caught:
        nested(given)
    assert (400, (message,)) == (caught.value.status, caught.value.messages)


def test_a_form_makes_an_alert(line: Line) -> None:
    """A form is read like JSON, its texts as what the fields are."""
    body = [
        *(("title", "disk full"), ("urgency", "high"), ("tags[]", "a"), ("tags[]", "b")),
        *(("destination_account_user_ids[]", line.me), ("meta[incident]", "true")),
    ]
    reply = sent(line, "POST", "/alerts", urlencode(body).encode(), content_type=f"{FORM}; charset=utf-8")
    assert (201, "disk full", ["a", "b"], [line.me], {"incident": "true"}) == (
        reply.status,
        *(reply.json[name] for name in ("title", "tag_list", "destination_account_user_ids", "meta")),
    )
    path = f"/integrations/{line.first('integrations')['id']}"
    assert False is sent(line, "PUT", path, b"enabled=false", content_type=FORM).json["enabled"]


def test_an_array_needs_its_brackets(line: Line) -> None:
    """One name several times over is one text, as for Rails, and no array."""
    body = f"title=x&urgency=low&destination_account_user_ids={line.me}&destination_account_user_ids={line.me}"
    assert 422 == sent(line, "POST", "/alerts", body.encode(), content_type=FORM).status


def test_json_that_is_called_a_form_is_none(line: Line) -> None:
    """What calls itself a form is read as one: a client that forgets its content type finds out here."""
    assert 422 == sent(line, "POST", "/alerts", b'{"title": "x", "urgency": "low"}', content_type=FORM).status


def test_a_form_that_is_no_text(line: Line) -> None:
    """Bytes that are no UTF-8 are a 400, quoted or not."""
    for body in (b"title=\xff", b"title=%ff"):
        reply = sent(line, "POST", "/alerts", body, content_type=FORM)
        assert (400, ["The body is not valid UTF-8"]) == (reply.status, reply.messages)


def test_a_slash_at_the_end(line: Line) -> None:
    """The vendor's own examples have one: it changes nothing, and is not counted apart."""
    assert line.ids("/teams") == line.ids("/teams/") == line.ids("/teams//")
    team = line.first("teams")
    assert team == line.get(f"/teams/{team['id']}/").json
    assert 4 == line.sandbox.requests["GET /api/v4/teams"]


def test_true_by_its_number(line: Line) -> None:
    """A filter of true or false may be a number, as the vendor's command line sends it."""
    line.put(f"/integrations/{line.first('integrations')['id']}", {"enabled": False})
    every = line.everything("/integrations")
    for number, word, enabled in ((1, "true", True), (0, "false", False)):
        wanted = [one["id"] for one in every if one["enabled"] is enabled]
        assert wanted
        assert wanted == [one["id"] for one in line.everything("/integrations", enabled=number)]
        assert wanted == [one["id"] for one in line.everything("/integrations", enabled=word)]
    assert (400, ["'enabled' must be compared with true or false"]) == line.refused("GET", "/integrations", enabled=2)


@pytest.mark.parametrize("path", ["/alerts", "/alerts/any", "/nothing"])
def test_a_page_asks_whether_it_may(path: str, line: Line) -> None:
    """A browser's question is answered without a key, for every method and header that the API takes."""
    asked = {
        "origin": "https://status.example",
        "access_control_request_method": "PUT",
        "access_control_request_headers": "authorization,content-type",
    }
    reply = drive(
        line.sandbox.app,
        "OPTIONS",
        f"/api/v4{path}",
        b"",
        b"",
        {name.replace("_", "-"): value for name, value in asked.items()},
    )
    allowed = reply.headers["access-control-allow-methods"]
    assert (200, "*") == (reply.status, reply.headers["access-control-allow-origin"])
    assert {"GET", "POST", "PUT", "DELETE"} <= set(allowed.replace(" ", "").split(","))
    assert {"authorization", "content-type"} <= set(
        reply.headers["access-control-allow-headers"].lower().replace(" ", "").split(",")
    )


def test_a_page_reads_the_answer(line: Line) -> None:
    """Every answer, of success or not, says that any page may read it; others are not told."""
    for key, status in ((line.headers["authorization"], 200), ("Bearer none", 401)):
        reply = sent(line, "GET", "/teams", authorization=key, origin="https://status.example")
        assert (status, "*") == (reply.status, reply.headers["access-control-allow-origin"])


def test_the_older_version_takes_pages_too() -> None:
    """Its documentation promises the same."""
    with Sandbox(size=20) as sandbox:
        reply = drive(
            sandbox.app, "GET", "/team", b"", b"", {"authorization": sandbox.token(), "origin": "https://x.example"}
        )
    assert (200, "*") == (reply.status, reply.headers["access-control-allow-origin"])
