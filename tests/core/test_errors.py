"""What errors carry, say and survive."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import errors
from pagertree_async.errors import (
    AmbiguousWriteError,
    APIError,
    AttemptTimeoutError,
    InvalidResponseError,
    PagerTreeError,
    ProxyError,
    RateLimitedError,
    ResponseLostError,
    Sent,
    TransportError,
    UnexpectedRedirectError,
    api_error,
    messages_of,
    shortened,
    without_frames,
)
from pagertree_async.http import Headers


def _examples() -> list[PagerTreeError]:
    made: list[PagerTreeError] = []
    for name in errors.__all__:
        kind = getattr(errors, name)
        if not (isinstance(kind, type) and issubclass(kind, PagerTreeError)):
            continue
        if issubclass(kind, APIError):
            made.append(kind(418, headers=Headers([("X-Odd", "1")]), body=b'{"message": "no"}', hint="do this"))
        elif issubclass(kind, InvalidResponseError):
            made.append(kind("odd", status=200, body=b"<", malformed=True, hint="do this"))
        elif issubclass(kind, ResponseLostError):
            made.append(kind("cut", status=502, hint="do this"))
        elif issubclass(kind, ProxyError):
            made.append(kind("refused", status=407, hint="do this"))
        elif issubclass(kind, AttemptTimeoutError):
            made.append(kind("slow", sent=Sent.YES, status=200, hint="do this"))
        elif issubclass(kind, TransportError):
            made.append(kind("broke", sent=Sent.MAYBE, hint="do this"))
        else:
            made.append(kind("went wrong", hint="do this"))
    return made


@pytest.mark.parametrize("error", _examples(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_every_error_survives_copy_and_pickle(error: PagerTreeError, again: Any) -> None:
    """Class, text and every attribute come through."""
    error.method, error.path, error.attempts, error.elapsed = "POST", "/alert", 3, 1.25
    error.request_id, error.maybe_applied, error.next_offset = "req-1", True, 300
    twin = again(error)
    assert type(error) is type(twin)
    assert str(error) == str(twin)
    assert error.args == twin.args
    assert error.__dict__ == twin.__dict__


@pytest.mark.parametrize("error", _examples(), ids=lambda error: type(error).__name__)
def test_every_error_says_what_to_do(error: PagerTreeError) -> None:
    """A hint given to an error ends its text."""
    assert str(error).endswith(". do this")


def test_every_error_stands_in_the_tree_of_the_docstring() -> None:
    """No error is missing from the drawing, and none is drawn that is not there."""
    drawn = {
        word for word in errors.__doc__.replace("─", " ").split() if word.endswith(("Error", "IncompleteListWarning"))
    }
    assert {name for name in errors.__all__ if name.endswith(("Error", "Warning"))} == {
        name for name in drawn if hasattr(errors, name)
    }


def test_the_text_holds_what_is_known_of_the_call() -> None:
    """Method, path, status, the server's words, request id, attempts, time and hint stand in the text."""
    error = api_error(401, {}, b'{"errors": [{"message": "token expired"}]}')
    error.method, error.path, error.attempts, error.elapsed, error.request_id = "GET", "/alert", 2, 0.5, "7f3a"
    assert (
        "GET /alert: 401 unauthorized: token expired (request 7f3a, 2 attempts in 0.5 s). Check the credentials the "
        "client was given, or the environment variables they come from"
    ) == str(error)


def test_the_text_of_one_attempt_and_of_a_list() -> None:
    """One attempt is singular, and a list that broke off says where to go on."""
    error = AmbiguousWriteError("it left", sent=Sent.MAYBE)
    error.attempts, error.next_offset = 1, 200
    assert (
        "it left [maybe sent] (1 attempt in 0.0 s, the list can go on from offset 200). "
        "Look whether it was applied before sending it again"
    ) == str(error)


def test_a_redirect_shows_where_to_without_its_query() -> None:
    """A redirect's text holds the address it points to, less what may be a secret."""
    error = api_error(302, Headers([("Location", "https://elsewhere.test/a?token=1")]), b"")
    assert isinstance(error, UnexpectedRedirectError)
    assert "302 error to https://elsewhere.test/a, not followed. " + UnexpectedRedirectError.hint == str(error)
    assert str(api_error(304, {}, b"")).startswith("304 error, not followed")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (101, "APIError"),
        (301, "UnexpectedRedirectError"),
        (308, "UnexpectedRedirectError"),
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (402, "APIError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (405, "APIError"),
        (409, "ConflictError"),
        (413, "APIError"),
        (422, "UnprocessableError"),
        (429, "RateLimitedError"),
        (500, "ServerError"),
        (599, "ServerError"),
    ],
)
def test_a_class_for_each_status(status: int, kind: str) -> None:
    """Each status becomes the class that the tree names."""
    error = api_error(status, {}, b"")
    assert kind == type(error).__name__
    assert status == error.status


DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", ()),
        (b"   \n ", ()),
        (b'"just words"', ("just words",)),
        (b'{"message": "no"}', ("no",)),
        (b'{"error": "no"}', ("no",)),
        (b'{"error": {"message": "no", "code": 3}}', ("no",)),
        (b'{"errors": ["a", "b", "a"]}', ("a", "b")),
        (b'{"errors": [{"message": "a"}, {"detail": "b"}]}', ("a", "b")),
        (b'{"errors": {"title": ["is too long"], "urgency": ["is none"]}}', ("title is too long", "urgency is none")),
        (b'{"error": {"code": 2100, "errors": ["bad"], "message": "Invalid"}}', ("Invalid", "bad")),
        (b'[{"message": "a"}, "b", 3, null]', ("a", "b")),
        (b'{"reason": "bad", "status": 400}', ("reason bad",)),
        (b'{"code": 7}', ('{"code": 7}',)),
        (b"[]", ()),
        (b'{"message": "", "title": "t"}', ("t",)),
        (b'{"message": "a\\u001b[31m\\u0000b\\r\\nc"}', ("a [31m b c",)),
        ("\ufeff".encode() + b'{"message": "no"}', ("no",)),
        ('{"message": "nö"}'.encode("utf-16"), ("nö",)),
        ("<html><title>Bad gateway</title>".encode("utf-16"), ("Bad gateway",)),
        (b"<html><head><title>502 Bad\nGateway</title><body>nginx", ("502 Bad Gateway",)),
        (b"<style>p{}</style><p>Go <b>away</b><script>x()</script>", ("Go away",)),
        (b"plain words", ("plain words",)),
        (b"caf\xff", ("caf\ufffd",)),
        (b"\x00\x1b]0;owned\x07", ("]0;owned",)),
        (b'{"a":{"b":{"c":{"d":{"e":{"f":"too deep"}}}}}}', ('{"a":{"b":{"c":{"d":{"e":{"f":"too deep"}}}}}}',)),
    ],
)
def test_what_error_bodies_say(body: bytes, said: tuple[str, ...]) -> None:
    """Every shape of body known of APIs and proxies gives its words."""
    assert said == messages_of(body)


def test_a_deep_body_is_cut_and_not_followed() -> None:
    """JSON of 100,000 levels costs no recursion."""
    (said,) = messages_of(DEEP)
    assert errors.MAX_TEXT == len(said)


@pytest.mark.parametrize("body", [b"<title" * 200_000, b"<" * 1_000_000, b"<script" * 200_000, b"x" * 16_000_000])
def test_a_huge_or_hostile_body_is_read_in_good_time(body: bytes) -> None:
    """No body makes reading its words slow."""
    import time

    begun = time.process_time()
    assert all(len(said) <= errors.MAX_TEXT for said in messages_of(body))
    assert time.process_time() - begun < 1.0


def test_a_long_list_of_words_is_cut() -> None:
    """At most twenty messages are kept, and the text stays short."""
    error = APIError(400, body=msgspec.json.encode({"errors": [f"{n} " + "x" * 600 for n in range(100)]}))
    assert 20 == len(error.messages)
    assert len(str(error)) <= errors.MAX_TEXT + len(f". {error.hint}")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_words_are_always_printable(body: bytes) -> None:
    """Whatever a body holds, its words are one printable line of readable length."""
    for said in messages_of(body):
        assert said.isprintable()
        assert 0 < len(said) <= errors.MAX_TEXT


@given(st.text(max_size=80), st.integers(min_value=1, max_value=40))
def test_a_shortened_text_is_one_line_of_its_length(text: str, limit: int) -> None:
    """Shortening gives one printable line and no more characters than allowed."""
    short = shortened(text, limit)
    assert len(short) <= limit
    assert short.isprintable()


def test_a_request_id_is_shortened_too() -> None:
    """A server cannot put escapes or pages of text into an error by its request id."""
    error = PagerTreeError("x")
    error.request_id = "\x1b[2J" + "y" * 1000
    assert str(error).isprintable()
    assert len(str(error)) < 150


def test_frames_are_dropped_from_every_link() -> None:
    """Causes and contexts lose their tracebacks, circles included."""
    try:
        try:
            try:
                raise KeyError("first")
            except KeyError:
                raise ValueError("second") from OSError("cause")
        except ValueError as error:
            error.__cause__.__context__ = error  # type: ignore[union-attr]
            raise RuntimeError("third") from error
    except RuntimeError as error:
        cleared = without_frames(error, contexts=True)
        links = [cleared, cleared.__cause__, cleared.__cause__.__context__]  # type: ignore[union-attr]
        assert [None, None, None] == [link.__traceback__ for link in links if link]
        assert error is cleared
    assert sys.exc_info() == (None, None, None)


def test_frames_of_what_the_caller_was_handling_are_left() -> None:
    """What was being handled before the call keeps its traceback, and so do contexts unless they are asked for."""
    try:
        raise KeyError("the caller's own")
    except KeyError as own:
        try:
            raise ValueError("ours")
        except ValueError as error:
            without_frames(error, contexts=True, within=own)
            assert error.__traceback__ is None
            assert own.__traceback__ is not None
            without_frames(error)
            assert own.__traceback__ is not None


def test_wrong_arguments_are_type_errors_too() -> None:
    """Code that catches TypeError catches wrong arguments."""
    assert issubclass(errors.InvalidArgumentError, TypeError)
    assert issubclass(errors.InvalidIdError, errors.InvalidArgumentError)
    assert RateLimitedError(429).retry_after is None
