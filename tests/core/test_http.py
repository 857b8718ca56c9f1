"""Secrets, headers, timeouts, requests and responses."""

from __future__ import annotations

import copy
import math
import pickle
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async.errors import ConfigurationError, InvalidArgumentError
from pagertree_async.http import BlockingTransport, Headers, Request, Response, Secret, Timeout, Transport
from pagertree_async.transports.memory import AsyncMemoryTransport, MemoryTransport

HIDDEN = "hunter2-and-more"


@pytest.mark.parametrize(
    "shown",
    [repr, str, format, lambda s: f"{s!r:>30}", "{}".format, "%s".__mod__, lambda s: str([s, {"k": s}]), ascii],
)
def test_a_secret_is_never_shown(shown: Any) -> None:
    """No way of turning a secret into text shows it."""
    assert HIDDEN not in shown(Secret(HIDDEN))
    assert "***" in shown(Secret(HIDDEN))


def test_a_format_spec_works_on_the_stars() -> None:
    """A width is kept to, so that tables stay straight."""
    assert "***  " == f"{Secret(HIDDEN):5}"


def test_a_pickled_secret_is_empty_and_says_where_to_get_it() -> None:
    """A pickle holds no secret; the copy can be shown, and using it names the source."""
    pickled = pickle.dumps(Secret(HIDDEN, "PAGERTREE_TOKEN"))
    assert HIDDEN.encode() not in pickled
    twin = pickle.loads(pickled)
    assert twin.lost
    assert "Secret('***')" == repr(twin)
    with pytest.raises(ConfigurationError, match="take it from PAGERTREE_TOKEN again"):
        twin.reveal()
    assert "PAGERTREE_TOKEN" in repr(pickle.dumps(twin))


def test_a_copied_secret_is_the_same() -> None:
    """Within a process a copy is as good as the original."""
    secret = Secret(HIDDEN)
    assert [HIDDEN, HIDDEN] == [copy.copy(secret).reveal(), copy.deepcopy(secret).reveal()]
    assert not secret.lost


def test_secrets_compare_by_what_they_hide() -> None:
    """Equal secrets are equal and hash alike, any text included, and none equals its text."""
    assert Secret("a\udc80") == Secret("a\udc80")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_headers_are_looked_up_without_regard_to_case() -> None:
    """Any case finds a header, and several of one name are joined."""
    headers = Headers([("X-Request-Id", "7"), ("set-cookie", "a"), ("Set-Cookie", "b")])
    assert "7" == headers["x-REQUEST-id"]
    assert "a, b" == headers["set-cookie"]
    assert ["x-request-id", "set-cookie"] == list(headers)
    assert 2 == len(headers)
    assert None is headers.get("nothing")
    assert "Headers(['x-request-id', 'set-cookie'])" == repr(headers)
    assert ("7", None, "none") == (headers.get("x-REQUEST-id"), headers.get("date"), headers.get("date", "none"))
    assert (True, False, False) == ("SET-cookie" in headers, "date" in headers, 3 in headers)
    assert headers.pairs == pickle.loads(pickle.dumps(headers)).pairs


@pytest.mark.parametrize("name", Timeout.__struct_fields__)
@pytest.mark.parametrize("value", [0, -1, math.nan, None, "5", True, b"1"])
def test_a_timeout_is_a_number_above_zero(name: str, value: Any) -> None:
    """Anything else is refused by name."""
    with pytest.raises(InvalidArgumentError, match=f"timeout: {name} must be a number of seconds above zero"):
        Timeout(**{name: value})


@pytest.mark.parametrize("value", [0, -1, math.nan, None, "5", True])
def test_a_total_is_a_number_above_zero(value: Any) -> None:
    """A plain value is held to the same."""
    with pytest.raises(InvalidArgumentError):
        Timeout.of(value)


def test_a_number_is_the_total() -> None:
    """A number sets the total and leaves the parts; a Timeout is taken as it is."""
    assert Timeout(total=3, read=2) == Timeout.of(3, Timeout(total=9, read=2))
    assert Timeout(total=3) == Timeout.of(3)
    assert Timeout(total=4, read=1) == Timeout.of(Timeout(total=4, read=1), Timeout(read=2))
    assert math.inf == Timeout.of(math.inf).total


def test_a_request_shows_neither_query_nor_headers_nor_body() -> None:
    """What a request shows holds no secret."""
    request = Request(method="POST", url="https://a.test/x?token=1", headers=(("a", Secret(HIDDEN)),), body=b"secret")
    assert "<Request POST https://a.test/x (6 bytes)>" == repr(request)
    shown = str(list(request.__rich_repr__()))
    assert [False, False, False] == [word in shown for word in ("token", "secret", HIDDEN)]
    assert [("a", HIDDEN)] == request.revealed_headers()


def test_the_time_left_is_never_below_zero() -> None:
    """A deadline that passed leaves nothing, none leaves all."""
    assert 0.0 == Request(method="GET", url="", deadline=time.monotonic() - 1).time_left()
    assert math.inf == Request(method="GET", url="").time_left()


def test_a_response_shows_no_body() -> None:
    """What a response shows is its status and size; its JSON is a call away."""
    response = Response(status=200, body=b'{"a": 1}', headers=Headers([("X-Request-ID", "7")]))
    assert [True, False, False] == [Response(status=status).ok for status in (299, 300, 199)]
    assert "<Response 200 (8 bytes)>" == repr(response)
    assert '"a"' not in str(list(response.__rich_repr__()))
    assert {"a": 1} == response.json()
    assert "7" == response.request_id
    assert None is Response(status=204).json()
    assert None is Response(status=204).request_id


def test_transports_are_known_by_their_method() -> None:
    """Anything with a method ``send`` is a transport."""
    assert isinstance(AsyncMemoryTransport(lambda request: Response(status=204)), Transport)
    assert isinstance(MemoryTransport(lambda request: Response(status=204)), BlockingTransport)
    assert not isinstance(object(), Transport)


@given(st.lists(st.tuples(st.sampled_from(["A", "a", "b", "B-c"]), st.text(alphabet="xyz", max_size=3))))
def test_headers_lose_nothing(pairs: list[tuple[str, str]]) -> None:
    """Every value of a name is in what a look-up of it gives, in order."""
    headers = Headers(pairs)
    assert {name.lower() for name, _ in pairs} == set(headers)
    for name in headers:
        assert ", ".join(value for key, value in pairs if key.lower() == name) == headers[name.upper()]
