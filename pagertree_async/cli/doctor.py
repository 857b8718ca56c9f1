"""``doctor``: what stands between this machine and the API, a line for each thing that could."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import typer

from pagertree_async.cli import options
from pagertree_async.cli.commands import command
from pagertree_async.cli.exits import CommandError, Exit

PARAMETERS = options.REACHING
SKEW = 30.0
"""A clock that differs by more, in seconds, makes tokens end too early or too late."""
PATIENCE = 5.0
OF_PAGERDUTY = "/users"


class Finding(NamedTuple):
    """What became of one check.

    Attributes:
        what: What was checked.
        verdict: ``passed``, ``failed`` or ``skipped``.
        told: What was found.
        hint: What to do about it.
        code: The exit code that a failure stands for.
    """

    what: str
    verdict: str
    told: str
    hint: str = ""
    code: Exit = Exit.OK

    def lines(self) -> list[str]:
        """The finding as it is printed."""
        from pagertree_async.cli.failures import printable

        first = f"{self.verdict:<8}{self.what}: {printable(self.told)}"
        return [first, f"{'':8}{printable(self.hint)}"] if self.hint else [first]


class _Inside(NamedTuple):
    """Where a sandbox in this process is; it gives its own credentials."""

    api: str
    base_url: str


def make(name: str) -> Any:
    """The command."""
    return command(name, run, PARAMETERS, help="Check, step by step, what it takes to reach the API.")


def run(**given: Any) -> None:
    """Check everything and print a line for each; the exit code is that of the first failure."""
    target = options.target(given)
    worst = Exit.OK
    for finding in examined(target):
        for line in finding.lines():
            typer.echo(line)
        worst = worst or finding.code
    if worst:
        raise typer.Exit(int(worst))


def examined(target: Any) -> Generator[Finding]:
    """What each check finds, one after another; those that need what failed are skipped."""
    from pagertree_async.cli import connect

    connect.checked(target)
    found = _credentials(target)
    yield found[0]
    access = found[1]
    url = access.base_url if access else connect.address(connect.api_of(target), target.base_url)
    if target.sandbox:
        for what in ("proxy", "name", "TLS"):
            yield Finding(what, "skipped", "the sandbox is in this process")
        reachable = True
    else:
        proxy, way = _proxy(url)
        yield proxy
        reachable = proxy.verdict != "failed"
        for what, check in (("name", _name), ("TLS", _tls)):
            finding = check(url, way) if reachable else Finding(what, "skipped", "see above")
            reachable = reachable and finding.verdict != "failed"
            yield finding
    if access is None or not reachable:
        for what in ("read", "clock", "pace"):
            yield Finding(what, "skipped", "see above")
        return
    yield from _asked(target, access)


def _credentials(target: Any) -> tuple[Finding, Any]:
    from pagertree_async.cli import connect
    from pagertree_async.cli.failures import code_of, lines_of
    from pagertree_async.errors import PagerTreeError

    if target.sandbox:
        api = connect.api_of(target)
        return Finding("credentials", "passed", "those of the sandbox"), _Inside(api, connect.SANDBOX_URL)
    try:
        access = connect.access(target)
    except (CommandError, PagerTreeError) as error:
        text, *hint = [line.partition(": ")[2] for line in lines_of(error)]
        return Finding("credentials", "failed", text, *hint or [""], code=code_of(error)), None
    told = f"{type(access.auth).__name__} from {access.source}, for {access.base_url} ({access.api})"
    return Finding("credentials", "passed", told), access


def _proxy(url: str) -> tuple[Finding, Any]:
    from pagertree_async.errors import ConfigurationError
    from pagertree_async.transports._proxies import Proxies

    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    names = (f"{scheme}_proxy" for scheme in (parts.scheme, "all"))
    name = next((name for lower in names for name in (lower, lower.upper()) if os.environ.get(name)), "")
    try:
        proxy = Proxies(None, trust_env=True).to(parts.scheme, host, port)
    except ConfigurationError as error:
        return Finding("proxy", "failed", f"{name}: {error.message}", f"Correct {name}, or unset it", Exit.USAGE), None
    if proxy is not None:
        return Finding("proxy", "passed", f"{proxy.peer}, from {name}"), proxy
    told = f"none; {name} is not used for {host}" if name else "none"
    return Finding("proxy", "passed", told), None


def _name(url: str, proxy: Any) -> Finding:
    parts = urlsplit(url)
    host = proxy.host if proxy else parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        hint = "Check the spelling, the network and the name server"
        return Finding("name", "failed", f"{host}: {error.strerror or error}", hint, Exit.UNREACHABLE)
    addresses = ", ".join(dict.fromkeys(str(one[4][0]) for one in found))
    return Finding("name", "passed", f"{host}{' (the proxy)' if proxy else ''} is {addresses}")


def _tls(url: str, proxy: Any) -> Finding:
    """Whether a connection can be made, and a certificate believed."""
    import ssl

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    if proxy is not None:
        return Finding("TLS", "skipped", "the proxy is in between; reading shows it")
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    try:
        with socket.create_connection((host, port), PATIENCE) as plain:
            if not secure:
                return Finding("TLS", "skipped", f"{host}:{port} accepts connections; http:// is not encrypted")
            with _context().wrap_socket(plain, server_hostname=host) as wire:
                return Finding("TLS", "passed", f"{wire.version()}, the certificate is believed")
    except ssl.SSLCertVerificationError as error:
        hint = "Set SSL_CERT_FILE to the certificates to believe, if a company's proxy stands in between"
        return Finding("TLS", "failed", f"{host}: {error.verify_message}", hint, Exit.UNREACHABLE)
    except OSError as error:
        hint = "Check the address, the port and the firewall"
        return Finding("TLS", "failed", f"{host}:{port}: {error.strerror or error}", hint, Exit.UNREACHABLE)


def _context() -> Any:
    """The certificates that a client believes by default."""
    from pagertree_async.transports._routes import Settings

    return Settings(None, verify=True, trust_env=True).context()


def _read_of(api: str) -> str:
    """The path of the list that is read, one row of it."""
    from pagertree_async.cli import connect

    return OF_PAGERDUTY if api == connect.DUTY else connect.services(api)["alerts"].path


def _asked(target: Any, access: Any) -> Generator[Finding]:
    """One read, and what its answer tells of the clock and the limit."""
    from pagertree_async.cli.failures import code_of, lines_of
    from pagertree_async.errors import APIError, PagerTreeError

    begun = time.monotonic()
    headers: Any = {}
    try:
        with _client(target, access) as client:
            answer = client.request("GET", _read_of(access.api), params={"limit": 1})
    except PagerTreeError as error:
        text, *hint = [line.partition(": ")[2] for line in lines_of(error)]
        yield Finding("read", "failed", text, *hint or [""], code=code_of(error))
        headers = error.headers if isinstance(error, APIError) else {}
    else:
        headers = answer.headers
        yield Finding("read", "passed", f"GET: {answer.status} in {(time.monotonic() - begun) * 1000:.0f} ms")
    yield _clock(headers)
    yield _pace(headers)


@contextmanager
def _client(target: Any, access: Any) -> Generator[Any]:
    from pagertree_async.cli import connect

    if target.sandbox:
        with connect.client(target) as client:
            yield client
    else:
        with connect.opened(access, target) as client:
            yield client


def _clock(headers: Any) -> Finding:
    from email.utils import parsedate_to_datetime

    try:
        skew = time.time() - parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return Finding("clock", "skipped", "the server does not say what time it is")
    told = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server's"
    if abs(skew) > SKEW:
        return Finding("clock", "failed", told, "Set this machine's clock, best by NTP", Exit.UNEXPECTED)
    return Finding("clock", "passed", told)


def _pace(headers: Any) -> Finding:
    from pagertree_async.retry import retry_after

    wait = retry_after(headers)
    if wait is not None:
        hint = f"Try again in {wait:.0f} s; give clients that share the limit a FilePace"
        return Finding("pace", "failed", "the server asks to wait", hint, Exit.RATE_LIMITED)
    told = {name: value for name, value in headers.items() if "ratelimit" in name.replace("-", "").lower()}
    shown = ", ".join(f"{name}: {value}" for name, value in told.items())
    return Finding("pace", "passed", shown or "no limit told; a client slows down at the first 429")
