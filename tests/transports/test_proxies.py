"""Which proxy leads where, and what goes wrong on the way."""

from __future__ import annotations

import pickle
import socket
import time
from base64 import b64encode
from typing import Any

import anyio
import pytest

from pagertree_async.errors import (
    AttemptTimeoutError,
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    ProxyError,
    Sent,
    TLSError,
)
from pagertree_async.http import Secret
from pagertree_async.transports import _sockets
from pagertree_async.transports._proxies import Proxies, Proxy, is_loopback
from tests.rawserver import (
    Behaviour,
    Certificates,
    Connection,
    RawRequest,
    RawServer,
    answer,
    close_before_answer,
    echo,
    hang,
    head,
    raw,
    refusing_port,
    tunnel,
    whole,
)
from tests.transports.drivers import get

SECRET = "hunter2"
NAME = "api.example.test"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a name that is not this machine's lead to it all the same."""
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **terms: Any) -> Any:
        known = host in {NAME, NAME.encode()} and not terms.get("flags")
        return real("127.0.0.1" if known else host, port, *args, **terms)

    async def look_up_async(host: Any, port: Any, **terms: Any) -> Any:
        return look_up(host, port, **terms)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(_sockets.anyio, "getaddrinfo", look_up_async)


def test_tunnel(make_driver: Any, certificates: Certificates) -> None:
    """A proxy is asked for a tunnel with its own credentials, and sees no others."""
    with RawServer(echo, tls=certificates.good()) as server, RawServer(tunnel) as proxy:
        url = proxy.url.replace("//", f"//me:{SECRET}%40@")
        driver = make_driver(proxy=url, verify=certificates.path)
        there = f"{NAME}:{server.port}"
        for number in range(3):
            heard = driver.get(f"https://{there}/{number}", headers=(("x-api-key", Secret(SECRET)),)).json()
            assert f"/{number}" == heard["target"]
            assert [["host", there], ["x-api-key", SECRET]] == heard["headers"]
        credentials = "Basic " + b64encode(f"me:{SECRET}@".encode()).decode()
        assert [("CONNECT", there)] == [(each.method, each.target) for each in proxy.requests]
        assert [("host", there), ("proxy-authorization", credentials)] == proxy.requests[0].headers


def test_forward(make_driver: Any) -> None:
    """Plain HTTP is handed to the proxy with its whole address."""
    with RawServer(echo) as proxy:
        driver = make_driver(proxy=Secret(f"me:{SECRET}@127.0.0.1:{proxy.port}"))
        heard = [driver.get(f"http://{NAME}/a?b=c").json() for _ in range(2)]
        assert [f"http://{NAME}/a?b=c"] * 2 == [each["target"] for each in heard]
        assert {"host", "proxy-authorization", "accept-encoding"} == {name for name, _ in heard[0]["headers"]}
        assert 1 == proxy.connections


def test_repeats_what_it_was_told(make_driver: Any) -> None:
    """A proxy that passes plain HTTP on, or who stands behind it, and shows its credentials in an answer: stars."""
    credentials = b64encode(f"me:{SECRET}".encode()).decode()

    def repeat(connection: Connection, request: RawRequest) -> None:
        told = str(request.header("proxy-authorization"))
        connection.send(whole(400, told.encode(), ("x-told", told), ("x-fine", "1")))

    with RawServer(repeat, raw(whole(200, b"fine"))) as proxy:
        driver = make_driver(proxy=f"http://me:{SECRET}@127.0.0.1:{proxy.port}")
        answered = driver.get(f"http://{NAME}/")
        assert f"Basic {credentials}" == proxy.requests[0].header("proxy-authorization")
        assert (400, b"Basic ***", "Basic ***") == (answered.status, answered.body, answered.headers["x-told"])
        assert "1" == answered.headers["x-fine"]
        assert b"fine" == driver.get(f"http://{NAME}/").body


@pytest.mark.parametrize("status", [407, 403, 502])
def test_refuses(make_driver: Any, status: int) -> None:
    """A proxy that refuses the tunnel: not sent."""
    with RawServer(answer(status, b"<html>")) as proxy:
        driver = make_driver(proxy=proxy.url.replace("//", f"//me:{SECRET}@"))
        with pytest.raises(ProxyError) as caught:
            driver.get(f"https://{NAME}/")
        assert (Sent.NO, status) == (caught.value.sent, caught.value.status)
        assert f"127.0.0.1:{proxy.port} refused the way to {NAME}:443 with {status}" in str(caught.value)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "behaviour",
    [
        close_before_answer,
        raw(b"SSH-2.0\r\n\r\n"),
        raw(head(200, ("x", "y" * 200_000))),
        raw(b"HTTP/1.1 200 OK\r\n", close=True),
    ],
)
def test_fails(make_driver: Any, behaviour: Behaviour) -> None:
    """A proxy that does not answer as one: not sent."""
    with RawServer(behaviour) as proxy:
        driver = make_driver(proxy=proxy.url)
        with pytest.raises(ProxyError) as caught:
            driver.get(f"https://{NAME}/")
        assert Sent.NO == caught.value.sent
        assert f"127.0.0.1:{proxy.port}" in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_is_down(make_driver: Any, scheme: str) -> None:
    """A proxy that is not there: not sent."""
    port = refusing_port()
    driver = make_driver(proxy=f"http://me:{SECRET}@127.0.0.1:{port}")
    with pytest.raises(ProxyError) as caught:
        driver.get(f"{scheme}://{NAME}/")
    assert (Sent.NO, None) == (caught.value.sent, caught.value.status)
    assert "Connection refused" in str(caught.value)


def test_hangs(make_driver: Any) -> None:
    """A proxy that does not answer ends with the time to connect: not sent."""
    with RawServer(hang) as proxy:
        driver = make_driver(proxy=proxy.url)
        start = time.monotonic()
        with pytest.raises(AttemptTimeoutError) as caught:
            driver.get(f"https://{NAME}/", connect=0.2)
        assert time.monotonic() - start < 0.7
        assert Sent.NO == caught.value.sent
        assert f"through the proxy 127.0.0.1:{proxy.port}" in str(caught.value)


def test_tls_behind_it(make_driver: Any, certificates: Certificates) -> None:
    """A server whose certificate proves nothing is not to be trusted behind a proxy either."""
    with RawServer(echo, tls=certificates.self_signed()) as server, RawServer(tunnel) as proxy:
        driver = make_driver(proxy=proxy.url, verify=certificates.path)
        with pytest.raises(TLSError):
            driver.get(f"https://{NAME}:{server.port}/")


def test_handshake_cut_behind_it(make_driver: Any, certificates: Certificates) -> None:
    """A tunnel that is cut in the handshake is the proxy's failure: not sent."""
    with RawServer(greet=lambda connection: False) as server, RawServer(tunnel) as proxy:
        driver = make_driver(proxy=proxy.url)
        with pytest.raises(ProxyError):
            driver.get(f"https://{NAME}:{server.port}/")


def test_lost_behind_it(make_driver: Any, certificates: Certificates) -> None:
    """A request that went through the tunnel and was not answered: perhaps sent."""
    with RawServer(close_before_answer, tls=certificates.good()) as server, RawServer(tunnel) as proxy:
        driver = make_driver(proxy=proxy.url, verify=certificates.path)
        with pytest.raises(ConnectionLostError) as caught:
            driver.get(f"https://{NAME}:{server.port}/")
        assert Sent.MAYBE == caught.value.sent


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.9.9"])
def test_never_for_this_machine(make_driver: Any, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """No proxy is asked for this machine, whatever argument and environment say."""
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{refusing_port()}")
    for driver in (make_driver(), make_driver(proxy=f"http://127.0.0.1:{refusing_port()}")):
        with RawServer(raw(whole(200, b"")), host="0.0.0.0") as server:
            assert 200 == driver.get(f"http://{host}:{server.port}/").status


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_environment(make_driver: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The environment's proxy is used, unless it excludes the host or is not to be trusted."""
    with RawServer(echo) as proxy, RawServer(echo) as server:
        monkeypatch.setenv(name, f"127.0.0.1:{proxy.port}")
        assert f"http://{NAME}/" == make_driver().get(f"http://{NAME}/").json()["target"]
        url = f"http://{NAME}:{server.port}/"
        assert "/" == make_driver(trust_env=False).get(url).json()["target"]
        monkeypatch.setenv("NO_PROXY", "other.test,example.test")
        assert "/" == make_driver().get(url).json()["target"]


def test_environment_that_makes_no_sense(make_driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy variable that is no HTTP proxy is named, and its content is not."""
    monkeypatch.setenv("HTTPS_PROXY", f"socks5://me:{SECRET}@127.0.0.1:1")
    with pytest.raises(ConfigurationError, match="scheme 'socks5'") as caught:
        make_driver().get(f"https://{NAME}/")
    assert SECRET not in str(caught.value)
    with pytest.raises(ConnectionFailedError):
        make_driver(trust_env=False).get(f"https://{NAME}:{refusing_port()}/")


@pytest.mark.parametrize("url", ["socks5://10.0.0.1", "http://", "http://a:b", "http://hö.test", "http://[::1", ""])
def test_no_proxy_at_all(url: str) -> None:
    """An address that is no proxy's is refused when the transport is made."""
    with pytest.raises(ConfigurationError):
        Proxies(url, trust_env=False)


def test_shows_no_secret() -> None:
    """A proxy shows where it is, and not its credentials."""
    proxy = Proxy(Secret(f"http://me:{SECRET}@[::1]"))
    assert "<Proxy [::1]:80>" == repr(proxy)
    assert proxy.authorization is not None
    with pytest.raises(ConfigurationError, match="the proxy's address"):
        pickle.loads(pickle.dumps(proxy.authorization)).reveal()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("api.pagertree.com", False),
    ],
)
def test_loopback(host: str, *, expected: bool) -> None:
    """A machine knows itself by its names and addresses."""
    assert expected is is_loopback(host)


def test_lookup_fails(make_driver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy whose name nobody knows is named."""
    driver = make_driver(proxy="http://proxy.invalid:3128")
    with pytest.raises(ProxyError, match=r"the name proxy\.invalid cannot be looked up"):
        driver.get(f"https://{NAME}/")


@pytest.mark.anyio
async def test_cancelled_in_the_tunnel(anyio_backend: str) -> None:
    """A request that is cancelled while the proxy hesitates leaves nothing behind."""
    from pagertree_async.transports import AsyncHTTPXTransport

    with RawServer(hang) as proxy:
        transport = AsyncHTTPXTransport(proxy=proxy.url)
        with anyio.move_on_after(0.1):
            await transport.send(get(f"https://{NAME}/"))
        assert 0 == proxy.wait_until_idle()
        await transport.aclose()
