"""Credentials: what is sent, and a login that happens once for everyone who needs it."""

from __future__ import annotations

import copy
import pickle
import threading
import time
from typing import Any

import anyio
import msgspec
import pytest

from pagertree_async.auth import Auth, KeyPair, Login, Obtaining, Token, redacted
from pagertree_async.errors import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    ConnectionLostError,
    DeadlineExceededError,
    InvalidResponseError,
    PagerTreeError,
    RateLimitedError,
    Sent,
    ServerError,
)
from pagertree_async.http import Request, Response, Secret
from pagertree_async.retry import RetryPolicy
from tests.core.mini import ALERT, BASE, FINE, Clock, Script, answer, client
from tests.modes import Mode, got

LOGIN = Login("ada@example.com", "a-long-password")
MANY = 50


class Accounts:
    """A server that knows one token at a time, and counts the logins."""

    def __init__(self, tokens: Any = None, *, wait: float = 0.0) -> None:
        self.tokens = iter(tokens or (f"token-{n}" for n in range(1000)))
        self.valid: Any = None
        self.logins = 0
        self.refused = 0
        self.wait = wait
        self.lock = threading.Lock()

    def login(self) -> Response:
        with self.lock:
            self.logins += 1
            self.valid = next(self.tokens)
        return answer(200, {"token": self.valid, "user": {"id": "usr_1"}})

    def use(self, request: Request) -> Response:
        if dict(request.revealed_headers()).get("authorization") == self.valid:
            return FINE
        self.refused += 1
        return answer(401, {"message": "expired"})

    def blocking(self, request: Request) -> Response:
        if request.url == f"{BASE}/public/login":
            time.sleep(self.wait)
            return self.login()
        return self.use(request)

    async def awaited(self, request: Request) -> Response:
        await anyio.sleep(self.wait)
        return self.login() if request.url == f"{BASE}/public/login" else self.use(request)

    def handler(self, mode: Mode) -> Any:
        return self.blocking if mode.blocking else self.awaited


async def together(mode: Mode, count: int, call: Any) -> list[Any]:
    """Make a call from many tasks, or from many threads, and collect results and errors."""
    results: list[Any] = []

    if mode.blocking:

        def in_thread() -> None:
            try:
                results.append(call())
            except PagerTreeError as error:
                results.append(error)

        threads = [threading.Thread(target=in_thread) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    async def in_task() -> None:
        try:
            results.append(await call())
        except PagerTreeError as error:
            results.append(error)

    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(in_task)
    return results


def test_what_each_kind_sends(mode: Mode) -> None:
    """A token goes as Authorization, a key and secret in headers of their own; in the request they are secrets."""
    for auth, sent in (
        (Token(" a-token "), [("authorization", "a-token")]),
        (KeyPair("a-key", Secret("a-secret")), [("x-api-key", "a-key"), ("x-api-secret", "a-secret")]),
    ):
        script = Script(FINE)

        async def scenario(auth: Any = auth, script: Script = script) -> None:
            await got(client(mode, script, auth).alerts.retrieve("alt_1"))

        mode.run(scenario)
        assert sent == script.requests[0].revealed_headers()[-len(sent) :]
        assert all(isinstance(value, Secret) for _, value in script.requests[0].headers[-len(sent) :])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Token(""), "the token is empty"),
        (lambda: Token("  "), "the token is empty"),
        (lambda: Token("a\nb"), "no header can carry"),
        (lambda: Token("tökén"), "no header can carry"),
        (lambda: Token(3), "the token is empty, or no text"),  # type: ignore[arg-type]
        (lambda: Token(None), "the token is empty, or no text"),  # type: ignore[arg-type]
        (lambda: KeyPair("", "s"), "the API key is empty"),
        (lambda: KeyPair("k", b"s"), "the API secret is empty, or no text"),  # type: ignore[arg-type]
        (lambda: Login("", "p"), "the user name is empty"),
        (lambda: Login(None, "p"), "the user name is empty"),  # type: ignore[arg-type]
        (lambda: Login("u", ""), "the password is empty"),
        (lambda: Login("u", None), "the password is empty, or no text"),  # type: ignore[arg-type]
        (lambda: Login("u", "\udc80"), "the password is empty, or no text"),
        (lambda: Login("\udc80", "p"), "the user name is empty, or no text"),
    ],
)
def test_credentials_that_cannot_be_sent_are_refused(make: Any, said: str) -> None:
    """Empty ones, and those that no header or JSON can carry, are told when they are made."""
    with pytest.raises(ConfigurationError, match=said):
        make()


@pytest.mark.parametrize("auth", [Token("a-token"), KeyPair("a-key", "a-secret"), LOGIN])
def test_a_pickle_of_credentials_is_empty(mode: Mode, auth: Any) -> None:
    """Copies work, a pickle has no secret; using its copy is a clear error, and nothing is sent."""
    pickled = pickle.dumps(auth)
    for secret in (b"a-token", b"a-key", b"a-secret", b"a-long-password"):
        assert secret not in pickled
    assert auth == copy.deepcopy(auth)
    script = Script(FINE)

    async def scenario() -> None:
        with pytest.raises(ConfigurationError, match="left out when it was pickled"):
            await got(client(mode, lambda request: request.revealed_headers(), pickle.loads(pickled)).alerts.stats())

    mode.run(scenario)
    assert [] == script.requests


def test_the_kinds_are_told_apart() -> None:
    """Ready credentials are an Auth, a login obtains others."""
    assert isinstance(Token("a"), Auth)
    assert isinstance(KeyPair("a", "b"), Auth)
    assert isinstance(LOGIN, Obtaining)
    assert not isinstance(LOGIN, Auth)


@pytest.mark.parametrize(
    ("token", "sent"), [("abc", "abc"), (123, "123"), (1.5, "1.5"), (True, "true"), (" abc ", "abc")]
)
def test_a_login_happens_on_first_need(mode: Mode, token: Any, sent: str) -> None:
    """Nothing is sent before the first call; then one login, whatever JSON scalar its token is."""
    script = Script(answer(200, {"token": token}), FINE)

    async def scenario() -> None:
        mini = client(mode, script, LOGIN)
        assert [] == script.requests
        await got(mini.alerts.retrieve("alt_1"))
        await got(mini.alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert [("POST", "/public/login"), ("GET", "/alert/alt_1"), ("GET", "/alert/alt_1")] == script.seen
    login, first, second = script.requests
    assert {"username": "ada@example.com", "password": "a-long-password"} == msgspec.json.decode(login.body)
    assert "authorization" not in dict(login.headers)
    assert [sent, sent] == [dict(request.revealed_headers())["authorization"] for request in (first, second)]
    assert "password" not in repr(login)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        b"[]",
        b'{"token": null}',
        b'{"token": {}}',
        b'{"token": ""}',
        b'{"token": "a\\nb"}',
        b"\xff",
    ],
)
def test_a_login_without_a_token_is_a_clear_error(mode: Mode, body: bytes) -> None:
    """The error is the login's own, and does not show what the answer held."""

    async def scenario() -> InvalidResponseError:
        with pytest.raises(InvalidResponseError) as caught:
            await got(client(mode, Script(answer(200, body)), LOGIN).alerts.create(title="t"))
        return caught.value

    error = mode.run(scenario)
    assert ("POST", "/public/login", 1, False) == (error.method, error.path, error.attempts, error.maybe_applied)
    assert "the login's answer has no token that can be used" in str(error)


def test_fifty_calls_make_one_login(mode: Mode) -> None:
    """On first need, and again on a 401 for all of them, exactly one login is made."""
    accounts = Accounts(wait=0.01)

    async def scenario() -> None:
        mini = client(mode, accounts.handler(mode), LOGIN)

        def call() -> Any:
            return mini.alerts.retrieve("alt_1")

        assert ["alt_1"] * MANY == [alert.id for alert in await together(mode, MANY, call)]
        assert 1 == accounts.logins
        accounts.valid = "nothing"
        assert ["alt_1"] * MANY == [alert.id for alert in await together(mode, MANY, call)]
        assert 2 == accounts.logins

    mode.run(scenario)


def test_a_login_that_gives_the_same_token_is_made_once_too(mode: Mode) -> None:
    """Waiters tell a login that took place from its token not having changed."""
    accounts = Accounts(tokens=["same-token"] * 100, wait=0.01)
    arrived: list[int] = []

    def blocking(request: Request) -> Response:
        if not request.url.endswith("login"):
            arrived.append(1)
            while len(arrived) < 20:
                time.sleep(0.001)
            return answer(401)
        return accounts.blocking(request)

    async def awaited(request: Request) -> Response:
        if not request.url.endswith("login"):
            arrived.append(1)
            while len(arrived) < 20:
                await anyio.sleep(0.001)
            return answer(401)
        return await accounts.awaited(request)

    async def scenario() -> list[Any]:
        mini = client(mode, blocking if mode.blocking else awaited, LOGIN)
        return await together(mode, 20, lambda: mini.alerts.retrieve("alt_1"))

    assert [AuthenticationError] * 20 == [type(result) for result in mode.run(scenario)]
    assert (2, 40) == (accounts.logins, len(arrived))


def test_a_second_401_is_the_end(mode: Mode) -> None:
    """After one login more, a 401 is the caller's."""
    script = Script(
        answer(200, {"token": "one-token"}),
        answer(401),
        answer(200, {"token": "two-token"}),
        answer(401, {"message": "no"}),
    )

    async def scenario() -> AuthenticationError:
        with pytest.raises(AuthenticationError, match="no") as caught:
            await got(client(mode, script, LOGIN).alerts.retrieve("alt_1"))
        return caught.value

    error = mode.run(scenario)
    assert 4 == len(script.requests)
    assert ("GET", "/alert/alt_1", 2) == (error.method, error.path, error.attempts)


def test_a_401_with_a_token_is_not_repeated(mode: Mode) -> None:
    """Without a login there is nothing to renew."""
    script = Script(answer(401))

    async def scenario() -> None:
        with pytest.raises(AuthenticationError, match="Check the credentials"):
            await got(client(mode, script).alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert 1 == len(script.requests)


def test_a_create_goes_out_again_after_a_401(mode: Mode) -> None:
    """A 401 says that nothing was done: any call is made again after the login."""
    script = Script(answer(200, {"token": "one-token"}), answer(401), answer(200, {"token": "two-token"}), FINE)

    async def scenario() -> str:
        alert = await got(client(mode, script, LOGIN, retry=RetryPolicy(attempts=1)).alerts.create(title="t"))
        return str(alert.id)

    assert "alt_1" == mode.run(scenario)


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_a_failing_login_fails_all_who_wait_once(mode: Mode, status: int) -> None:
    """One login is tried, and every call gets an error of its own that tells of it."""
    logins: list[int] = []
    begun: list[int] = []

    def refuse(request: Request) -> Response:
        assert request.url.endswith("/public/login")
        logins.append(1)
        return answer(status, {"message": "wrong password: a-long-password"})

    def blocking(request: Request) -> Response:
        while len(begun) < MANY:
            time.sleep(0.001)
        time.sleep(0.1)
        return refuse(request)

    async def awaited(request: Request) -> Response:
        await anyio.sleep(0.05)
        return refuse(request)

    async def scenario() -> list[Any]:
        handler = blocking if mode.blocking else awaited
        mini = client(mode, handler, LOGIN, retry=RetryPolicy(attempts=1))

        def call() -> Any:
            begun.append(1)
            return mini.alerts.create(title="t")

        return await together(mode, MANY, call)

    results = mode.run(scenario)
    assert MANY == len({id(error) for error in results})
    assert {status} == {error.status for error in results}
    assert {("POST", "/public/login", False)} == {(error.method, error.path, error.maybe_applied) for error in results}
    assert 1 == len(logins)
    assert all("a-long-password" not in str(error) + repr(error.body) for error in results)


def test_a_login_is_tried_again_like_a_state(mode: Mode, clock: Clock) -> None:
    """A login is repeated after failures that allow it; what it says of being applied is about the call."""
    script = Script(
        lambda _: ConnectionLostError("reset", sent=Sent.MAYBE), answer(503), answer(200, {"token": "abcd"}), FINE
    )

    async def scenario() -> None:
        await got(client(mode, script, LOGIN).alerts.create(title="t"))

    mode.run(scenario)
    assert 4 == len(script.requests)

    async def fails() -> ServerError:
        with pytest.raises(ServerError) as caught:
            await got(client(mode, Script(answer(503)), LOGIN).alerts.create(title="t"))
        return caught.value

    assert not mode.run(fails).maybe_applied


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_leader_hands_over(backend: str) -> None:
    """When the call that logs in is cancelled, the next who waits logs in, and the rest succeed."""
    accounts = Accounts(wait=0.03)
    results: list[Any] = []

    async def scenario() -> None:
        mini = client(Mode(backend), accounts.awaited, LOGIN)

        async def call() -> None:
            results.append(await mini.alerts.retrieve("alt_1"))

        async with anyio.create_task_group() as tasks:
            leader = anyio.CancelScope()

            async def lead() -> None:
                with leader:
                    await call()

            tasks.start_soon(lead)
            await anyio.sleep(0.01)
            for _ in range(10):
                tasks.start_soon(call)
            await anyio.sleep(0.01)
            leader.cancel()

    anyio.run(scenario, backend=backend)
    assert 10 == len(results)
    assert 1 == accounts.logins


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_waiter_takes_nobody_down(backend: str) -> None:
    """A waiter that is cancelled leaves the login to the others."""
    accounts = Accounts(wait=0.03)
    results: list[Any] = []

    async def scenario() -> None:
        mini = client(Mode(backend), accounts.awaited, LOGIN)

        async def call(seconds: float) -> None:
            with anyio.move_on_after(seconds):
                results.append(await mini.alerts.retrieve("alt_1"))

        async with anyio.create_task_group() as tasks:
            for n in range(10):
                tasks.start_soon(call, 5 if n % 2 == 0 else 0.01)

    anyio.run(scenario, backend=backend)
    assert 5 == len(results)
    assert 1 == accounts.logins


def test_a_leader_whose_time_is_over_does_not_fail_the_others(mode: Mode) -> None:
    """The deadline of the call that logs in is its own: the next who waits tries again."""
    accounts = Accounts()
    first = threading.Event()

    def blocking(request: Request) -> Response:
        if request.url.endswith("login") and not first.is_set():
            first.set()
            time.sleep(request.time_left() + 0.01)
            from pagertree_async.errors import AttemptTimeoutError

            raise AttemptTimeoutError("silence", sent=Sent.MAYBE)
        return accounts.blocking(request)

    async def awaited(request: Request) -> Response:
        if request.url.endswith("login") and not first.is_set():
            first.set()
            await anyio.sleep(5)
        return await accounts.awaited(request)

    async def scenario() -> list[Any]:
        mini = client(mode, blocking if mode.blocking else awaited, LOGIN)
        limits = iter([0.1])

        def call() -> Any:
            return mini.alerts.retrieve("alt_1", timeout=next(limits, 5.0))

        return await together(mode, 6, call)

    results = mode.run(scenario)
    failed = [result for result in results if isinstance(result, Exception)]
    assert [DeadlineExceededError] == [type(error) for error in failed]
    assert 1 == accounts.logins


def test_a_waiter_whose_time_is_over_says_so(mode: Mode) -> None:
    """Waiting for another call's login ends with the waiter's own time, told as its own call."""
    accounts = Accounts(wait=0.2)

    async def scenario() -> list[Any]:
        mini = client(mode, accounts.handler(mode), LOGIN)
        limits = iter([5.0])

        def call() -> Any:
            return mini.alerts.retrieve("alt_1", timeout=next(limits, 0.05))

        return await together(mode, 3, call)

    results = mode.run(scenario)
    errors = [result for result in results if isinstance(result, Exception)]
    assert ["the time was over while another call was logging in"] * 2 == [error.message for error in errors]
    assert {("GET", "/alert/alt_1")} == {(error.method, error.path) for error in errors}


def test_a_leader_that_must_wait_for_the_pace_does_not_fail_the_others(mode: Mode, clock: Clock) -> None:
    """A login that was not even sent, for lack of time, is not everybody's failure."""
    script = Script(answer(200, {"token": "abcd"}), FINE)

    async def scenario() -> str:
        mini = client(mode, script, LOGIN)
        mini._session._pace.hold(5)
        with pytest.raises(RateLimitedError) as caught:
            await got(mini.alerts.retrieve("alt_1", timeout=1))
        assert None is mini._session._credentials._failure
        assert 0 == caught.value.attempts
        return str((await got(mini.alerts.retrieve("alt_1"))).id)

    assert "alt_1" == mode.run(scenario)


def test_credentials_of_ones_own(mode: Mode) -> None:
    """Anything with the methods of the protocols can be passed, headers that are no secrets included."""

    class Cookie:
        def headers(self) -> Any:
            return (("x-account", "acc_1"), ("cookie", Secret("a-cookie-value")))

    script = Script(answer(403, {"message": "no a-cookie-value of acc_1"}))

    async def scenario() -> APIError:
        with pytest.raises(APIError) as caught:
            await got(client(mode, script, Cookie()).alerts.retrieve("alt_1"))
        return caught.value

    assert ("no *** of acc_1",) == mode.run(scenario).messages
    assert "acc_1" == dict(script.requests[0].revealed_headers())["x-account"]


class Aging:
    """Credentials that end at a time, and may be used a little longer when no others can be had."""

    def __init__(self, clock: Clock, *, grace: bool, begin: bool = True) -> None:
        self.clock, self.grace, self.begin = clock, grace, begin
        self.until = clock.now + 10
        self.handed = 0

    def ask(self) -> Any:
        from pagertree_async.auth import Ask

        return Ask(path="/renew", body=Secret("{}"))

    def take(self, answer: Secret) -> Auth:
        self.until = self.clock.now + 10
        return Token(msgspec.json.decode(answer.reveal())["token"])

    def at_hand(self) -> Auth | None:
        return Token("first-token") if self.begin else None

    def due(self) -> bool:
        return self.clock.now >= self.until

    def put_off(self, error: PagerTreeError) -> bool:
        self.until += 5 if self.grace else 0
        return self.grace

    async def hand_over(self) -> None:
        self.handed += 1


def test_credentials_that_end_are_renewed_before(mode: Mode, clock: Clock) -> None:
    """What is at hand is used until it is due; then others are obtained, and handed over."""
    script = Script(FINE, answer(200, {"token": "second-token"}), FINE)
    aging = Aging(clock, grace=False)

    async def scenario() -> None:
        mini = client(mode, script, aging)
        await got(mini.alerts.retrieve("alt_1"))
        clock.now += 11
        await got(mini.alerts.retrieve("alt_1"))
        await got(mini.alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert ["/alert/alt_1", "/renew", "/alert/alt_1", "/alert/alt_1"] == [path for _, path in script.seen]
    assert ["first-token", "second-token", "second-token"] == [
        dict(request.revealed_headers())["authorization"] for request in script.requests if "renew" not in request.url
    ]
    assert 1 == aging.handed


@pytest.mark.parametrize("grace", [True, False])
def test_credentials_that_cannot_be_renewed(mode: Mode, clock: Clock, grace: bool) -> None:
    """When no others can be had, those at hand are used a while longer, where they allow it."""
    script = Script(lambda request: answer(400) if "renew" in request.url else FINE)
    aging = Aging(clock, grace=grace)

    async def scenario() -> Any:
        mini = client(mode, script, aging)
        clock.now += 11
        try:
            return await got(mini.alerts.retrieve("alt_1"))
        except APIError as error:
            return error

    result = mode.run(scenario)
    assert (grace, not grace) == (getattr(result, "id", None) == "alt_1", getattr(result, "path", None) == "/renew")


def test_credentials_of_which_none_are_at_hand(mode: Mode, clock: Clock) -> None:
    """Without any to begin with they are obtained on first need."""
    script = Script(answer(200, {"token": "some-token"}), FINE)

    async def scenario() -> None:
        await got(client(mode, script, Aging(clock, grace=True, begin=False)).alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert ["/renew", "/alert/alt_1"] == [path for _, path in script.seen]


@pytest.mark.parametrize(
    ("sent", "secret", "clean"),
    [
        (b"no such token: abcdef!", "abcdef", b"no such token: ***!"),
        (b'{"t": "ab\\"cd"}', 'ab"cd', b'{"t": "***"}'),
        ("pässwörd".encode(), "pässwörd", b"***"),
        (b'"p\\u00e4ssw\\u00f6rd"', "pässwörd", b'"***"'),
        (b"abc", "abc", b"abc"),
        (b"", "abcdef", b""),
    ],
)
def test_secrets_are_taken_out_of_answers(sent: bytes, secret: str, clean: bytes) -> None:
    """A secret is found as it is and as JSON writes it; a very short one is not looked for."""
    assert clean == redacted(sent, [Secret(secret)])


def test_alert_example() -> None:
    """The example answers of these tests are about one alert."""
    assert "alt_1" == ALERT["id"]
