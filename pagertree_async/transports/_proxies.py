"""Which proxy leads to a host, by argument or environment, and what it is to be told."""

from __future__ import annotations

import ipaddress
import os
from base64 import b64encode
from urllib.parse import unquote, urlsplit
from urllib.request import (
    getproxies_environment,
    proxy_bypass_environment,  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType] - not in typeshed
)

from pagertree_async.errors import ConfigurationError
from pagertree_async.http import Headers, Response, Secret
from pagertree_async.transports._targets import PORTS, bracketed


class Proxy:
    """A proxy: where it is, and the credentials it wants.

    Args:
        url: ``"http://user:password@10.0.0.1:3128"``; without a scheme, HTTP is meant.
        variable: The environment variable that names it, empty when none does.

    Raises:
        ConfigurationError: It is not the address of an HTTP proxy; the message does not repeat it.
    """

    __slots__ = ("authorization", "host", "peer", "port")

    def __init__(self, url: Secret, variable: str = "") -> None:
        self.authorization: Secret | None = None
        self.host: str = ""
        self.port: int = 0
        self.peer: str = ""
        problem = self._read(url)
        if problem:
            where = f" in {variable}" if variable else ""
            message = f"the proxy's address{where} {problem}; it should be like http://10.0.0.1:3128"
            hint = f"Correct {variable}, unset it, or have NO_PROXY name the hosts that need none" if variable else None
            raise ConfigurationError(message, hint=hint)

    def _read(self, url: Secret) -> str:
        try:
            parts = urlsplit(url.reveal() if "://" in url.reveal() else f"http://{url.reveal()}")
            self.host, self.port = parts.hostname or "", parts.port or PORTS["http"]
        except ValueError:
            return "cannot be read"
        if parts.scheme != "http":
            return f"has the scheme {parts.scheme!r}, only http is supported"
        if not self.host or not self.host.isascii():
            return "names no host"
        self.peer = f"{bracketed(self.host)}:{self.port}"
        if parts.username or parts.password:
            pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
            self.authorization = Secret("Basic " + b64encode(pair.encode()).decode(), "the proxy's address")
        return ""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What the proxy wants to be told, its credentials in clear."""
        return [(b"proxy-authorization", self.authorization.reveal().encode())] if self.authorization else []

    def __repr__(self) -> str:
        return f"<Proxy {self.peer}>"


def without_credentials(response: Response, proxy: Proxy | None) -> Response:
    """An answer with stars where it repeats what the proxy that passed it on was told.

    Plain HTTP shows those credentials to a proxy's answers and pages, which end in errors and logs.
    """
    if proxy is None or proxy.authorization is None:
        return response
    shown = proxy.authorization.reveal().removeprefix("Basic ")
    if shown.encode() not in response.body and all(shown not in value for _, value in response.headers.pairs):
        return response
    return Response(
        status=response.status,
        headers=Headers((name, value.replace(shown, "***")) for name, value in response.headers.pairs),
        body=response.body.replace(shown.encode(), b"***"),
    )


class Proxies:
    """Finds the proxy that leads to a host.

    Args:
        proxy: The proxy to use for every host but this machine, or None.
        trust_env: Without ``proxy``, whether to follow HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.

    Raises:
        ConfigurationError: ``proxy`` is not the address of an HTTP proxy.
    """

    def __init__(self, proxy: str | Secret | None, *, trust_env: bool) -> None:
        self._explicit: Proxy | None = None
        if proxy is not None:
            self._explicit = Proxy(proxy if isinstance(proxy, Secret) else Secret(proxy, "the proxy= argument"))
        self._trust_env = trust_env

    def to(self, scheme: str, host: str, port: int) -> Proxy | None:
        """The proxy that leads to ``host``, or None for the straight way.

        Raises:
            ConfigurationError: The environment names something that is not the address of an HTTP proxy.
        """
        if is_loopback(host):
            return None
        if self._explicit is not None or not self._trust_env:
            return self._explicit
        found = getproxies_environment()
        kind = scheme if found.get(scheme) else "all"
        url = found.get(kind)
        if not url or proxy_bypass_environment(f"{host}:{port}", found):
            return None
        variable = next(
            (name for name, value in os.environ.items() if name.lower() == f"{kind}_proxy" and value == url), ""
        )
        return Proxy(Secret(url, variable), variable)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, which no proxy can reach."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
