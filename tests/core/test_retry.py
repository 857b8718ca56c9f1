"""What is tried again, when, and how much of it: the table of failures against safeties, and its numbers."""

from __future__ import annotations

import copy
import importlib.abc
import math
import pickle
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import errors
from pagertree_async.errors import (
    AmbiguousWriteError,
    APIError,
    AttemptTimeoutError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineExceededError,
    InvalidArgumentError,
    InvalidResponseError,
    PagerTreeError,
    PoolTimeoutError,
    ProxyError,
    RateLimitedError,
    ResponseLostError,
    ResponseMismatchError,
    ResponseTooLargeError,
    Sent,
    ServerError,
    TLSError,
    UnexpectedRedirectError,
    api_error,
)
from pagertree_async.http import Timeout
from pagertree_async.retry import REPEATABLE, Attempts, RetryPolicy, RetryQuota, Safety, retry_after
from tests.core.mini import ALERT, FINE, Clock, Script, answer, client
from tests.modes import Mode, got

FAILURES: dict[str, Callable[[], Any]] = {
    "refused": lambda: ConnectionFailedError("refused"),
    "connect timeout": lambda: AttemptTimeoutError("no connection", sent=Sent.NO),
    "pool timeout": lambda: PoolTimeoutError("all in use"),
    "proxy down": lambda: ProxyError("refused"),
    "proxy 502": lambda: ProxyError("bad gateway", status=502),
    "proxy 407": lambda: answer(407),
    "certificate": lambda: TLSError("self-signed"),
    "bad URL": lambda: InvalidArgumentError("bad URL"),
    "reset": lambda: ConnectionLostError("reset", sent=Sent.MAYBE),
    "read timeout": lambda: AttemptTimeoutError("silence", sent=Sent.MAYBE),
    "cut body": lambda: ResponseLostError("cut", status=200),
    "slow body": lambda: AttemptTimeoutError("slow", sent=Sent.YES, status=200),
    "not JSON": lambda: answer(200, b"<html>"),
    "wrong shape": lambda: answer(200, b"[]"),
    "another question": lambda: answer(200, {"id": "alt_2"}),
    "too large": lambda: ResponseTooLargeError("too large", status=200),
}
STATUSES = [
    302,
    307,
    400,
    403,
    404,
    405,
    408,
    409,
    413,
    422,
    425,
    429,
    500,
    501,
    502,
    503,
    504,
    505,
    520,
    521,
    524,
    525,
]
ALL = frozenset(Safety)
SAFE = ALL - {Safety.CREATE}
READ = frozenset({Safety.READ})
TABLE: dict[str, frozenset[Safety]] = {
    "refused": ALL,
    "connect timeout": ALL,
    "pool timeout": ALL,
    "proxy down": ALL,
    "proxy 502": ALL,
    "proxy 407": frozenset(),
    "certificate": frozenset(),
    "bad URL": frozenset(),
    "reset": SAFE,
    "read timeout": SAFE,
    "cut body": SAFE,
    "slow body": SAFE,
    "not JSON": READ,
    "wrong shape": frozenset(),
    "another question": frozenset(),
    "too large": frozenset(),
    **{str(status): frozenset() for status in STATUSES},
    **{str(status): SAFE for status in (408, 425, 500, 502, 503, 504, 520, 521, 524)},
    "429": ALL,
}
ENDS: dict[tuple[str, Safety | None], type[PagerTreeError]] = {
    ("refused", None): ConnectionFailedError,
    ("connect timeout", None): AttemptTimeoutError,
    ("pool timeout", None): PoolTimeoutError,
    ("proxy down", None): ProxyError,
    ("proxy 502", None): ProxyError,
    ("proxy 407", None): ProxyError,
    ("certificate", None): TLSError,
    ("bad URL", None): InvalidArgumentError,
    ("reset", None): ConnectionLostError,
    ("reset", Safety.CREATE): AmbiguousWriteError,
    ("read timeout", None): AttemptTimeoutError,
    ("read timeout", Safety.CREATE): AmbiguousWriteError,
    ("cut body", None): ResponseLostError,
    ("slow body", None): AttemptTimeoutError,
    ("slow body", Safety.CREATE): ResponseLostError,
    ("not JSON", None): InvalidResponseError,
    ("wrong shape", None): InvalidResponseError,
    ("another question", None): ResponseMismatchError,
    ("too large", None): ResponseTooLargeError,
}
UNCLEAR = {"reset", "read timeout", "cut body", "slow body", "not JSON", "wrong shape", "another question", "too large"}


def step(name: str) -> Any:
    return answer(int(name)) if name.isdigit() else lambda _: FAILURES[name]()


async def call(mini: Any, safety: Safety, **options: Any) -> Any:
    if safety is Safety.READ:
        return await got(mini.alerts.retrieve("alt_1", **options))
    if safety is Safety.IDEMPOTENT:
        return await got(mini.alerts.update("alt_1", title="t", **options))
    if safety is Safety.STATE:
        return await got(mini.alerts.touch("alt_1", **options))
    return await got(mini.alerts.create(title="t", **options))


def ends_as(name: str, safety: Safety) -> type[PagerTreeError]:
    if name.isdigit():
        return type(api_error(int(name), {}, b""))
    return ENDS.get((name, safety)) or ENDS[name, None]


CELLS = [
    (name, safety)
    for name in TABLE
    for safety in Safety
    if (name, safety) != ("another question", Safety.CREATE)  # a create does not know the id it will get
]


@pytest.mark.parametrize(("name", "safety"), CELLS)
def test_the_table(mode: Mode, clock: Clock, name: str, safety: Safety) -> None:
    """Each failure is tried again just where the table says so, and ends as the error it names."""
    script = Script(step(name), FINE)
    again = safety in TABLE[name]

    async def scenario() -> Any:
        mini = client(mode, script)
        if again:
            return await call(mini, safety)
        with pytest.raises(PagerTreeError) as caught:
            await call(mini, safety)
        return caught.value

    result = mode.run(scenario)
    assert (2 if again else 1) == len(script.requests)
    if again:
        assert "alt_1" == result.id
    else:
        assert ends_as(name, safety) is type(result)
        applied = name in UNCLEAR or (name.isdigit() and int(name) >= 500)
        assert (applied and safety is not Safety.READ) == result.maybe_applied
        assert (script.requests[0].method, 1) == (result.method, result.attempts)
        assert result.path.startswith("/alert")
        assert result.elapsed is not None


@pytest.mark.parametrize(("name", "safety"), CELLS)
def test_the_table_to_its_end(mode: Mode, clock: Clock, name: str, safety: Safety) -> None:
    """A failure that stays ends after three attempts, or, for an answer that is not JSON, after two."""
    script = Script(step(name))

    async def scenario() -> PagerTreeError:
        with pytest.raises(PagerTreeError) as caught:
            await call(client(mode, script), safety)
        return caught.value

    error = mode.run(scenario)
    attempts = 1 if safety not in TABLE[name] else 2 if name == "not JSON" else 3
    assert attempts == len(script.requests) == error.attempts
    assert ends_as(name, safety) is type(error)
    assert attempts - 1 == len(clock.slept)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 507])
@pytest.mark.parametrize("after", [None, "1"])
def test_a_create_is_repeated_when_asked_for(mode: Mode, clock: Clock, status: int, after: str | None) -> None:
    """``creates`` allows a status; a 503 needs Retry-After as well; ``statuses`` alone allows nothing."""
    headers = {"retry_after": after} if after else {}
    asked = RetryPolicy(creates=frozenset({status}))
    for policy, repeated in ((asked, status != 503 or after is not None), (RetryPolicy(statuses={status: 2}), False)):
        script = Script(answer(status, **headers), FINE)

        async def scenario(policy: RetryPolicy = policy, script: Script = script) -> Any:
            try:
                return await call(client(mode, script, retry=policy), Safety.CREATE)
            except ServerError as error:
                return error

        assert repeated == (not isinstance(mode.run(scenario), ServerError))
        assert (2 if repeated else 1) == len(script.requests)


@pytest.mark.parametrize(
    ("policy", "steps", "attempts"),
    [
        (RetryPolicy(attempts=1), [500], 1),
        (RetryPolicy(attempts=5), [500], 5),
        (RetryPolicy(attempts=5, statuses={500: 1}), [500], 2),
        (RetryPolicy(attempts=5, statuses={500: 0}), [500], 1),
        (RetryPolicy(attempts=5, statuses={500: 1}), [500, 502, 500], 3),
        (RetryPolicy(attempts=5, statuses={404: 2}), [404], 3),
        (RetryPolicy(attempts=3, statuses={404: 9}), [404], 3),
        (RetryPolicy(attempts=5, statuses={302: 2}), [302], 1),
        (RetryPolicy(attempts=5, network_attempts=1), ["reset"], 1),
        (RetryPolicy(attempts=5, network_attempts=2), ["reset"], 2),
        (RetryPolicy(attempts=5, network_attempts=2), [500, "reset", 500, "reset"], 4),
        (RetryPolicy(attempts=9, network_attempts=2), ["not JSON", "not JSON"], 2),
    ],
)
def test_a_policy_sets_limits(mode: Mode, clock: Clock, policy: RetryPolicy, steps: list[Any], attempts: int) -> None:
    """Total attempts, attempts without an answer, and limits for each status are kept, per client and per call."""
    for settings, options in (({"retry": policy}, {}), ({}, {"retry": policy})):
        script = Script(*(step(str(one)) for one in steps))

        async def scenario(settings: Any = settings, options: Any = options, script: Script = script) -> None:
            with pytest.raises(PagerTreeError):
                await call(client(mode, script, **settings), Safety.READ, **options)

        mode.run(scenario)
        assert attempts == len(script.requests)


def waits(
    policy: RetryPolicy, count: int, error: Callable[[], PagerTreeError] = lambda: api_error(500, {}, b"")
) -> list[float]:
    attempts = Attempts(policy, Safety.READ, math.inf)
    return [seconds for _ in range(count) if (seconds := attempts.again(error())) is not None]


@given(
    st.floats(0, 5),
    st.floats(0, 20),
    st.floats(0, 1),
    st.integers(1, 40),
)
def test_waits_are_within_base_cap_and_jitter(base: float, cap: float, jitter: float, count: int) -> None:
    """The n-th wait lies between its part that is not left to chance and ``min(base * 2 ** (n - 1), cap)``."""
    policy = RetryPolicy(attempts=100, base=base, cap=cap, jitter=jitter)
    for number, seconds in enumerate(waits(policy, count)):
        whole = min(base * 2**number, cap)
        assert whole * (1 - jitter) - 1e-9 <= seconds <= whole + 1e-9


def test_waits_after_a_429_are_longer() -> None:
    """Without Retry-After a 429 waits by the base of its own."""
    policy = RetryPolicy(attempts=9, base=0.1, throttled_base=1.0, jitter=0)
    assert [1.0, 2.0, 4.0, 8.0, 10.0] == waits(policy, 5, lambda: api_error(429, {}, b""))
    assert [0.1, 0.2, 0.4, 0.8, 1.6] == pytest.approx(waits(policy, 5))


def test_the_defaults_are_those_of_the_rules() -> None:
    """Three attempts, a base of 0.1 s, after a 429 of 1 s, a cap of 10 s, all left to chance, 60 s of Retry-After."""
    policy = RetryPolicy()
    assert (3, None, 0.1, 1.0, 10.0, 1.0, 60.0) == (
        policy.attempts,
        policy.network_attempts,
        policy.base,
        policy.throttled_base,
        policy.cap,
        policy.jitter,
        policy.max_retry_after,
    )
    assert {408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524} == REPEATABLE


@given(st.integers(0, 60), st.integers(0, 10))
def test_never_earlier_than_retry_after(asked: int, number: int) -> None:
    """Whatever the backoff says, a Retry-After is waited for."""
    headers = {"retry-after": str(asked)}
    for seconds in waits(RetryPolicy(attempts=20, factor=3), number, lambda: api_error(429, headers, b"")):
        assert asked <= seconds <= asked + 11


NOW = datetime(2026, 11, 22, 3, 0, 0, tzinfo=UTC)
DATE = format_datetime(NOW, usegmt=True)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, None, None),
        ("0", None, 0.0),
        ("30", None, 30.0),
        (" 30 ", None, 30.0),
        ("3600", None, 3600.0),
        ("999999999", None, 999999999.0),
        ("1000000000", None, None),
        ("1e9", None, None),
        ("1.5", None, None),
        ("-1", None, None),
        ("+1", None, None),
        ("nan", None, None),
        ("inf", None, None),
        ("١٢", None, None),
        ("", None, None),
        ("soon", DATE, None),
        ("5, 5", DATE, None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), DATE, 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), DATE, 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), None, None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), "yesterday", None),
        (format_datetime(NOW.replace(tzinfo=None)), DATE, None),
        ("Fri, 99 Dec 2026 23:59:59 GMT", DATE, None),
        ("9" * 5000, DATE, None),
    ],
)
def test_retry_after_in_every_form(value: str | None, date: str | None, seconds: float | None) -> None:
    """Seconds and dates held against the answer's own are believed, everything else is as if absent."""
    headers = {name: text for name, text in (("retry-after", value), ("date", date)) if text is not None}
    assert seconds == retry_after(headers)


@given(
    st.text(max_size=60)
    | st.from_regex(
        r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{0,9} ?(GMT|[-+][0-9]{0,6})?", fullmatch=True
    ),
    st.text(max_size=60) | st.just(DATE),
)
def test_retry_after_never_raises(value: str, date: str) -> None:
    """No text makes it raise, or gives anything but None or seconds from 0."""
    seconds = retry_after({"retry-after": value, "date": date})
    assert seconds is None or (math.isfinite(seconds) and seconds >= 0)


@pytest.mark.parametrize("safety", Safety, ids=lambda safety: safety.name)
@pytest.mark.parametrize(("asked", "timeout"), [("61", 600.0), ("3600", 30.0), ("20", 10.0)])
def test_a_retry_after_that_is_too_long_ends_the_call_at_once(
    mode: Mode, clock: Clock, safety: Safety, asked: str, timeout: float
) -> None:
    """Above the cap, or above the time left, nothing is waited for; the error says how long to wait."""
    script = Script(answer(429, retry_after=asked))

    async def scenario() -> RateLimitedError:
        with pytest.raises(RateLimitedError) as caught:
            await call(client(mode, script, timeout=timeout), safety)
        return caught.value

    error = mode.run(scenario)
    assert (float(asked), 1, []) == (error.retry_after, error.attempts, clock.slept)


def test_nothing_sleeps_past_the_deadline(mode: Mode, clock: Clock) -> None:
    """With little time left the call ends with what it has, without another wait."""
    script = Script(answer(500))

    async def scenario() -> None:
        with pytest.raises(ServerError):
            await call(
                client(mode, script, timeout=1.0, retry=RetryPolicy(attempts=99, base=0.4, jitter=0)), Safety.READ
            )

    mode.run(scenario)
    assert [0.4] == clock.slept
    assert 2 == len(script.requests)


def test_each_attempt_has_its_own_deadline(mode: Mode, clock: Clock) -> None:
    """An attempt ends after its own time or with the call's, whichever is first."""
    script = Script(answer(500), answer(500), FINE)

    async def scenario() -> None:
        timeout = Timeout(total=10, attempt=6)
        await call(client(mode, script, timeout=timeout, retry=RetryPolicy(base=3, jitter=0)), Safety.READ)

    mode.run(scenario)
    assert [1006.0, 1009.0, 1010.0] == [request.deadline for request in script.requests]


def test_an_attempt_that_ends_with_the_call_is_a_deadline(mode: Mode, clock: Clock) -> None:
    """When the total is used up the error says so; its cause is the last attempt's."""

    def slow(request: Any) -> Any:
        clock.now = request.deadline
        return AttemptTimeoutError("silence", sent=Sent.MAYBE)

    async def scenario() -> PagerTreeError:
        with pytest.raises(DeadlineExceededError) as caught:
            await call(client(mode, Script(slow), timeout=Timeout(total=5, attempt=3)), Safety.READ)
        return caught.value

    error = mode.run(scenario)
    assert isinstance(error.__cause__, AttemptTimeoutError)
    assert "no answer within the 5 s the call may take: silence" in str(error)
    assert (2, 5.0) == (error.attempts, error.elapsed)  # type: ignore[attr-defined]


def test_the_cause_of_an_ambiguous_write_is_told(mode: Mode) -> None:
    """An ambiguous write carries what its attempt failed with, and was not repeated."""
    script = Script(lambda _: ConnectionLostError("reset by peer", sent=Sent.MAYBE))

    async def scenario() -> AmbiguousWriteError:
        with pytest.raises(AmbiguousWriteError) as caught:
            await call(client(mode, script), Safety.CREATE)
        return caught.value

    error = mode.run(scenario)
    assert isinstance(error.__cause__, ConnectionLostError)
    assert error.maybe_applied
    assert "POST /alert: it left, and no answer came: reset by peer [maybe sent] (1 attempt in " in str(error)


def test_a_lost_answer_to_a_create_keeps_its_status(mode: Mode) -> None:
    """A create whose answer was cut says with which status it began."""
    for failure in ("cut body", "slow body"):

        async def scenario(failure: str = failure) -> ResponseLostError:
            with pytest.raises(ResponseLostError) as caught:
                await call(client(mode, Script(step(failure))), Safety.CREATE)
            return caught.value

        error = mode.run(scenario)
        assert (200, True) == (error.status, error.maybe_applied)


@pytest.mark.parametrize("first", ["reset", "read timeout", "cut body", "500", "503"])
def test_404_after_an_ambiguous_delete_is_success(mode: Mode, clock: Clock, first: str) -> None:
    """What may have been removed by the first attempt is gone: that is what was wanted."""
    for verb in ("delete", "clear"):
        script = Script(step(first), answer(404))

        async def scenario(verb: str = verb, script: Script = script) -> Any:
            mini = client(mode, script)
            result = await got(getattr(mini.alerts, verb)("alt_1"))
            return result, mini._session._quota.left

        assert (None, RetryQuota.SIZE) == mode.run(scenario)
        assert 2 == len(script.requests)


@pytest.mark.parametrize("first", ["refused", "429", None])
def test_404_after_a_delete_that_did_not_arrive_is_an_error(mode: Mode, clock: Clock, first: str | None) -> None:
    """A 404 to a first attempt, or after one that was surely not applied, is what it is."""
    script = Script(*([step(first)] if first else []), answer(404))

    async def scenario() -> None:
        with pytest.raises(errors.NotFoundError):
            await got(client(mode, script).alerts.delete("alt_1"))

    mode.run(scenario)


@pytest.mark.parametrize("status", [400, 409, 422])
@pytest.mark.parametrize(
    ("look", "settled"),
    [
        (answer(200, {**ALERT, "status": "acknowledged"}), True),
        (answer(200, {**ALERT, "status": "open"}), False),
        (answer(200, ALERT), False),
        (answer(404), False),
    ],
)
def test_a_state_is_settled_by_one_look(mode: Mode, clock: Clock, status: int, look: Any, settled: bool) -> None:
    """Refused after an ambiguous attempt: in the wanted state is success, otherwise the refusal stands."""
    script = Script(step("reset"), answer(status, {"message": "already"}), look)

    async def scenario() -> Any:
        try:
            return await got(client(mode, script).alerts.acknowledge("alt_1"))
        except APIError as error:
            return error

    result = mode.run(scenario)
    assert [("POST", "/alert/alt_1/acknowledge")] * 2 + [("GET", "/alert/alt_1")] == script.seen
    if settled:
        assert "acknowledged" == result.status
    else:
        assert (status, True, "already") == (result.status, result.maybe_applied, result.messages[0])


def test_the_look_keeps_to_the_time_of_the_call(mode: Mode, clock: Clock) -> None:
    """Looking whether a state was reached takes only what is left of the call's total."""
    lost = step("reset")

    def slow(request: Any) -> Any:
        clock.now += 4
        return lost(request)

    script = Script(slow, answer(409), answer(200, {**ALERT, "status": "acknowledged"}))

    async def scenario() -> None:
        await got(client(mode, script, timeout=10.0, retry=RetryPolicy(base=1, jitter=0)).alerts.acknowledge("alt_1"))

    mode.run(scenario)
    assert 1010.0 == pytest.approx(script.requests[2].deadline)


@pytest.mark.parametrize("steps", [[409], ["429", 409], ["reset", 403], ["reset", "reset", "reset"]])
def test_no_look_where_nothing_is_unclear(mode: Mode, clock: Clock, steps: list[Any]) -> None:
    """Without an ambiguous attempt, or with another refusal, nothing is looked up."""
    script = Script(*(step(str(one)) for one in steps))

    async def scenario() -> None:
        with pytest.raises(PagerTreeError):
            await got(client(mode, script).alerts.acknowledge("alt_1"))

    mode.run(scenario)
    assert {"POST"} == {method for method, _ in script.seen}


def test_a_create_travels_on_a_fresh_connection(mode: Mode) -> None:
    """A create asks for a connection that was not idle for two seconds; nothing else does."""
    script = Script(FINE)

    async def scenario() -> None:
        mini = client(mode, script)
        for safety in Safety:
            await call(mini, safety)

    mode.run(scenario)
    assert [math.inf, math.inf, math.inf, 2.0] == [request.max_idle for request in script.requests]


def test_a_redirect_is_not_followed(mode: Mode) -> None:
    """A redirect is an error that says where to, and nothing goes there."""
    script = Script(answer(302, location="https://evil.test/x"))

    async def scenario() -> None:
        with pytest.raises(UnexpectedRedirectError, match="to https://evil.test/x, not followed"):
            await call(client(mode, script), Safety.READ)

    mode.run(scenario)
    assert 1 == len(script.requests)


def test_the_quota_has_the_numbers_of_the_rules() -> None:
    """500 tokens; a retry takes 14, a throttled one 5; success gives back what was taken, or one."""
    quota = RetryQuota()
    assert [500, 14, 5] == [quota.left, quota.take(api_error(500, {}, b"")), quota.take(api_error(429, {}, b""))]
    quota.give_back(14)
    assert 495 == quota.left
    quota.give_back(0)
    assert 496 == quota.left
    quota.give_back(100)
    assert 500 == quota.left
    quota.give_back(0)
    assert 500 == quota.left
    taken = [quota.take(ConnectionLostError("x")) for _ in range(40)]
    assert [14] * 35 + [0] * 5 == taken
    assert [5, 5, 0] == [quota.take(api_error(429, {}, b"")) for _ in range(3)]
    quota.after_fork()
    assert 500 == quota.left


def test_an_outage_is_not_answered_with_thrice_the_load(mode: Mode, clock: Clock) -> None:
    """When nothing succeeds, a client stops trying again; each call still makes its first attempt."""
    script = Script(answer(503))

    async def scenario() -> None:
        mini = client(mode, script)
        for _ in range(100):
            with pytest.raises(ServerError):
                await call(mini, Safety.READ)

    mode.run(scenario)
    assert 100 + 500 // 14 == len(script.requests)


def test_a_success_gives_back_what_it_took(mode: Mode, clock: Clock) -> None:
    """A call that succeeds at its second attempt leaves the quota as it was."""

    async def scenario() -> int:
        mini = client(mode, Script(answer(500), FINE))
        await call(mini, Safety.READ)
        return int(mini._session._quota.left)

    assert 500 == mode.run(scenario)


@pytest.mark.parametrize(
    "wrong",
    [
        {"attempts": 0},
        {"attempts": "3"},
        {"attempts": 2.5},
        {"attempts": True},
        {"network_attempts": 0},
        {"base": -1},
        {"base": math.nan},
        {"base": math.inf},
        {"base": "1"},
        {"throttled_base": None},
        {"cap": -0.1},
        {"jitter": 1.1},
        {"jitter": -0.1},
        {"max_retry_after": -1},
        {"statuses": {404: -1}},
        {"statuses": {404: "2"}},
        {"statuses": {"404": 2}},
        {"statuses": [404]},
        {"statuses": 404},
        {"creates": 500},
        {"creates": "500"},
        {"creates": {"500"}},
    ],
)
def test_a_policy_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    """Each value is held to its range and type, by name."""
    (name,) = wrong
    with pytest.raises(InvalidArgumentError, match=f"retry: {name}="):
        RetryPolicy(**wrong)


def test_a_policy_is_an_immutable_value() -> None:
    """It cannot be changed, hashes, and survives copy and pickle."""
    statuses = {404: 2}
    policy = RetryPolicy(attempts=5, statuses=statuses, creates=[500])  # type: ignore[arg-type]
    statuses[404] = 9
    assert 2 == policy.statuses[404]
    with pytest.raises(AttributeError):
        policy.attempts = 9  # type: ignore[misc]
    with pytest.raises(TypeError):
        policy.statuses[404] = 9  # type: ignore[index]
    for twin in (copy.copy(policy), copy.deepcopy(policy), pickle.loads(pickle.dumps(policy))):
        assert policy == twin
        assert hash(policy) == hash(twin)


def test_an_import_that_a_ctrl_c_cuts_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first failure of a process imports the library that decides; a Ctrl-C meanwhile does not spoil the next one."""
    loaded: list[str] = []

    class Interrupting(importlib.abc.MetaPathFinder):
        def find_spec(self, name: str, *rest: Any) -> None:
            if name.startswith("tenacity"):
                loaded.append(name)
                if len(loaded) == 4:
                    raise KeyboardInterrupt

    with patch.dict(sys.modules):
        for name in [name for name in sys.modules if name.partition(".")[0] == "tenacity"]:
            del sys.modules[name]
        monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
        with pytest.raises(KeyboardInterrupt):
            Attempts(RetryPolicy(), Safety.READ, math.inf)
        assert [] == [name for name in sys.modules if name.startswith("tenacity")]
        later = Attempts(RetryPolicy(base=0), Safety.READ, math.inf)
        assert 0.0 == later.again(ServerError(503))
