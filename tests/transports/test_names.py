"""Transports that are asked for by name."""

from __future__ import annotations

import builtins
import importlib
import sys
from typing import Any

import pytest

from pagertree_async import AsyncPagerTree, PagerTree, transports
from pagertree_async.errors import ConfigurationError
from pagertree_async.pagerduty import AsyncPagerDuty, PagerDuty
from pagertree_async.v4 import AsyncPagerTree as AsyncPagerTree4
from pagertree_async.v4 import PagerTree as PagerTree4
from tests.rawserver import RawServer, json_answer

CLASSES = {
    ("httpx", False): "AsyncHTTPXTransport",
    ("httpx2", False): "AsyncHTTPX2Transport",
    ("aiohttp", False): "AsyncAiohttpTransport",
    ("pyreqwest", False): "AsyncPyreqwestTransport",
    ("httpx", True): "HTTPXTransport",
    ("httpx2", True): "HTTPX2Transport",
    ("aiohttp", True): "AiohttpTransport",
    ("portal:httpx", True): "PortalTransport",
    ("portal:pyreqwest", True): "PortalTransport",
}


@pytest.mark.parametrize(("name", "blocking"), CLASSES)
def test_by_name(name: str, *, blocking: bool) -> None:
    """A name stands for the class of its mode, made with the settings."""
    library = name.removeprefix("portal:")
    pytest.importorskip(library, reason=f"{library} is not installed")
    made = transports.by_name(name, blocking=blocking, proxy="http://10.0.0.1:3128", max_connections=3)
    assert CLASSES[name, blocking] == type(made).__name__


@pytest.mark.parametrize("name", ["aiohttp", "portal:aiohttp", "httpx2", "portal:pyreqwest"])
def test_library_is_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is not installed is named, with what installs it."""
    library = name.removeprefix("portal:")
    real: Any = builtins.__import__

    def missing(module: str, *terms: Any, **named: Any) -> Any:
        if module.split(".")[0] == library:
            raise ModuleNotFoundError(f"No module named {library!r}", name=library)
        return real(module, *terms, **named)

    monkeypatch.delitem(sys.modules, f"pagertree_async.transports.{library}", raising=False)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(
        ConfigurationError,
        match=rf"needs the library {library}, there is no module .*: pip install 'pagertree-async\[{library}\]'",
    ):
        transports.by_name(name, blocking=True)
    monkeypatch.undo()
    if importlib.util.find_spec(library):
        importlib.import_module(f"pagertree_async.transports.{library}")


@pytest.mark.parametrize(
    ("name", "blocking", "told"),
    [
        ("requests", True, "there is no transport named 'requests'; there are httpx, httpx2, aiohttp, pyreqwest"),
        ("portal:httpx", False, "there is no transport named 'portal:httpx'"),
        ("portal:", True, "there is no transport named 'portal:'"),
        ("pyreqwest", True, "ask for transport='portal:pyreqwest'"),
    ],
)
def test_no_such_name(name: str, told: str, *, blocking: bool) -> None:
    """A name that stands for nothing is an error that tells those that do."""
    with pytest.raises(ConfigurationError, match=told):
        transports.by_name(name, blocking=blocking)


def test_settings_of_a_portal() -> None:
    """What is wrong with the settings is told at once, not by the first request."""
    with pytest.raises(ConfigurationError, match="scheme 'socks5'"):
        transports.by_name("portal:httpx", blocking=True, proxy="socks5://10.0.0.1")


@pytest.mark.parametrize("name", ["httpx", "httpx2", "aiohttp", "portal:aiohttp"])
def test_blocking_client(name: str) -> None:
    """A blocking client takes the name in the place of a transport, and closes what it made."""
    pytest.importorskip(name.removeprefix("portal:"), reason="not installed")
    alert = {"id": "alt_1", "title": "disk full"}
    with RawServer(json_answer(alert)) as server:
        with PagerTree("token", base_url=server.url, transport=name) as client:
            assert "disk full" == client.alerts.retrieve("alt_1").title
        assert 0 == server.wait_until_idle()


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["httpx", "httpx2", "aiohttp", "pyreqwest"])
async def test_async_client(name: str, anyio_backend: str) -> None:
    """An async client takes the name too, under trio also, unless its library cannot."""
    pytest.importorskip(name, reason="not installed")
    with RawServer(json_answer({"id": "alt_1", "title": "disk full"})) as server:
        async with AsyncPagerTree("token", base_url=server.url, transport=name) as client:
            if (name, anyio_backend) == ("pyreqwest", "trio"):
                with pytest.raises(ConfigurationError, match="needs an event loop of asyncio"):
                    await client.alerts.retrieve("alt_1")
            else:
                assert "disk full" == (await client.alerts.retrieve("alt_1")).title


def test_every_client() -> None:
    """The clients of every API take names."""
    assert isinstance(PagerTree4("key", transport="httpx"), PagerTree4)
    assert isinstance(AsyncPagerTree4("key", transport="httpx"), AsyncPagerTree4)
    assert isinstance(PagerDuty("key", transport="httpx"), PagerDuty)
    assert isinstance(AsyncPagerDuty("key", transport="httpx"), AsyncPagerDuty)
    with pytest.raises(ConfigurationError, match="no transport named 'carrier pigeon'"):
        PagerTree("token", transport="carrier pigeon")


def test_proxy_beside_a_name() -> None:
    """A proxy may stand beside a name, and is the transport's."""
    with pytest.raises(ConfigurationError, match="scheme 'socks5'"):
        PagerTree("token", transport="httpx", proxy="socks5://10.0.0.1")
