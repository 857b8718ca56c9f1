"""What errors and reprs show of credentials: nothing."""

from __future__ import annotations

import logging
import pickle
import traceback
from typing import Any

import anyio
import pytest
from rich.traceback import Traceback

from pagertree_async.errors import PagerTreeError
from pagertree_async.http import Secret
from tests.rawserver import (
    Behaviour,
    Certificates,
    RawServer,
    answer,
    close_before_answer,
    hang,
    head,
    many_headers,
    raw,
    refusing_port,
    reset,
)
from tests.transports.drivers import Driver, Shipped, get

SECRET = "hunter2-and-so-on"
HEADERS = (("authorization", Secret(f"Bearer {SECRET}")), ("x-api-key", Secret(SECRET)))


def shown(error: BaseException) -> str:
    """Everything that could be seen of an error: its texts, its pickle, its traceback with the locals of all frames."""
    trace = Traceback.extract(
        type(error), error, error.__traceback__, show_locals=True, locals_max_string=None, locals_max_length=None
    )
    told = [
        str(node.render()) for stack in trace.stacks for frame in stack.frames for node in (frame.locals or {}).values()
    ]
    texts = [
        repr(error),
        str(error),
        *told,
        repr(pickle.dumps(error)),
        "".join(traceback.format_exception(error)),
    ]
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        texts += [repr(link), str(link)]
        frame = link.__traceback__
        while frame is not None:
            if "pagertree_async" in frame.tb_frame.f_code.co_filename:
                texts += [deep(value) for value in frame.tb_frame.f_locals.values()]
            else:
                assert "site-packages/http" not in frame.tb_frame.f_code.co_filename
            frame = frame.tb_next
        link = link.__cause__ or link.__context__
    return "\n".join(texts)


def deep(value: Any) -> str:
    """A value and, where it has them, its attributes."""
    return repr(value) + repr(getattr(value, "__dict__", ""))


@pytest.mark.parametrize(
    "behaviour",
    [
        close_before_answer,
        reset,
        hang,
        raw(b"nonsense\r\n\r\n", close=True),
        raw(head(200, ("content-length", "9")), close=True),
        answer(200, b"junk", ("content-encoding", "gzip")),
        raw(many_headers()),
    ],
)
def test_errors(driver: Driver, behaviour: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    """No credential is in any error, its pickle, its traceback with locals, or a log."""
    caplog.set_level(logging.DEBUG)
    with RawServer(behaviour) as server, pytest.raises(PagerTreeError) as caught:
        driver.get(server.url, headers=HEADERS, read=0.1)
    assert SECRET not in shown(caught.value)
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "ftp://127.0.0.1/",
        "http://127.0.0.1/\n",
        "http://nobody.invalid",
    ],
)
def test_errors_before(driver: Driver, url: str) -> None:
    """Nor where no connection came about."""
    with pytest.raises(PagerTreeError) as caught:
        driver.get(url.format(port=refusing_port()), headers=HEADERS)
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize(
    "text", [Secret(f"{SECRET}\n"), Secret(f"{SECRET}\x00"), Secret(f"{SECRET}ü"), Secret(f" {SECRET}")]
)
def test_bad_headers(driver: Driver, text: Secret) -> None:
    """Nor where the credential itself cannot be sent."""
    with RawServer() as server, pytest.raises(PagerTreeError) as caught:
        driver.get(server.url, headers=(("x-api-key", text),))
    assert SECRET not in shown(caught.value)


def test_certificate(driver: Driver, certificates: Certificates) -> None:
    """Nor where the server cannot be trusted."""
    with RawServer(tls=certificates.expired()) as server, pytest.raises(PagerTreeError) as caught:
        driver.get(server.url, headers=HEADERS)
    assert SECRET not in shown(caught.value)


@pytest.mark.anyio
async def test_cancelled(lanes: Shipped, anyio_backend: str) -> None:
    """Nor in what a cancelled request leaves behind."""
    caught: list[BaseException] = []
    with RawServer(hang) as server:
        transport = lanes.make("asyncio")
        with anyio.move_on_after(0.1):
            try:
                await transport.send(get(server.url, headers=HEADERS))
            except BaseException as error:
                frame = error.__traceback__
                while frame is not None:
                    assert "site-packages/http" not in frame.tb_frame.f_code.co_filename
                    frame = frame.tb_next
                caught.append(error)
                raise
        assert 1 == len(caught)
        await transport.aclose()
