"""The way to an origin: through which proxy, and with whose certificates trusted."""

from __future__ import annotations

import os
import ssl
import threading
from importlib import import_module
from typing import NamedTuple

from pagertree_async.errors import ConfigurationError
from pagertree_async.http import Secret
from pagertree_async.transports._proxies import Proxies, Proxy
from pagertree_async.transports._targets import bracketed, target


class Route(NamedTuple):
    """The way to an origin."""

    origin: str
    peer: str
    scheme: str
    host: str
    port: int
    netloc: bytes
    proxy: Proxy | None


class Settings:
    """What a transport is made with, and what follows from it.

    Args:
        proxy: The proxy for every host but this machine.
        verify: How servers prove who they are.
        trust_env: Whether the environment names proxies and trusted certificates.
        library: The module whose usual certificates are trusted where ``verify`` names none.

    Raises:
        ConfigurationError: ``proxy`` or ``verify`` cannot be used.
    """

    def __init__(
        self,
        proxy: str | Secret | None,
        verify: ssl.SSLContext | bool | str,
        *,
        trust_env: bool,
        library: str = "httpx",
    ) -> None:
        self._library = library
        self._proxies = Proxies(proxy, trust_env=trust_env)
        self._trust_env = trust_env
        self._verify = verify
        if isinstance(verify, str) and not os.path.exists(verify):  # noqa: PTH110 - one look at a path needs no pathlib
            message = f"verify: there are no certificates at {verify!r}"
            raise ConfigurationError(message)
        self._context: ssl.SSLContext | None = None
        self._routes: dict[str, Route] = {}
        self.after_fork()

    def after_fork(self) -> None:
        """Have a lock of this process's own."""
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """The one TLS context, made when it is first needed: it costs 25 ms."""
        with self._lock:
            if self._context is None:
                self._context = self._new_context()
            return self._context

    def _new_context(self) -> ssl.SSLContext:
        verify = self._verify
        if isinstance(verify, ssl.SSLContext):
            return verify
        if isinstance(verify, str):
            try:
                folder = verify if os.path.isdir(verify) else None  # noqa: PTH112
                context = ssl.create_default_context(capath=folder, cafile=None if folder else verify)
            except (OSError, ssl.SSLError) as error:
                message = f"verify: no certificates can be read from {verify!r}"
                raise ConfigurationError(message) from error
        else:
            context = import_module(self._library).create_ssl_context(verify=verify, trust_env=self._trust_env)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def route(self, url: str) -> Route:
        """The way to where ``url`` leads.

        Raises:
            InvalidArgumentError: It leads nowhere.
            ConfigurationError: The environment names a proxy that is none.
        """
        end = url.find("/", url.find("://") + 3)
        base = url[:end] if end > 0 else url
        route = self._routes.get(base)
        if route is None:
            route = self._new_route(base)
            if len(self._routes) < 100:
                self._routes[base] = route
        return route

    def _new_route(self, base: str) -> Route:
        scheme, host, port, netloc = target(base)
        peer = f"{bracketed(host)}:{port}"
        return Route(f"{scheme}://{peer}", peer, scheme, host, port, netloc, self._proxies.to(scheme, host, port))
