"""``sandbox``: made-up accounts of PagerTree and PagerDuty, served on this machine at one address."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pagertree_async.cli.commands import command
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.options import option, parameter

if TYPE_CHECKING:
    from pagertree_async.sandbox import Sandbox
    from pagertree_async.sandbox.pagerduty import PagerDutySandbox

SUMMARY = "Serve made-up accounts of PagerTree and PagerDuty on this machine, and print how to reach them."
EXAMPLES = (
    "sandbox",
    "sandbox --port 0 --db account.db --alerts 10000 --rate 50/s",
    "sandbox --host localhost --tls-cert cert.pem --tls-key key.pem",
)
OPENSSL = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout key.pem -out cert.pem -subj /CN=localhost "
    "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 makes both"
)
HIGHEST_PORT = 65_535
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - it was asked for
"""Addresses that stand for all of a machine's, with what this machine is reached at."""
PARAMETERS = (
    parameter(
        "host",
        str,
        option("--host", help="The address to listen on; 127.0.0.1 by default.", metavar="HOST"),
        "127.0.0.1",
    ),
    parameter(
        "port",
        int,
        option("--port", help="The port to listen on, 0 for a free one; 8765 by default.", metavar="PORT"),
        8765,
    ),
    parameter("seed", int, option("--seed", help="What the data depends on; 1 by default.", metavar="NUMBER"), 1),
    parameter(
        "size",
        int,
        option("--size", help="About how many objects PagerTree's account has; 1000 by default.", metavar="NUMBER"),
        1000,
    ),
    parameter(
        "alerts",
        int | None,
        option("--alerts", help="How many alerts PagerTree's account has, exactly.", metavar="NUMBER"),
    ),
    parameter(
        "until",
        str | None,
        option(
            "--until",
            help="Where the accounts' past ends; at the last midnight in UTC by default, and in 2026 at the earliest.",
            metavar="TIME",
        ),
    ),
    parameter(
        "rate",
        str | None,
        option(
            "--rate",
            help="How many requests a second each account lets in, as in 50/s or 50; any number by default.",
            metavar="NUMBER[/s]",
        ),
    ),
    parameter(
        "burst",
        int | None,
        option("--burst", help="How many requests may come at once, with --rate.", metavar="NUMBER"),
    ),
    parameter(
        "retry_after",
        bool,
        option("--retry-after/--no-retry-after", help="Whether a 429 says how long to wait; it does by default."),
        True,
    ),
    parameter(
        "latency",
        str | None,
        option("--latency", help="How much longer each answer takes, as in 20ms or 0.5s.", metavar="TIME"),
    ),
    parameter(
        "churn",
        str | None,
        option(
            "--churn",
            help="How much of each page of alerts is deleted and inserted anew while it is read, as in 2%.",
            metavar="PERCENT%",
        ),
    ),
    parameter(
        "db",
        Path | None,
        option(
            "--db",
            help="A SQLite file to keep PagerTree's account in, PagerDuty's beside it; in memory by default.",
            metavar="FILE",
        ),
    ),
    parameter(
        "cert", Path | None, option("--tls-cert", help="A certificate, with which https:// is served.", metavar="FILE")
    ),
    parameter("key", Path | None, option("--tls-key", help="The certificate's private key.", metavar="FILE")),
)


MANY = 200_000
"""So many alerts take long enough to be made for it to be said."""


def make(name: str) -> Any:
    """The command."""
    return command(name, run, PARAMETERS, help=SUMMARY, examples=EXAMPLES)


def run(
    *,
    host: str,
    port: int,
    seed: int,
    size: int,
    alerts: int | None,
    until: str | None,
    rate: str | None,
    latency: str | None,
    churn: str | None,
    burst: int | None,
    retry_after: bool,
    db: Path | None,
    cert: Path | None,
    key: Path | None,
) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    from pagertree_async.cli.directions import directions
    from pagertree_async.cli.made_up import ends
    from pagertree_async.cli.output import note
    from pagertree_async.cli.values import PLAIN
    from pagertree_async.sandbox.together import Together

    waits = quantity("--latency", latency or "0s", {"ms": 0.001, "s": 1.0})
    changes = quantity("--churn", churn or "0%", {"%": 0.01})
    if changes > 1:
        message = f"--churn: {churn} is more than all of a page"
        raise CommandError(message)
    end = ends(None if until is None else PLAIN[datetime].of("--until", until).timestamp())
    limits: dict[str, Any] = {
        "rate": None if rate is None else quantity("--rate", rate, {"/s": 1.0, "": 1.0}),
        "burst": burst,
    }
    trust(cert, key)
    account = {"seed": seed, "size": size, "alerts": alerts, "ends": end["tree"], "retry_after": retry_after, **limits}
    if alerts is not None and alerts >= MANY:
        note(f"Making {alerts:,} alerts, which may take a minute or more")
    with (
        listening(host, port) as listener,  # first: who has to wait is not told afterwards that the port is taken
        accounts(db, account, {"seed": seed, "ends": end["duty"], **limits}) as (tree, duty),
    ):
        if listener.getsockname()[0] in EVERYWHERE:
            note(f"warning: listening on {host}: who reaches this machine reaches the accounts")
        typer.echo(directions(tree, duty, address(listener, host, secure=cert is not None)))
        app = tree.in_weather(latency=waits, churn=changes, app=Together(tree.app, duty))
        serve(app, listener, cert, key)


@contextmanager
def accounts(
    db: Path | None, tree: dict[str, Any], duty: dict[str, Any]
) -> Generator[tuple[Sandbox, PagerDutySandbox]]:
    """The accounts of PagerTree and PagerDuty.

    Args:
        db: The file of the first; that of the second is beside it.
        tree: What the first is made with.
        duty: What the second is made with.

    Raises:
        CommandError: A setting cannot be, or a file cannot be used.
    """
    import sqlite3

    from pagertree_async.sandbox import Sandbox
    from pagertree_async.sandbox.pagerduty import PagerDutySandbox

    paths = (":memory:", ":memory:") if db is None else (str(db), str(db.with_name(f"{db.name}.pagerduty")))
    try:
        first = Sandbox(paths[0], **tree)
        try:
            second = PagerDutySandbox(paths[1], **duty)
        except BaseException:
            first.close()
            raise
    except ValueError as error:
        raise CommandError(str(error)) from error
    except sqlite3.Error as error:
        message = f"--db: {db}: {error}"
        raise CommandError(message) from error
    with first, second:
        yield first, second


def trust(cert: Path | None, key: Path | None) -> None:
    """Try a certificate and its key.

    Raises:
        CommandError: One is missing, cannot be read, or does not fit the other.
    """
    import ssl

    if cert is None and key is None:
        return
    if cert is None or key is None:
        message = "--tls-cert and --tls-key go together"
        raise CommandError(message)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, "")
    except OSError as error:
        message = f"--tls-cert {cert} with --tls-key {key}: {error.strerror or error}"
        raise CommandError(message, hint=OPENSSL) from None


def quantity(name: str, text: str, units: dict[str, float]) -> float:
    """What a number with a unit stands for.

    Args:
        name: How the option is written.
        text: What was given.
        units: What each unit is worth; the empty one, where it is there, is that of a plain number.

    Raises:
        CommandError: It is none, or below zero.

    >>> quantity("--latency", "20ms", {"ms": 0.001, "s": 1.0})
    0.02
    """
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z%/]*)", text.strip())
    written = " or ".join(f"2{unit}" for unit in units)
    if found is None or found[2] not in units:
        bare = found is not None and not found[2]
        message = f"{name}: {text!r} {'has no unit' if bare else 'is no such number'}; write it as in {written}"
        raise CommandError(message)
    return float(found[1]) * units[found[2]]


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        CommandError: The address cannot be listened on.
    """
    if not 0 <= port <= HIGHEST_PORT:
        message = f"--port: {port} is none; there are 0 to {HIGHEST_PORT}"
        raise CommandError(message)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (while ")[0]  # the address is said once
        message = f"cannot listen on {host} port {port}: {why}"
        raise CommandError(message, hint="--port NUMBER takes another port, --port 0 a free one") from None


def address(listener: socket.socket, host: str = "", *, secure: bool = False) -> str:
    """The address that a client is to be pointed at.

    Args:
        listener: What listens.
        host: The host as it was named: a certificate is for a name.
        secure: Whether https:// is served.
    """
    name = listener.getsockname()
    listened, port = str(name[0]), int(name[1])
    reached = EVERYWHERE.get(listened, listened) if not host or _is_address(host) else host
    scheme = "https" if secure else "http"
    return f"{scheme}://[{reached}]:{port}" if ":" in reached else f"{scheme}://{reached}:{port}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def serve(app: Any, listener: socket.socket, cert: Path | None = None, key: Path | None = None) -> None:
    """Serve until a signal comes; stopping so is how it ends, not a failure.

    Args:
        app: What answers.
        listener: What listens.
        cert: A certificate, with which https:// is served.
        key: Its private key.
    """
    import uvicorn

    from pagertree_async.cli.exits import Terminated

    settings: dict[str, Any] = {"log_level": "warning", "lifespan": "off", "timeout_graceful_shutdown": 2}
    server = uvicorn.Server(uvicorn.Config(app, ssl_certfile=cert, ssl_keyfile=key, **settings))
    try:
        server.run(sockets=[listener])
    except (KeyboardInterrupt, Terminated):
        return
