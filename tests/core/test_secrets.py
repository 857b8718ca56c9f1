"""No secret shows in texts, errors or tracebacks, locals included."""

from __future__ import annotations

import io
import logging
import pickle
import traceback
from types import TracebackType
from typing import Any

import pytest
from rich.console import Console
from rich.traceback import Traceback

from pagertree_async.auth import KeyPair, Login, Token
from pagertree_async.errors import ConnectionLostError, PagerTreeError, Sent
from tests.core.mini import FINE, Script, answer, client
from tests.modes import Mode, got

SECRETS = ("tkn-5up3r-s3cret", "key-5up3r-s3cret", "sec-5up3r-s3cret", "pwd-5up3r-s3cret")
AUTHS = {"token": Token(SECRETS[0]), "pair": KeyPair(SECRETS[1], SECRETS[2]), "login": Login("ada", SECRETS[3])}


def _ours(error: BaseException) -> None:
    """Leave of an error's frames those of the package: a test's own, and its server's, know what they sent."""
    links, seen = [error], set[int]()
    while links:
        link = links.pop()
        if id(link) not in seen:
            seen.add(id(link))
            frames = [
                step
                for step in traceback.walk_tb(link.__traceback__)
                if "pagertree_async" in step[0].f_code.co_filename
            ]
            link.__traceback__ = None
            for frame, line in reversed(frames):
                link.__traceback__ = TracebackType(link.__traceback__, frame, frame.f_lasti, line)
            links += [other for other in (link.__cause__, link.__context__) if other is not None]


def shown(error: BaseException) -> str:
    """Everything that a developer may see of an error."""
    _ours(error)
    plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    out = io.StringIO()
    rich = Traceback.from_exception(
        type(error),
        error,
        error.__traceback__,
        show_locals=True,
        locals_max_string=None,
        locals_max_length=None,
        extra_lines=0,
    )
    Console(file=out, width=4000, force_terminal=False).print(rich)
    texts = [str(error), repr(error), repr(error.args), repr(error.__dict__), plain, out.getvalue()]
    return "\n".join(texts) + repr(pickle.dumps(error))


def echo(request: Any) -> Any:
    """A server that repeats everything it was sent, with an error."""
    sent = " ".join(f"{name}: {value}" for name, value in request.revealed_headers())
    return answer(400, {"message": f"{sent} {request.body.decode()}"}, x_echo=sent, location=sent)


def echo_page(request: Any) -> Any:
    """A proxy that answers 200 with a page of what it was sent."""
    sent = "".join(f"{name}{value}" for name, value in request.revealed_headers()[::-1])
    return answer(200, f"{sent}<html>{request.body.decode()}".encode())


def echo_shape(request: Any) -> Any:
    """JSON of another shape, of what was sent."""
    return answer(200, dict(request.revealed_headers()) | {"body": request.body.decode()})


def echo_redirect(request: Any) -> Any:
    """A redirect with what was sent in its address."""
    sent = "/".join(value for _, value in request.revealed_headers()) + request.body.decode()
    return answer(302, location=f"https://evil.test/{sent}")


def reset(request: Any) -> Any:
    """A connection that ends."""
    raise ConnectionLostError("reset", sent=Sent.MAYBE)


def login_then(handler: Any) -> Any:
    """Logins succeed, everything else is as the handler has it."""

    def answered(request: Any) -> Any:
        return answer(200, {"token": SECRETS[0]}) if request.url.endswith("login") else handler(request)

    return answered


@pytest.mark.parametrize("auth", AUTHS)
@pytest.mark.parametrize("handler", [echo, echo_page, echo_shape, echo_redirect, reset])
@pytest.mark.parametrize("verb", ["create", "list"])
def test_nothing_of_an_error_shows_a_secret(mode: Mode, auth: str, handler: Any, verb: str) -> None:
    """Whatever the server does with what it was sent, no text of the error and no local variable holds it."""

    async def scenario(handled: Any) -> BaseException:
        mini = client(mode, handled, AUTHS[auth], timeout=1)
        try:
            if verb == "create":
                await got(mini.alerts.create(title="t"))
            else:
                await got(mini.alerts.list().first())
        except PagerTreeError as error:
            return error
        raise AssertionError("no error")

    handlers = [handler] + ([login_then(handler)] if auth == "login" else [])
    for handled in handlers:
        text = shown(mode.run(scenario, handled))
        for secret in SECRETS:
            assert secret not in text


@pytest.mark.parametrize(
    "make",
    [
        lambda: Token("bad\ntkn-5up3r-s3cret"),
        lambda: KeyPair("key-5up3r-s3cret", "bad\nsec-5up3r-s3cret"),
        lambda: KeyPair("bad\nkey-5up3r-s3cret", "sec-5up3r-s3cret"),
        lambda: Login("", "pwd-5up3r-s3cret"),
        lambda: Login("\udc80", "pwd-5up3r-s3cret"),
        lambda: Login("ada", "pwd-5up3r-s3cret\udc80"),
        lambda: Token(b"tkn-5up3r-s3cret"),  # type: ignore[arg-type]
    ],
)
def test_refused_credentials_are_not_shown(make: Any) -> None:
    """The frames of the package do not hold in clear what was refused."""
    with pytest.raises(PagerTreeError) as caught:
        make()
    text = shown(caught.value)
    assert "_check" in text or "__post_init__" in text
    assert "5up3r" not in text


@pytest.mark.parametrize("auth", AUTHS)
def test_a_client_shows_no_secret(mode: Mode, auth: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a client, its session and credentials, nor the logs of a call show a secret."""
    caplog.set_level(logging.DEBUG)
    script = Script(FINE)

    async def scenario() -> str:
        mini = client(mode, login_then(script), AUTHS[auth])
        await got(mini.alerts.retrieve("alt_1"))
        session = mini._session
        return repr([mini, vars(mini), vars(session), vars(session._credentials), mini.alerts, script.requests, AUTHS])

    text = mode.run(scenario) + caplog.text
    for secret in SECRETS:
        assert secret not in text
