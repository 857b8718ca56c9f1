"""``sandbox``: a made-up account, served on this machine, and how to point a client at it."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pagertree_async.cli.commands import command
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.options import option, parameter

if TYPE_CHECKING:
    from pagertree_async.sandbox import Sandbox

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
        "size", int, option("--size", help="About how many objects there are; 1000 by default.", metavar="NUMBER"), 1000
    ),
    parameter("alerts", int | None, option("--alerts", help="How many alerts there are, exactly.", metavar="NUMBER")),
    parameter(
        "rate",
        str | None,
        option("--rate", help="How many requests a second are let in, as in 50/s; any number by default."),
    ),
    parameter(
        "latency",
        str | None,
        option("--latency", help="How much longer each answer takes, as in 20ms.", metavar="TIME"),
    ),
    parameter(
        "churn",
        str | None,
        option(
            "--churn",
            help="How much of each page of alerts is deleted and inserted anew while it is read, as in 2%.",
            metavar="PART",
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
        "db",
        Path | None,
        option("--db", help="A SQLite file to keep the account in; in memory by default.", metavar="FILE"),
    ),
)


def make(name: str) -> Any:
    """The command."""
    return command(name, run, PARAMETERS, help="Serve a made-up account on this machine, and print how to reach it.")


def run(
    *,
    host: str,
    port: int,
    seed: int,
    size: int,
    alerts: int | None,
    rate: str | None,
    latency: str | None,
    churn: str | None,
    burst: int | None,
    retry_after: bool,
    db: Path | None,
) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    import sqlite3

    from pagertree_async.sandbox import Sandbox

    waits = quantity("--latency", latency or "0", {"ms": 0.001, "s": 1.0, "": 1.0})
    changes = quantity("--churn", churn or "0", {"%": 0.01, "": 1.0})
    try:
        sandbox = Sandbox(
            ":memory:" if db is None else str(db),
            seed=seed,
            size=size,
            alerts=alerts,
            rate=None if rate is None else quantity("--rate", rate, {"/s": 1.0, "": 1.0}),
            burst=burst,
            retry_after=retry_after,
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
    except sqlite3.Error as error:
        message = f"--db: {db}: {error}"
        raise CommandError(message) from error
    with sandbox, listening(host, port) as listener:
        if listener.getsockname()[0] in EVERYWHERE:
            typer.echo(f"warning: listening on {host}: who reaches this machine reaches the account", err=True)
        typer.echo(directions(sandbox, address(listener)))
        serve(sandbox, listener, waits, changes)


def quantity(name: str, text: str, units: dict[str, float]) -> float:
    """What a number with a unit stands for.

    Raises:
        CommandError: It is none, or below zero.

    >>> quantity("--latency", "20ms", {"ms": 0.001, "s": 1.0})
    0.02
    """
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z%/]*)", text.strip())
    if found is None or found[2] not in units:
        message = f"{name}: not a number with one of the units {', '.join(filter(None, units))}: {text!r}"
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
        message = f"cannot listen on {host} port {port}: {error.strerror or error}"
        raise CommandError(message, hint="--port 0 takes a free port") from None


def address(listener: socket.socket) -> str:
    """The address that a client is to be pointed at."""
    name = listener.getsockname()
    host, port = str(name[0]), int(name[1])
    reached = EVERYWHERE.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def directions(sandbox: Sandbox, url: str) -> str:
    """How to point a client at the sandbox: from a shell, from Python, by curl."""
    from pagertree_async.cli import connect

    (_, (first, *_)), *others = connect.ways(sandbox).items()
    shell = [
        f"In a shell:\n  export PAGERTREE_BASE_URL={url}",
        *(f"  export {name}={text}" for name, text in first.items()),
    ]
    other = ["Or, in its place (unset PAGERTREE_API_KEY), one of these:"]
    for api, ways in others:
        for variables in ways:
            ends = ", a token, which ends in an hour" if "PAGERTREE_TOKEN" in variables else ""
            other += [f"  # {api}{ends}", *(f"  # export {name}={text}" for name, text in variables.items())]
    told = (f"A sandbox account at {url}, until Ctrl-C.", "\n".join(shell), "\n".join(other))
    parts = (*told, connect.snippets(sandbox, url))
    return "\n\n".join(parts)


def serve(sandbox: Sandbox, listener: socket.socket, latency: float = 0.0, churn: float = 0.0) -> None:
    """Serve until a signal comes; stopping so is how it ends, not a failure."""
    import uvicorn

    from pagertree_async.cli.exits import Terminated

    app = sandbox.in_weather(latency=latency, churn=churn)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))
    try:
        server.run(sockets=[listener])
    except (KeyboardInterrupt, Terminated):
        return
