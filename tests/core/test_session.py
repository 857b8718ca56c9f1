"""Addresses and paths: what may be the root of an API, and what stays below it."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async.addresses import checked_base_url, checked_path, is_loopback
from pagertree_async.errors import ConfigurationError, InvalidArgumentError, ProxyError, TransportError
from pagertree_async.session import Call
from tests.core.mini import BASE, FINE, Clock, Script, answer, client
from tests.modes import Mode, got


@pytest.mark.parametrize(
    ("value", "root"),
    [
        ("https://api.pagertree.com", "https://api.pagertree.com"),
        ("https://api.pagertree.com/", "https://api.pagertree.com"),
        ("https://api.pagertree.com:8443/v3//", "https://api.pagertree.com:8443/v3"),
        ("HTTPS://API.example.com", "HTTPS://API.example.com"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_what_can_be_the_root_of_an_api(value: str, root: str) -> None:
    """An absolute https address, or http to this machine, less its trailing slash."""
    assert root == checked_base_url(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "must be like https://"),
        ("api.pagertree.com", "must be like https://"),
        ("//api.pagertree.com", "must be like https://"),
        ("https://", "must be like https://"),
        ("ftp://api.pagertree.com", "must be like https://"),
        ("file:///etc/passwd", "must be like https://"),
        ("https://user:secret@api.test", "must not hold credentials"),
        ("https://secret@api.test", "must not hold credentials"),
        ("https://api.test\\@evil.test", "must not hold credentials"),
        ("https://api.test?", "neither query"),
        ("https://api.test/#", "neither query"),
        ("https://api.test?a=1", "neither query"),
        ("https://api.test#a", "neither query"),
        ("https://api.test/a b", "odd characters"),
        (" https://api.test", "odd characters"),
        ("https://evil.test\\.api.test", "odd characters"),
        ("https://api.test/\r\nx: y", "odd characters"),
        ("https://äpi.test", "odd characters"),
        ("https://api.test/a/../b", "must not climb"),
        ("https://api.test:99999", "not an address"),
        ("https://api.test:port", "not an address"),
        ("https://[::1", "not an address"),
        ("http://api.test", "api.test is another machine"),
        ("http://127.0.0.1.example.com", "is another machine"),
        ("http://127.999.0.1", "is another machine"),
        ("http://10.0.0.1", "is another machine"),
        ("http://0.0.0.0", "is another machine"),
        (b"https://api.test", "must be a text, not bytes"),
        (3, "must be a text, not int"),
    ],
)
def test_what_cannot_be_the_root_of_an_api(mode: Mode, value: Any, said: str) -> None:
    """Anything else is refused when the client is made, without showing a credential."""
    with pytest.raises(ConfigurationError, match=said) as caught:
        client(mode, Script(FINE), base_url=value)
    assert "secret" not in str(caught.value)


def test_http_to_another_machine_when_it_is_allowed(mode: Mode) -> None:
    """Whoever says so may send unencrypted."""
    assert "http://api.test" == client(mode, Script(FINE), base_url="http://api.test", allow_http=True).base_url
    assert not is_loopback("localhost.example.com")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("alert", "/alert"),
        ("/alert/alt_1", "/alert/alt_1"),
        ("", "/"),
        ("/a b", "/a%20b"),
        ("/ä", "/%C3%A4"),
        ("/a%20b", "/a%20b"),
        ("/a:b@c;d=e,f", "/a:b@c;d=e,f"),
        ("/a..b/...", "/a..b/..."),
    ],
)
def test_what_is_a_path(path: str, sent: str) -> None:
    """A path has one leading slash, and is quoted where it must be."""
    assert sent == checked_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.test/x",
        "//evil.test/x",
        "/..",
        "../x",
        "/a/../b",
        "/a/./b",
        "/.",
        "/%2e%2e/x",
        "/%2E%2e/x",
        "/a%2f..%2fb",
        "/a/..%5cb",
        "/a\\..\\b",
        "/a?b=c",
        "/a#b",
        "/a\r\nb",
        "/a\x00b",
        "/a\tb",
        "\ud800",
        None,
        3,
        b"/alert",
    ],
)
def test_what_is_no_path(mode: Mode, path: Any) -> None:
    """What could lead elsewhere is a wrong argument, and nothing is sent."""
    script = Script(FINE)

    async def scenario() -> None:
        with pytest.raises(InvalidArgumentError, match="path"):
            await got(client(mode, script).request("GET", path))

    mode.run(scenario)
    assert [] == script.requests


@given(st.text(max_size=30))
def test_a_path_stays_below_its_root(path: str) -> None:
    """Whatever the text, it is refused or stays on the origin, in printable ASCII, without climbing."""
    try:
        sent = checked_path(path)
    except InvalidArgumentError:
        return
    parts = urlsplit(BASE + sent)
    assert ("https", "api.test", "", "") == (parts.scheme, parts.netloc, parts.query, parts.fragment)
    assert sent.startswith("/")
    assert sent.isascii()
    assert sent.isprintable()
    assert not {".", ".."} & set(sent.split("/"))


def test_what_every_request_has(mode: Mode) -> None:
    """Headers, deadline and address of a request, with and without a body."""
    script = Script(FINE)

    async def scenario() -> None:
        mini = client(mode, script, base_url="https://api.test/root/", timeout=9)
        await got(mini.alerts.retrieve("alt_1"))
        await got(mini.alerts.create(title="t"))

    begun = time.monotonic()
    mode.run(scenario)
    read, written = script.requests
    assert "https://api.test/root/alert/alt_1" == read.url
    assert ["accept", "accept-encoding", "user-agent", "authorization"] == [name for name, _ in read.headers]
    assert "application/json" == dict(written.headers)["content-type"]
    assert "gzip, deflate" == dict(read.headers)["accept-encoding"]
    assert b'{"title":"t"}' == written.body
    assert begun + 8 < read.deadline < time.monotonic() + 9
    assert "<Call GET /alert>" == repr(Call(method="GET", path="/alert", body=b"secret"))
    assert "secret" not in str(list(Call(method="GET", path="/alert", body=b"secret").__rich_repr__()))


def test_407_is_the_proxy(mode: Mode) -> None:
    """A 407 is the proxy's word, not the API's, and says where to look."""
    script = Script(answer(407, b"<html>who are you", x_request_id="r-7"))

    async def scenario() -> ProxyError:
        with pytest.raises(ProxyError, match="HTTPS_PROXY") as caught:
            await got(client(mode, script).alerts.retrieve("alt_1"))
        return caught.value

    error = mode.run(scenario)
    assert (407, "r-7", 1) == (error.status, error.request_id, error.attempts)


def test_what_is_no_error_of_ours_passes_through(mode: Mode) -> None:
    """A fault in a transport or decoder is not dressed up, and not tried again."""
    script = Script(lambda _: ZeroDivisionError("bug"))

    async def scenario() -> None:
        with pytest.raises(ZeroDivisionError):
            await got(client(mode, script).alerts.retrieve("alt_1"))

    mode.run(scenario)
    assert 1 == len(script.requests)


def test_any_transport_error_is_told_with_its_call(mode: Mode, clock: Clock) -> None:
    """The base class itself carries the call too; when it does not say what was sent, it may have been applied."""
    script = Script(lambda _: TransportError("odd"))

    async def scenario() -> TransportError:
        with pytest.raises(TransportError) as caught:
            await got(client(mode, script, retry=None).alerts.update("alt_1", title="t"))
        return caught.value

    error = mode.run(scenario)
    assert ("PUT", "/alert/alt_1", 3, True) == (error.method, error.path, error.attempts, error.maybe_applied)
