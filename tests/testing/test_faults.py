"""Faults happen to the requests they are meant for, and the log tells what was sent and what was carried out."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pagertree_async import (
    AmbiguousWriteError,
    AttemptTimeoutError,
    AuthenticationError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineExceededError,
    InvalidArgumentError,
    InvalidResponseError,
    Login,
    PagerTreeError,
    RateLimitedError,
    Request,
    Response,
    ResponseLostError,
    RetryPolicy,
    Secret,
    ServerError,
    TLSError,
)
from pagertree_async.testing import (
    AsyncWatchedTransport,
    Clock,
    Faults,
    LoggedRequest,
    RequestLog,
    WatchedTransport,
)
from pagertree_async.testing.account import URL
from pagertree_async.transports import AsyncMemoryTransport, MemoryTransport
from tests.modes import Mode, got
from tests.testing.stage import Stage

ONCE = RetryPolicy(attempts=1)


async def paged(stage: Stage, **settings: Any) -> Any:
    """An alert, made by a client of the stage."""
    return await got(stage.client(**settings).alerts.create(title="disk full", destination_ids=[stage.team]))


def failing(stage: Stage, kind: type[PagerTreeError], **settings: Any) -> PagerTreeError:
    """The error that paging ends with."""

    async def scenario() -> PagerTreeError:
        with pytest.raises(kind) as caught:
            await paged(stage, **settings)
        return caught.value

    return stage.mode.run(scenario)


def test_down(stage: Stage) -> None:
    """Nothing is sent while PagerTree is down, and everything afterwards."""
    with stage.faults.refuse(times=None) as down:
        error = failing(stage, ConnectionFailedError)
        assert "pagertree.test refused the connection: a fault that the test asked for [not sent]" in str(error)
    stage.mode.run(paged, stage)
    assert (3, 1, [3, 1]) == (
        down.hits,
        len(stage.log.applied("POST /alert")),
        [len(stage.log) - 1, len([one for one in stage.log if one.status])],
    )
    assert "[<POST /alert ConnectionFailedError>, " in repr(stage.log)


@pytest.mark.parametrize(("fault", "applied"), [("reset", 0), ("lose", 1)])
def test_an_answer_that_never_came(fault: str, applied: int, stage: Stage) -> None:
    """Whether or not the page went out, the client cannot know, and does not send it again."""
    before = stage.sandbox.count("alert")
    getattr(stage.faults, fault)("POST /alert")
    assert failing(stage, AmbiguousWriteError).maybe_applied
    assert (applied, applied, 1) == (
        stage.sandbox.count("alert") - before,
        len(stage.log.applied("POST /alert")),
        len(stage.log.of("POST /alert")),
    )
    assert (None, "ConnectionLostError") == (stage.log[0].status, stage.log[0].error)


def test_an_answer_that_breaks_off(stage: Stage) -> None:
    """Its status is known, and that the page went out."""
    stage.faults.cut("POST /alert")
    error = failing(stage, ResponseLostError)
    assert isinstance(error, ResponseLostError)
    assert (201, 1) == (error.status, len(stage.log.applied()))


def test_an_answer_that_is_not_whole_json(stage: Stage) -> None:
    """The page went out, and the answer cannot be read."""
    stage.faults.garble("POST /alert")
    error = failing(stage, InvalidResponseError)
    assert isinstance(error, InvalidResponseError)
    assert (True, 1) == (error.malformed, len(stage.log.applied()))


def test_an_empty_answer_that_is_not_whole_json(stage: Stage) -> None:
    """Half of nothing is still something that is no JSON; a deletion does not read it."""
    stage.faults.garble("DELETE /team/*")

    async def scenario() -> None:
        client = stage.client()
        team = (await got(client.teams.list(limit=1).first())).data[0]
        await got(client.teams.delete(team))

    stage.mode.run(scenario)
    assert [200, 204] == [one.status for one in stage.log]


def test_an_error_of_the_api(stage: Stage) -> None:
    """It is answered in the API's own shape, as often as it was asked for, and nothing is carried out."""
    stage.faults.answer(503, times=2)
    error = failing(stage, ServerError)
    assert "503 service unavailable: a fault that the test asked for" in str(error)

    async def scenario() -> int:
        return await got(stage.client().teams.list().count())

    assert 4 == stage.mode.run(scenario)
    assert [503, 503, 200] == [one.status for one in stage.log]
    assert ["/team"] == [one.path for one in stage.log.applied()]


def test_an_answer_of_ones_own(stage: Stage) -> None:
    """Body and headers can be given, with any status."""
    body = {"id": "alt_1", "title": "made up"}
    stage.faults.answer(200, "POST /alert", json=body, headers={"x-request-id": "7f3a"})
    assert "made up" == stage.mode.run(paged, stage).title
    stage.faults.answer(401, headers={"x-request-id": "7f3a"})
    error = failing(stage, AuthenticationError)
    assert "7f3a" == error.request_id
    assert 0 == len(stage.log.applied())


def test_the_shape_of_v4(stage: Stage) -> None:
    """Below the prefix of API v4, an error has its code as well."""
    stage.faults.answer(409, "/integrations", times=None)

    async def scenario() -> bytes:
        from pagertree_async.v4 import AsyncPagerTree, PagerTree

        kind: Any = PagerTree if stage.mode.blocking else AsyncPagerTree
        client = kind("key", base_url=URL, transport=stage.transport)
        with pytest.raises(PagerTreeError) as caught:
            await got(client.integrations.list().first())
        return caught.value.body  # type: ignore[attr-defined]

    assert b'{"errors":[{"message":"a fault that the test asked for"}],"code":409}' == stage.mode.run(scenario)


def test_rate_limited(stage: Stage) -> None:
    """A 429 says how long to wait, or does not."""
    stage.faults.rate_limit(times=None, retry_after=7)
    error = failing(stage, RateLimitedError, retry=ONCE)
    assert isinstance(error, RateLimitedError)
    assert 7 == error.retry_after
    stage.faults.rate_limit()
    error = failing(stage, RateLimitedError, retry=ONCE)
    assert isinstance(error, RateLimitedError)
    assert None is error.retry_after


def test_slow(stage: Stage) -> None:
    """An answer that comes in time only takes its time; one that is too late is one that never came."""
    stage.faults.slow(12)
    begun = stage.clock.monotonic()
    stage.mode.run(paged, stage)
    assert 12 == round(stage.clock.monotonic() - begun)
    stage.faults.slow(math.inf)
    begun = stage.clock.monotonic()
    assert failing(stage, AmbiguousWriteError, timeout=10).maybe_applied
    assert 10 == round(stage.clock.monotonic() - begun)
    assert 2 == len(stage.log.applied("POST /alert"))


def test_slow_reads(stage: Stage) -> None:
    """A list that is slow every time ends with the call's own time, whatever is tried again within it."""
    stage.faults.slow(3600, "GET /team", times=None)

    async def scenario() -> None:
        with pytest.raises(DeadlineExceededError):
            await got(stage.client().teams.list().count())

    begun = stage.clock.monotonic()
    stage.mode.run(scenario)
    assert 30 == round(stage.clock.monotonic() - begun)
    assert {"AttemptTimeoutError"} == {one.error for one in stage.log}


def test_any_error_of_a_transport(stage: Stage) -> None:
    """An error is raised as it is, and anew each time."""
    given = TLSError("the certificate is from last year")
    stage.faults.fail(given, times=2)
    errors = [failing(stage, TLSError) for _ in range(2)]
    assert ["the certificate is from last year"] * 2 == [error.message for error in errors]
    assert 3 == len({id(error) for error in (*errors, given)})


def test_after_some_went_well(stage: Stage) -> None:
    """A fault can spare the first; of several faults the latest comes first."""
    stage.faults.answer(500, "GET /team", after=1, times=1)

    async def scenario() -> list[str]:
        client = stage.client(retry=ONCE)
        ends: list[str] = []
        for _ in range(4):
            try:
                await got(client.teams.list().count())
                ends.append("fine")
            except PagerTreeError as error:
                ends.append(type(error).__name__)
        return ends

    assert ["fine", "ServerError", "fine", "fine"] == stage.mode.run(scenario)
    stage.faults.answer(500, times=None)
    stage.faults.refuse(times=1)
    assert ["ConnectionFailedError", "ServerError", "ServerError", "ServerError"] == stage.mode.run(scenario)


def test_what_never_happened(stage: Stage) -> None:
    """Faults that met no request are told, unless they were lifted."""
    refused, reset, answered = stage.faults.refuse("POST /user"), stage.faults.reset("/alert"), stage.faults.answer(500)
    assert [refused, reset, answered] == stage.faults.unmet
    refused.lift()
    failing(stage, ServerError, retry=ONCE)
    assert [reset] == stage.faults.unmet
    assert "<Faults [<refuse POST /user: 0 so far>, <reset /alert: 0 so far>, <answer 500 *: 1 so far>]>" == repr(
        stage.faults
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda faults: faults.refuse("alert"),
        lambda faults: faults.refuse(times=0),
        lambda faults: faults.refuse(times="2"),
        lambda faults: faults.refuse(after=-1),
        lambda faults: faults.refuse(after=None),
        lambda faults: faults.answer(99),
        lambda faults: faults.answer("500"),
        lambda faults: faults.slow(-1),
        lambda faults: faults.slow(math.nan),
        lambda faults: faults.slow("1"),
        lambda faults: faults.fail(ValueError("no")),
    ],
)
def test_what_is_no_fault(call: Any) -> None:
    """What cannot be is refused, and nothing is added."""
    faults = Faults(Clock())
    with pytest.raises(InvalidArgumentError):
        call(faults)
    assert [] == faults.unmet


def test_what_was_sent(stage: Stage) -> None:
    """The log has method, path, query and body of each attempt, in their order, and can be narrowed down."""

    async def scenario() -> None:
        client = stage.client()
        with pytest.raises(PagerTreeError, match="'name' is given more than once"):
            await got(client.request("GET", "/team", params={"limit": 2, "name": ["a", "b"]}))
        await got(
            client.request(
                "POST", "/alert", json={"title": "x", "destination_ids": [stage.team], "password": "hunter22"}
            )
        )
        await got(client.request("GET", "/team", params={"token": "abcdefgh"}))

    stage.mode.run(scenario)
    assert {"limit": "2", "name": "a,b"} == stage.log[0].query
    assert {"title": "x", "destination_ids": [stage.team], "password": "***"} == stage.log[1].json
    assert {"token": "***"} == stage.log[2].query
    assert None is stage.log[0].json
    assert 2 == len(stage.log.of("GET /team"))
    assert ["GET", "POST"] == [one.method for one in stage.log[:2]]
    assert isinstance(stage.log[:2], RequestLog)
    assert "<POST /alert 201>" == repr(stage.log[1])
    stage.log.clear()
    assert [] == list(stage.log)


def test_a_login_is_logged_without_its_words(stage: Stage) -> None:
    """Neither the name nor the password of a login is in the log."""

    async def scenario() -> None:
        login = Login(stage.sandbox.username, stage.sandbox.password)
        client = stage.mode.client(login, base_url=URL, transport=stage.transport)
        await got(client.teams.list().count())

    stage.mode.run(scenario)
    assert {"username": "***", "password": "***"} == stage.log.of("POST /public/login")[0].json


def test_a_body_that_is_no_json() -> None:
    """It is not in the log, nor is what is under way there with a result."""
    logged = LoggedRequest(Request(method="POST", url="https://api.test/x", body=b"a=b"))
    assert (None, "<POST /x under way>") == (logged.json, repr(logged))
    assert None is LoggedRequest(Request(method="POST", url="https://api.test/x", body=b'"\xff"')).json


class Below:
    """A transport that tells of being closed and cut."""

    keeps_deadlines = True

    def __init__(self) -> None:
        self.told: list[Any] = []

    def cut(self, threads: Any) -> None:
        self.told.append(threads)

    def send(self, request: Request) -> Response:
        return Response(status=204)

    def close(self) -> None:
        self.told.append("closed")


def test_the_transport_below_is_closed_and_cut(mode: Mode) -> None:
    """Closing and cutting short go through to the transport below, where it can do either."""
    below = Below()
    watched = WatchedTransport(below, Faults(Clock()), RequestLog())
    watched.cut([1])
    watched.close()
    assert [[1], "closed"] == below.told
    bare = type("Bare", (), {"send": Below.send, "__repr__": lambda self: "bare"})()
    watched = WatchedTransport(bare, Faults(Clock()), RequestLog())
    watched.cut([1])
    watched.close()
    assert "<WatchedTransport around bare>" == repr(watched)


def test_the_async_transport_below_is_closed(anyio_backend: str) -> None:
    """The same for async clients; a transport that keeps deadlines by itself still says so."""
    import anyio

    async def scenario() -> None:
        below = AsyncMemoryTransport(lambda request: Response(status=204))
        watched = AsyncWatchedTransport(below, Faults(Clock()), RequestLog())
        request = Request(method="GET", url="https://api.test/", headers=(("authorization", Secret("x")),))
        assert 204 == (await watched.send(request)).status
        assert not watched.keeps_deadlines
        await watched.aclose()
        with pytest.raises(PagerTreeError, match="closed"):
            await watched.send(request)
        bare: Any = Below()
        watched = AsyncWatchedTransport(bare, Faults(Clock()), RequestLog())
        await watched.aclose()
        assert watched.keeps_deadlines
        assert "<AsyncWatchedTransport around <tests" in repr(watched)

    anyio.run(scenario, backend=anyio_backend)


def test_errors_that_pass_by_are_logged() -> None:
    """Whatever comes out of the transport below is noted with the attempt, and goes on as it is."""

    def answers(request: Request) -> Response:
        raise AttemptTimeoutError("late")

    log = RequestLog()
    watched = WatchedTransport(MemoryTransport(answers), Faults(Clock()), log)
    with pytest.raises(AttemptTimeoutError):
        watched.send(Request(method="GET", url="https://api.test/"))
    assert ["AttemptTimeoutError"] == [one.error for one in log]
    assert not isinstance(log[0].error, ConnectionLostError)
