"""What the ``doctor`` command looks at, one thing after another, and what it finds."""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import typer

from pagertree_async.cli import connect, fast
from pagertree_async.cli.connect import Target
from pagertree_async.cli.duty import Reached, address, reached
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.failures import code_of, lines_of, printable
from pagertree_async.errors import APIError, ConfigurationError, PagerTreeError
from pagertree_async.retry import retry_after
from pagertree_async.transports._proxies import Proxies
from pagertree_async.transports._routes import Settings

SKEW = 30.0
"""A clock that differs by more, in seconds, makes tokens end too early or too late."""
PATIENCE = 5.0
OF_PAGERDUTY = "/users"
NO_KEY = "With PAGERDUTY_API_KEY the REST API is read as well"


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
        first = f"{self.verdict:<8}{self.what}: {printable(self.told)}"
        return [first, f"{'':8}{printable(self.hint)}"] if self.hint else [first]


class Patient(NamedTuple):
    """What is examined.

    Attributes:
        url: Where it is.
        known: Whether there are credentials for it.
        reads: The path of the list that is read, a row of it; None where the credentials are for none.
        opened: Gives a client.
    """

    url: str
    known: bool = False
    reads: str | None = None
    opened: Callable[[], AbstractContextManager[Any]] = nullcontext


def run(target: Target) -> None:
    """Check everything and print a line for each; the exit code is that of the first failure.

    Raises:
        typer.Exit: Something failed.
    """
    worst = Exit.OK
    for finding in examined(target):
        for line in finding.lines():
            typer.echo(line)
        worst = worst or finding.code
    if worst:
        raise typer.Exit(int(worst))


def examined(target: Target) -> Generator[Finding]:
    """What each check finds, one after another; those that need what failed are skipped."""
    connect.checked(target)
    yield _transport(target)
    finding, patient = _credentials(target)
    yield finding
    reachable = True
    if target.sandbox:
        for what in ("proxy", "name", "TLS"):
            yield Finding(what, "skipped", "the sandbox is in this process")
    else:
        proxy, way = _proxy(patient.url)
        yield proxy
        reachable = proxy.verdict != "failed"
        for what, check in (("name", _name), ("TLS", _tls)):
            finding = check(patient.url, way) if reachable else Finding(what, "skipped", "see above")
            reachable = reachable and finding.verdict != "failed"
            yield finding
    if not patient.known or not reachable:
        for what in ("read", "clock", "pace"):
            yield Finding(what, "skipped", "see above")
        return
    yield from _asked(patient)


def _transport(target: Target) -> Finding:
    if target.sandbox:
        return Finding("transport", "skipped", fast.INSIDE)
    one, many = fast.told(target, many=False), fast.told(target, many=True)
    told = one if one == many else f"{one}; {many} for an export"
    slow = many == fast.TRANSPORTS[0] and target.transport is None
    hint = f"pip install 'pagertree-async[fast]' has exports read over {fast.FASTEST}" if slow else ""
    return Finding("transport", "passed", told, hint)


def _credentials(target: Target) -> tuple[Finding, Patient]:
    api = connect.api_of(target, connect.ON_CALL)
    theirs = api == connect.DUTY
    reads = OF_PAGERDUTY if theirs else connect.services(api)["alerts"].path
    if target.sandbox:
        made = partial(connect.provider if theirs else connect.client, target)
        told = "those of the sandbox"
        return Finding("credentials", "passed", told), Patient(connect.SANDBOX_URL, True, reads, made)
    try:
        if theirs:
            with reached(target) as found:
                access, made = found.access, partial(_duty, found, target)
                reads = reads if found.rest else None
        else:
            access = connect.access(target)
            made = partial(connect.opened, access, target)
    except (CommandError, PagerTreeError) as error:
        url = address(target) if theirs else connect.address(api, target.base_url)
        return _failed("credentials", error), Patient(url)
    told = f"{type(access.auth).__name__} from {access.source}, for {access.base_url} ({access.api})"
    return Finding("credentials", "passed", told), Patient(access.base_url, True, reads, made)


def _failed(what: str, error: Exception) -> Finding:
    text, *hint = [line.partition(": ")[2] for line in lines_of(error)]
    return Finding(what, "failed", text, *hint or [""], code=code_of(error))


def _duty(found: Reached, target: Target) -> Any:
    return found.client(**connect.settings(found.access, target))


def _proxy(url: str) -> tuple[Finding, Any]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    names = (f"{scheme}_proxy" for scheme in (parts.scheme, "all"))
    name = next((name for lower in names for name in (lower, lower.upper()) if os.environ.get(name)), "")
    around = f"Correct {name}, unset it, or have NO_PROXY={host} go around it"
    try:
        proxy = Proxies(None, trust_env=True).to(parts.scheme, host, port)
    except ConfigurationError as error:
        return _failed("proxy", error), None
    if proxy is None:
        told = f"none; {name} is not used for {host}" if name else "none"
        return Finding("proxy", "passed", told), None
    told = f"{proxy.peer}, from {name}"
    try:
        socket.create_connection((proxy.host, proxy.port), PATIENCE).close()
    except OSError as error:
        return Finding("proxy", "failed", f"{told}: {error.strerror or error}", around, Exit.UNREACHABLE), proxy
    return Finding("proxy", "passed", f"{told}; it accepts connections"), proxy


def _name(url: str, proxy: Any) -> Finding:
    host = urlsplit(url).hostname or ""
    if proxy is not None:
        return Finding("name", "skipped", f"the proxy looks up {host}; reading shows it")
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        hint = "Check the spelling, the network and the name server"
        return Finding("name", "failed", f"{host}: {error.strerror or error}", hint, Exit.UNREACHABLE)
    addresses = ", ".join(dict.fromkeys(str(one[4][0]) for one in found))
    return Finding("name", "passed", f"{host} is {addresses}")


def _tls(url: str, proxy: Any) -> Finding:
    """Whether a connection can be made, and a certificate believed."""
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
    return Settings(None, verify=True, trust_env=True).context()


def _asked(patient: Patient) -> Generator[Finding]:
    """One read, and what its answer tells of the clock and the limit."""
    if patient.reads is None:
        yield Finding("read", "skipped", "a name and a password are for schedule entries alone", NO_KEY)
        for what in ("clock", "pace"):
            yield Finding(what, "skipped", "nothing was read")
        return
    begun = time.monotonic()
    headers: Any = {}
    try:
        with patient.opened() as client:
            answer = client.request("GET", patient.reads, params={"limit": 1})
    except PagerTreeError as error:
        yield _failed("read", error)
        headers = error.headers if isinstance(error, APIError) else {}
    else:
        headers = answer.headers
        yield Finding("read", "passed", f"GET: {answer.status} in {(time.monotonic() - begun) * 1000:.0f} ms")
    yield _clock(headers)
    yield _pace(headers)


def _clock(headers: Any) -> Finding:
    try:
        skew = time.time() - parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return Finding("clock", "skipped", "the server does not say what time it is")
    told = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the server's"
    if abs(skew) > SKEW:
        return Finding("clock", "failed", told, "Set this machine's clock, best by NTP", Exit.UNEXPECTED)
    return Finding("clock", "passed", told)


def _pace(headers: Any) -> Finding:
    wait = retry_after(headers)
    if wait is not None:
        hint = f"Try again in {wait:.0f} s; give clients that share the limit a FilePace"
        return Finding("pace", "failed", "the server asks to wait", hint, Exit.RATE_LIMITED)
    told = {name: value for name, value in headers.items() if "ratelimit" in name.replace("-", "").lower()}
    shown = ", ".join(f"{name}: {value}" for name, value in told.items())
    return Finding("pace", "passed", shown or "no limit told; a client slows down at the first 429")
