"""What the ``doctor`` command looks at, one thing after another, and what it finds."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, NamedTuple

import typer

from pagertree_async.cli import clients, connect, fast, probing
from pagertree_async.cli.connect import Target
from pagertree_async.cli.duty import Reached, address, reached
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.probing import Finding, Peer, failed
from pagertree_async.errors import APIError, PagerTreeError, TransportError
from pagertree_async.retry import retry_after

SKEW = 30.0
"""A clock that differs by more, in seconds, makes tokens end too early or too late."""
OF_PAGERDUTY = "/users"
WAY = ("name", "connection", "TLS")
SPEAKS_TLS = "The port speaks TLS: have the address begin with https://"
NO_KEY = "With PAGERDUTY_API_KEY the REST API is read as well"


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
    clients.checked(target)
    yield _transport(target)
    finding, patient = _credentials(target)
    yield finding
    broken, peer = yield from _way(target, patient)
    broken = broken or ("" if patient.known else "credentials")
    if broken:
        yield from _not_tried(broken, "read", "clock", "pace")
    else:
        yield from _asked(patient, peer)


def _not_tried(broken: str, *names: str) -> Generator[Finding]:
    """Skip what needs a check that failed."""
    for what in names:
        yield Finding(what, "skipped", f"not tried, because of what failed: {broken}")


def _way(target: Target, patient: Patient) -> Generator[Finding, None, tuple[str, Peer | None]]:
    """Whether the server can be reached, step by step; returns what failed, and the server if nothing is in between."""
    if target.sandbox:
        for what in ("proxy", *WAY):
            yield Finding(what, "skipped", "the sandbox is in this process")
        return "", None
    finding, proxy = probing.proxy(patient.url)
    yield finding
    if finding.verdict == "failed":
        yield from _not_tried(finding.what, *WAY)
        return finding.what, None
    if proxy is not None:
        for what in WAY:
            yield Finding(what, "skipped", "the proxy's affair; reading shows it")
        return "", None
    peer, left = Peer.of(patient.url), list[str](WAY)
    for check in (probing.name, probing.connection, probing.tls):
        finding = check(peer)
        yield finding
        left.remove(finding.what)
        if finding.verdict == "failed":
            yield from _not_tried(finding.what, *left)
            return finding.what, peer
    return "", peer


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
        made = partial(clients.provider if theirs else clients.client, target)
        told = "those of the sandbox"
        return Finding("credentials", "passed", told), Patient(connect.SANDBOX_URL, True, reads, made)
    try:
        if theirs:
            with reached(target) as found:
                access, made = found.access, partial(_duty, found, target)
                reads = reads if found.rest else None
        else:
            access = connect.access(target)
            made = partial(clients.opened, access, target)
    except (CommandError, PagerTreeError) as error:
        url = address(target) if theirs else connect.address(api, target.base_url)
        return failed("credentials", error), Patient(url)
    told = f"{type(access.auth).__name__} from {access.source}, for {access.base_url} ({access.api})"
    return Finding("credentials", "passed", told), Patient(access.base_url, True, reads, made)


def _duty(found: Reached, target: Target) -> Any:
    return found.client(**clients.settings(found.access, target))


def _asked(patient: Patient, peer: Peer | None) -> Generator[Finding]:
    """One read, and what its answer tells of the clock and the limit."""
    if patient.reads is None:
        yield Finding("read", "skipped", "a name and a password are for schedule entries alone", NO_KEY)
        for what in ("clock", "pace"):
            yield Finding(what, "skipped", "nothing was read")
        return
    begun = time.monotonic()
    try:
        with patient.opened() as client:
            answer = client.request("GET", patient.reads, params={"limit": 1})
    except PagerTreeError as error:
        yield _misread(error, peer)
        headers = error.headers if isinstance(error, APIError) else None
    else:
        headers = answer.headers
        yield Finding("read", "passed", f"GET: {answer.status} in {(time.monotonic() - begun) * 1000:.0f} ms")
    if headers is None:
        yield from _not_tried("read", "clock", "pace")
    else:
        yield _clock(headers)
        yield _pace(headers)


def _misread(error: PagerTreeError, peer: Peer | None) -> Finding:
    """What a read failed with; many a server that speaks TLS answers plain HTTP with a 400."""
    finding = failed("read", error)
    unclear = isinstance(error, TransportError) or (isinstance(error, APIError) and error.status == 400)
    if unclear and peer is not None and not peer.secure and probing.speaks_tls(peer):
        return finding._replace(hint=SPEAKS_TLS)
    return finding


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
