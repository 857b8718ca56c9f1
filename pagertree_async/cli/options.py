"""The options that many commands have in common, each described once."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from pagertree_async.cli.connect import APIS, ON_CALL
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.fast import LOOPS, TRANSPORTS
from pagertree_async.cli.nearest import asked

CONNECTION = "Connection"
OUTPUT = "Output"
FORMATS = ("table", "json", "ndjson", "csv")
PREFIX = "cli_"
"""Begins the names of these parameters within Python, so that they never meet one of the API's."""


def option(*names: str, help: str, panel: str | None = None, **settings: Any) -> Any:
    """An option of a command.

    Args:
        names: How it is written.
        help: What it does, in a sentence.
        panel: The section of the help that it stands in.
        settings: Whatever else typer takes.
    """
    return typer.Option(*names, help=help, rich_help_panel=panel, show_default=False, **settings)


def completion(choices: Sequence[str]) -> Callable[[str], list[str]]:
    """Completes one of a few words."""

    def complete(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete


def parameter(name: str, kind: Any, described: Any, default: Any = None) -> inspect.Parameter:
    """A parameter of a function that typer makes a command of."""
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, described]
    )


def _common(name: str, kind: Any, described: Any, default: Any = None) -> inspect.Parameter:
    return parameter(PREFIX + name, kind, described, default)


def _api(choices: Sequence[str]) -> inspect.Parameter:
    return _common(
        "api",
        str | None,
        option(
            "--api",
            help="Which API; by default the one that the credentials are for.",
            panel=CONNECTION,
            metavar="|".join(choices),
            autocompletion=completion(choices),
        ),
    )


CONFIG = _common(
    "config",
    Path | None,
    option(
        "--config",
        help="The config file, in the place of PAGERTREE_CONFIG's; a .env file will do.",
        panel=CONNECTION,
        metavar="FILE",
    ),
)
API = _api(APIS)
ANY_API = _api(ON_CALL)
PROFILE = _common(
    "profile",
    str | None,
    option("--profile", help="The profile of the config file to use.", panel=CONNECTION, metavar="NAME"),
)
BASE_URL = _common(
    "base_url", str | None, option("--base-url", help="The root of the API.", panel=CONNECTION, metavar="URL")
)
ALLOW_HTTP = _common(
    "allow_http",
    bool,
    option("--allow-http", help="Let credentials travel unencrypted to an http:// address.", panel=CONNECTION),
    False,
)
TOKEN_FILE = _common(
    "token_file",
    Path | None,
    option(
        "--token-file",
        help="A file with a token, or with an API key and, below it, its secret if it has one.",
        panel=CONNECTION,
        metavar="FILE",
    ),
)
TOKEN_STDIN = _common(
    "token_stdin", bool, option("--token-stdin", help="Read the same from standard input.", panel=CONNECTION), False
)
SANDBOX = _common(
    "sandbox",
    bool,
    option("--sandbox", help="Use a made-up account in memory: no network, no credentials.", panel=CONNECTION),
    False,
)
SEED = _common(
    "seed",
    int,
    option("--seed", help="What the sandbox's data depends on; 1 by default.", panel=CONNECTION, metavar="NUMBER"),
    1,
)
SIZE = _common(
    "size",
    int,
    option(
        "--size", help="About how many objects the sandbox has; 1000 by default.", panel=CONNECTION, metavar="NUMBER"
    ),
    1000,
)
TIMEOUT = _common(
    "timeout",
    float | None,
    option(
        "--timeout",
        help="Seconds for a call with all its attempts; 30 by default.",
        panel=CONNECTION,
        metavar="SECONDS",
    ),
)
VERBOSE = _common(
    "verbose",
    int,
    option(
        "-v",
        "--verbose",
        help="Tell of each attempt, retry and wait on standard error; twice, of everything with its headers.",
        panel=CONNECTION,
        count=True,
    ),
    0,
)
TRANSPORT = _common(
    "transport",
    str | None,
    option(
        "--transport",
        help="What sends the requests; httpx by default, and aiohttp for an export where it is installed.",
        panel=CONNECTION,
        metavar="|".join(TRANSPORTS),
        autocompletion=completion(TRANSPORTS),
    ),
)
LOOP = _common(
    "loop",
    str | None,
    option(
        "--loop",
        help="The event loop; asyncio by default.",
        panel=CONNECTION,
        metavar="|".join(LOOPS),
        autocompletion=completion(LOOPS),
    ),
)
DRY_RUN = _common(
    "dry_run",
    bool,
    option("--dry-run", help="Print the request, its secrets starred, and send nothing.", panel=CONNECTION),
    False,
)

REACHING = (API, CONFIG, PROFILE, BASE_URL, ALLOW_HTTP, TOKEN_FILE, TOKEN_STDIN, SANDBOX, TRANSPORT, VERBOSE)
"""What every command takes that talks to the API."""
CALLING = (*REACHING, TIMEOUT, DRY_RUN)
"""What every command takes that makes a call."""

FORMAT = _common(
    "format",
    str | None,
    option(
        "-o",
        "--output",
        help="The form of the results; a table on a terminal, else ndjson.",
        panel=OUTPUT,
        metavar="table|json|ndjson|csv",
        autocompletion=completion(FORMATS),
    ),
)
FIELDS = _common(
    "fields",
    str | None,
    option("--fields", help="The attributes to print, in this order.", panel=OUTPUT, metavar="NAME,…"),
)
PRINTING = (FORMAT, FIELDS)
"""What every command takes that prints objects."""


MANY = frozenset(
    name
    for one in (*CALLING, *PRINTING, SEED, SIZE, LOOP)
    for described in one.annotation.__metadata__
    for name in (described.default, *described.param_decls)  # typer takes the first name for a default
)
"""How the options are written that many commands take."""


def target(given: Mapping[str, Any], api: str | None = None) -> Any:
    """What the connection options say, as a ``Target``.

    Args:
        given: The options of the command.
        api: The API that the command is of, for where none is named.
    """
    from pagertree_async.cli.connect import Target

    own = {name.removeprefix(PREFIX): value for name, value in given.items() if name.startswith(PREFIX)}
    found = Target(**{name: value for name, value in own.items() if name in Target._fields})
    if not found.verbose and os.environ.get("PAGERTREE_VERBOSE", "").lower() in {"true", "t", "1"}:
        found = found._replace(verbose=1)
    return found if found.api or api is None else found._replace(api=api)


def out(given: Mapping[str, Any]) -> Any:
    """What the output options say, as an ``Out``.

    Raises:
        CommandError: There is no such form.
    """
    from pagertree_async.cli.output import Format, Out

    form = given.get(FORMAT.name)
    if form is not None and form not in FORMATS:
        message = f"--output: {form!r} is none of {', '.join(FORMATS)}{asked(form, FORMATS)}"
        raise CommandError(message)
    fields = given.get(FIELDS.name) or ""
    return Out(
        format=None if form is None else Format(form),
        fields=tuple(name for part in fields.split(",") if (name := part.strip())),
    )
