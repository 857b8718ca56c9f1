"""What the API sends becomes models that lose nothing."""

from __future__ import annotations

import copy
import json
import pickle
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async.errors import InvalidResponseError
from pagertree_async.models import Model, Part, Timestamp, UnixTime, as_datetime, decoded, reader, row_keys, rows_reader
from pagertree_async.paging import read_envelope
from tests.core.mini import Alert, Status

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet=st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=12,
)
KNOWN = frozenset(Alert.__struct_encode_fields__)
AGAIN: list[Any] = [copy.copy, copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]


class Window(Part, frozen=True):
    """A part with a moment."""

    start: UnixTime | None = None
    end: Timestamp | None = None


class Event(Alert, frozen=True, rename="camel"):
    """A model below a model."""

    window: Window | None = None


def alert(**fields: Any) -> Alert:
    return reader(Alert)(json.dumps({"id": "alt_1", **fields}).encode())


@given(
    st.dictionaries(
        st.text(alphabet=st.characters(exclude_categories=["Cs"])).filter(lambda k: k not in KNOWN), JSON, max_size=4
    )
)
def test_unknown_json_survives(unknown: dict[str, Any]) -> None:
    """Whatever the API sends beyond the known fields comes through decoding, copying and pickling."""
    sent = json.dumps({"id": "alt_1", "title": "t", **unknown}).encode()
    for model in (reader(Alert)(sent), *(again(reader(Alert)(sent)) for again in AGAIN)):
        assert unknown == model.extra
        assert {"id": "alt_1", "title": "t", **unknown} == model.to_dict()
        assert sent == model.to_json()
        assert reader(Alert)(sent) == model


@pytest.mark.parametrize(
    ("sent", "extra"),
    [
        (b'{"id": "a", "x": 1e400}', {"x": float("inf")}),
        (b'{"id": "a", "x": "\xff"}', {"x": "\ufffd"}),
        (b'{"id": "a", "x": 123456789012345678901234567890}', {"x": 123456789012345678901234567890}),
    ],
)
def test_odd_unknown_values_can_be_read(sent: bytes, extra: dict[str, Any]) -> None:
    """What no decoder likes in an unknown field neither breaks the model nor its extra."""
    model = reader(Alert)(sent)
    assert extra == model.extra
    assert "a" == model.to_dict()["id"]
    assert sent == model.to_json()


def test_names_are_ours_here_and_theirs_on_the_wire() -> None:
    """Attributes are in snake_case, JSON has the names of the API."""
    model = alert(tinyId=7, other=1)
    assert 7 == model.tiny_id
    assert {"other": 1} == model.extra
    assert {"id": "alt_1", "tinyId": 7, "other": 1} == model.to_dict()


@pytest.mark.parametrize("again", AGAIN)
def test_a_model_made_by_hand_survives_too(again: Any) -> None:
    """A model that was never sent is copied and pickled by its fields, without extra."""
    model = Alert("alt_1", title="t", created=datetime(2020, 1, 1, tzinfo=UTC), tags=["a"])
    assert model == again(model)
    assert {} == again(model).extra
    assert {"id": "alt_1", "title": "t", "created": "2020-01-01T00:00:00Z", "tags": ["a"]} == model.to_dict()
    assert model.to_dict() == json.loads(model.to_json())


def test_secrets_are_hidden_and_left_out() -> None:
    """A secret field shows stars, and exports go without it."""
    sent = alert(password="hunter2", more=1)
    made = Alert("alt_1", password="hunter2")
    for model in (sent, made):
        assert "hunter2" not in repr(model)
        assert "password='***'" in repr(model)
        assert ("password", "***") in list(model.__rich_repr__())
        assert "password" not in model.to_dict(secrets=False)
        assert b"hunter2" not in model.to_json(secrets=False)
        assert b"hunter2" in model.to_json()
        assert "hunter2" == model.to_dict()["password"]
    assert 1 == sent.to_dict(secrets=False)["more"]


def test_a_model_without_secrets_exports_what_was_sent() -> None:
    """Without secret fields the bytes are those that came."""
    sent = b'{ "id":"a" ,\n "z": 1}'

    class Plain(Model, frozen=True):
        """Only an id."""

    assert sent == reader(Plain)(sent).to_json(secrets=False)


def test_repr_is_short_and_leaves_out_what_is_missing() -> None:
    """A repr shows what is there, each value cut."""
    assert "Alert(id='alt_1', tags=['" in repr(alert(tags=["x" * 500]))
    assert len(repr(alert(title="x" * 500))) < 200
    assert "Alert(id='alt_1')" == repr(alert())


def test_models_are_frozen_and_hashable() -> None:
    """A model cannot be changed, and equal ones hash alike, lists in them or not."""
    model = alert(tags=["a"])
    with pytest.raises(AttributeError):
        model.title = "other"  # type: ignore[misc]
    assert 1 == len({model, alert(tags=["a"])})
    assert ("alt_1",) == model.ids


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        (None, None),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1524787370, datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)),
        (1524787370.5, datetime(2018, 4, 27, 0, 2, 50, 500000, tzinfo=UTC)),
        (-86400, datetime(1969, 12, 31, tzinfo=UTC)),
        ("2018-04-27T00:02:50.000Z", datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)),
        ("2018-04-27T02:02:50+02:00", datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)),
        ("2018-04-27T00:02:50", datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)),
    ],
)
def test_moments_are_aware(sent: Any, moment: datetime | None) -> None:
    """Unix seconds and ISO times read as aware datetimes and go back as they came."""
    model = alert(created=sent)
    assert moment == model.created
    assert sent == model.to_dict()["created"]
    assert moment is None or model.created.tzinfo is not None  # type: ignore[union-attr]
    assert moment == as_datetime(moment)


@pytest.mark.parametrize("sent", ["soon", "", 1e300, 1524787370000000, -1e20])
def test_a_moment_that_is_none_says_so_when_it_is_read(sent: Any) -> None:
    """Reading it is a clear error; the rest of the object, its repr and its JSON work."""
    model = alert(created=sent, title="t")
    with pytest.raises(InvalidResponseError, match="as a moment"):
        _ = model.created
    assert "title='t'" in repr(model)
    assert f"created={sent!r}" in repr(model)
    assert sent == model.to_dict()["created"]
    assert sent == pickle.loads(pickle.dumps(model)).to_dict()["created"]


def test_moments_are_read_below_and_inside() -> None:
    """A model below another, and a part inside one, read their moments alike."""
    event = reader(Event)(b'{"id": "e", "created": 0, "window": {"start": 60, "end": "2020-01-01T00:00:00+01:00"}}')
    assert datetime(1970, 1, 1, tzinfo=UTC) == event.created
    assert event.window is not None
    assert datetime(1970, 1, 1, 0, 1, tzinfo=UTC) == event.window.start
    assert datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=1))) == event.window.end
    assert "_UnixField" in repr(Event.created)


def test_an_unknown_enum_value_is_kept() -> None:
    """A value not met before is a member of its own, equal to its string, and survives."""
    model = alert(status="snoozed")
    assert "snoozed" == model.status
    assert isinstance(model.status, Status)
    assert {"snoozed": 1} == {model.status: 1}
    assert "snoozed" == pickle.loads(pickle.dumps(model.status)) == copy.deepcopy(model.status)
    assert Status.OPEN is alert(status="open").status
    assert b'"snoozed"' == msgspec.json.encode(model.status)
    assert "snoozed" == str(model.status)


def test_an_enum_is_open_for_texts_only() -> None:
    """Anything but a text is no member."""
    with pytest.raises(ValueError, match="3 is not a valid Status"):
        Status(3)


def test_models_in_a_list_keep_their_bytes() -> None:
    """A list of models keeps for each what was sent; other kinds are decoded as they are."""
    rows = reader(list[Alert])(b'[{"id": "a", "x": 1}, {"id": "b"}]')
    assert [{"x": 1}, {}] == [row.extra for row in rows]
    assert ["a"] == [row.id for row in reader(list[Alert])(b'{"data": [{"id": "a"}], "has_more": false}')]
    with pytest.raises(InvalidResponseError, match="Expected all of a list, got a page of it"):
        decoded(b'{"data": [{"id": "a"}], "has_more": true}', reader(list[Alert]))
    assert {"a": [1]} == reader(dict)(b'{"a": [1]}')
    assert [1] == reader(list[int])(b"[1]")


def split(page: bytes) -> list[msgspec.Raw]:
    return msgspec.json.decode(page, type=list[msgspec.Raw])


@given(st.lists(st.dictionaries(st.sampled_from(["x", "y"]), JSON, max_size=2), max_size=5))
def test_the_rows_of_a_page_are_read_as_each_alone(unknown: list[dict[str, Any]]) -> None:
    """A page at once gives the objects, and keeps the bytes, that its rows give one by one."""
    sent = [json.dumps({"id": f"alt_{number}", **more}).encode() for number, more in enumerate(unknown)]
    rows = rows_reader(Alert)(split(b"[" + b", ".join(sent) + b"]"))
    assert [reader(Alert)(one) for one in sent] == rows
    assert sent == [row.to_json() for row in rows]


def test_a_row_that_must_be_mended_stands_among_others() -> None:
    """Half a character in one row of a page keeps neither it nor the others from being read."""
    sent = b'{"id": "a", "x": 1}', b'{"id": "b", "title": "c \\ud83d"}', b'{"id": "c"}'
    page = b"[" + b",".join(sent) + b"]"
    for rows in (
        rows_reader(Alert)([msgspec.Raw(one) for one in sent]),
        reader(list[Alert])(page),
        rows_reader(Alert)(read_envelope(page).data),
        rows_reader(Alert)(read_envelope(b'{"data": ' + page + b', "has_more": false}').data),
    ):
        assert [("a", {"x": 1}), ("b", {}), ("c", {})] == [(row.id, row.extra) for row in rows]
        assert ["c ?"] == [row.title for row in rows if row.title]
    for body in (page[:-1], page.replace(b"c ", b"c \n")):
        with pytest.raises(InvalidResponseError, match="not JSON"):
            decoded(body, read_envelope)


@pytest.mark.parametrize("bad", [b'{"id": 3}', b'{"id": "b", "title": "\\x"}', b'{"id": "\xff"}'])
def test_a_row_that_cannot_be_read_says_what_it_would_alone(bad: bytes) -> None:
    """A page fails by its first row that fails, in the same words."""
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)) as alone:
        reader(Alert)(bad)
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)) as among:
        rows_reader(Alert)([msgspec.Raw(b'{"id": "a"}'), msgspec.Raw(bad), msgspec.Raw(b"[]")])
    assert (type(alone.value), str(alone.value)) == (type(among.value), str(among.value))


def test_a_row_that_is_kept_keeps_its_own_bytes() -> None:
    """One row of each page kept takes its own size, not that of its page; and no dict."""
    page = b"[" + b",".join(b'{"id":"alt_%d","title":"%s"}' % (number, b"t" * 500) for number in range(100)) + b"]"
    read = rows_reader(Alert)
    read(split(page))
    tracemalloc.start()
    kept = [read(split(bytes(bytearray(page))))[7] for _ in range(50)]
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert ["alt_7"] * 50 == [row.id for row in kept]
    assert size < 50 * 3_000 < 50 * len(page)
    assert not hasattr(kept[0], "__dict__")


def test_what_was_received_is_let_go_of_with_the_object() -> None:
    """The bytes that an object was made of live as long as it does."""
    sent = bytes(bytearray(b'{"id": "a", "title": "unlike any other"}'))
    before = sys.getrefcount(sent)
    one, other = reader(Alert)(sent), reader(Event)(sent)
    assert before + 2 == sys.getrefcount(sent)
    changed = msgspec.structs.replace(one, title="b")
    assert {"id": "a", "title": "b"} == changed.to_dict()
    del one, other
    assert before == sys.getrefcount(sent)


def test_rows_are_told_apart_by_their_keys() -> None:
    """By the id, or by what a model says instead."""

    class Repeated(Alert, frozen=True):
        @property
        def row_key(self) -> object:
            return self.id, self.title

    assert ["a", "b"] == list(row_keys([Alert(id="a"), Alert(id="b")]))
    assert [("a", "x"), ("a", "y")] == list(row_keys([Repeated(id="a", title="x"), Repeated(id="a", title="y")]))
    assert [] == list(row_keys([]))
    assert "a" == Alert(id="a").row_key


@pytest.mark.parametrize(
    ("body", "malformed"),
    [
        (b"", True),
        (b"   ", True),
        (b"{", True),
        (b"<html>", True),
        (b'{"id": "a"} {"id": "b"}', True),
        (b'{"id": "a"}x', True),
        ('{"id": "a"}'.encode("utf-16"), True),
        (b'{"id": "\xff"}', True),
        (b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", None),
        (b'{"id": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", True),
        (b"[" * 100_000, None),
        (b"null", False),
        (b"[]", False),
        (b"3", False),
        (b"{}", False),
        (b'{"id": 3}', False),
        (b'{"id": "a", "tags": "x"}', False),
    ],
)
def test_broken_answers_are_told_apart(body: bytes, malformed: bool | None) -> None:
    """What is not JSON is malformed, JSON of another shape is not; both keep the body and say what came."""
    with pytest.raises(InvalidResponseError) as caught:
        decoded(body, reader(Alert), 201)
    error = caught.value
    if malformed is not None:
        assert malformed == error.malformed
    assert (201, body) == (error.status, error.body)
    assert str(error).startswith("201, but the answer ")
    assert len(str(error)) < 500


def test_a_fine_answer_is_read() -> None:
    """What is as it should be becomes the model."""
    assert Alert("a") == decoded(b'{"id": "a"}', reader(Alert))
