"""``sandbox``: a made-up account, served on this machine, and how to point a client at it."""

from __future__ import annotations

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
        float | None,
        option("--rate", help="How many requests a second are let in; any number by default.", metavar="NUMBER"),
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
    rate: float | None,
    burst: int | None,
    retry_after: bool,
    db: Path | None,
) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    import sqlite3

    from pagertree_async.sandbox import Sandbox

    try:
        sandbox = Sandbox(
            ":memory:" if db is None else str(db),
            seed=seed,
            size=size,
            alerts=alerts,
            rate=rate,
            burst=burst,
            retry_after=retry_after,
        )
    except ValueError as error:
        raise CommandError(str(error)) from error
    except sqlite3.Error as error:
        message = f"--db: {db}: {error}"
        raise CommandError(message) from error
    with sandbox, listening(host, port) as listener:
        typer.echo(directions(sandbox, address(listener)))
        serve(sandbox, listener)


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
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - it was asked for
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def directions(sandbox: Sandbox, url: str) -> str:
    """How to point a client at the sandbox: from a shell, from Python, by curl."""
    return f"""\
A sandbox account at {url}, until Ctrl-C.

In a shell, with one of three ways to authenticate:
  export PAGERTREE_BASE_URL={url}
  export PAGERTREE_TOKEN={sandbox.token()}

  export PAGERTREE_API_KEY={sandbox.api_key}
  export PAGERTREE_API_SECRET={sandbox.api_secret}

  export PAGERTREE_USERNAME={sandbox.username}
  export PAGERTREE_PASSWORD={sandbox.password}

In Python:
  from pagertree_async import KeyPair, PagerTree
  with PagerTree(KeyPair("{sandbox.api_key}", "{sandbox.api_secret}"), base_url="{url}") as client:
      print(client.alerts.list().first().total_count, "alerts")

By curl:
  curl -H "x-api-key: {sandbox.api_key}" -H "x-api-secret: {sandbox.api_secret}" "{url}/alert?limit=1"
"""


def serve(sandbox: Sandbox, listener: socket.socket) -> None:
    """Serve until a signal comes; stopping so is how it ends, not a failure."""
    import uvicorn

    from pagertree_async.cli.exits import Terminated

    server = uvicorn.Server(
        uvicorn.Config(sandbox.app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
    )
    try:
        server.run(sockets=[listener])
    except (KeyboardInterrupt, Terminated):
        return
