"""What must not pass in silence: rows passed over, answers of somebody else, secrets in what is quoted."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from pagertree_async import (
    AmbiguousWriteError,
    IncompleteListWarning,
    InvalidResponseError,
    PaginationError,
    RateLimitedError,
    Request,
    Response,
    RetryPolicy,
)
from pagertree_async.errors import LOOK, ServerError
from pagertree_async.http import Headers
from pagertree_async.models import decoded, reader
from pagertree_async.v3.models import User
from tests.core.mini import client
from tests.modes import Mode, got, rows


def offset(request: Request) -> int:
    """The row that a request asks to begin with."""
    return int(request.url.partition("offset=")[2].partition("&")[0] or 0)


def page(first: int, count: int, total: int, *, more: bool) -> Response:
    """A page of rows that count up."""
    data = [{"id": f"alt_{number}"} for number in range(first, first + count)]
    body = json.dumps({"data": data, "has_more": more, "total_count": total})
    return Response(status=200, body=body.encode())


def test_a_list_that_shrinks_while_it_is_read_is_warned_of(mode: Mode) -> None:
    """Whoever changes rows so that they leave the list they are read from is told that some may be passed over."""

    def shrinking(request: Request) -> Response:
        return page(0, 100, 250, more=True) if not offset(request) else page(200, 50, 150, more=False)

    with pytest.warns(IncompleteListWarning, match="shrank from 250 to 150 rows"):
        found = mode.run(rows, client(mode, shrinking).alerts.list())
    assert 150 == len(found)


def test_a_list_of_ever_new_rows_ends(mode: Mode) -> None:
    """A list far beyond the total that it gives ends in an error, though its rows were not seen before."""

    def endless(request: Request) -> Response:
        return page(offset(request), 100, 10, more=True)

    with pytest.raises(PaginationError, match="goes on after 1100 rows, though it says that it has 10"):
        mode.run(rows, client(mode, endless).alerts.list())


def test_a_delete_is_not_done_by_a_page_of_somebody_else(mode: Mode) -> None:
    """HTML with 200 from a captive portal is no confirmation that an object was deleted."""
    portal = Response(status=200, body=b"<html>Log in to the hotel's network</html>")

    async def scenario() -> None:
        await got(client(mode, lambda _: portal).alerts.delete("alt_1"))

    with pytest.raises(InvalidResponseError) as caught:
        mode.run(scenario)
    assert caught.value.maybe_applied
    assert LOOK in str(caught.value)


def test_a_delete_is_done_by_an_empty_answer_and_by_json(mode: Mode) -> None:
    """204 with nothing, and 200 with JSON, both confirm."""
    answers = [Response(status=204), Response(status=200, body=b"{}")]

    async def scenario() -> list[Any]:
        alerts = client(mode, lambda _: answers.pop()).alerts
        return [await got(alerts.delete("alt_1")), await got(alerts.delete("alt_1"))]

    assert [None, None] == mode.run(scenario)


@pytest.mark.parametrize("body", [b'{"id": "usr_1", "password": "pbkdf2$1"', b'{"id": 3, "password": "pbkdf2$1"}'])
def test_a_body_that_is_quoted_holds_no_secret_of_a_user(body: bytes) -> None:
    """A cut or odd user shows its password hash neither in the error's text nor in its body or pickle."""
    with pytest.raises(InvalidResponseError) as caught:
        decoded(body, reader(User))
    error = caught.value
    assert [] == [
        place for place in (str(error), repr(error), error.body, pickle.dumps(error)) if "pbkdf2" in str(place)
    ]


def test_half_a_character_does_not_keep_an_object_from_being_read() -> None:
    """A title that some system cut in the middle of an emoji is read without it."""
    assert "Ada ?" == decoded(b'{"id": "usr_1", "name": "Ada \\ud83d"}', reader(User)).name
    with pytest.raises(InvalidResponseError):
        decoded(b'{"id": "usr_1", "name": "Ada \\ud83d', reader(User))


def test_a_create_that_may_have_been_applied_says_so(mode: Mode) -> None:
    """After a 502 to a create the error says to look before it is sent again."""

    async def scenario() -> None:
        await got(client(mode, lambda _: Response(status=502)).alerts.create(title="x", destination_ids=["tem_1"]))

    with pytest.raises(ServerError) as caught:
        mode.run(scenario)
    assert LOOK in str(caught.value)
    assert 1 == str(AmbiguousWriteError("it left")).count(LOOK)


def test_a_429_says_how_long_to_wait(mode: Mode) -> None:
    """The error of a 429 that asks for an hour says that it does."""
    asked = Response(status=429, headers=Headers([("retry-after", "3600")]), body=b"{}")

    async def scenario() -> None:
        await got(client(mode, lambda _: asked, retry=RetryPolicy(attempts=2)).alerts.retrieve("alt_1"))

    with pytest.raises(RateLimitedError) as caught:
        mode.run(scenario)
    assert "429 too many requests (1 attempt" in str(caught.value)
    assert str(caught.value).endswith("The API asked to wait; try again in 3600 s")
