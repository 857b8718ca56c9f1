"""``api GET /alert -f limit=5``: any request, with the same credentials, pace and retries."""

from __future__ import annotations

import contextlib
import inspect
import sys
from typing import Annotated, Any, cast

import typer

from pagertree_async.cli import connect, options
from pagertree_async.cli.commands import command
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.options import option, parameter
from pagertree_async.cli.resources import YES

BODIED = frozenset({"POST", "PUT", "PATCH"})


def _word(name: str, help: str) -> inspect.Parameter:
    described = typer.Argument(help=help, metavar=name.upper(), show_default=False)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[str, described])


EXAMPLES = (
    "api GET /alert -f limit=5",
    "api POST /team -f name=SRE",
    "api PUT /team/ID --json @team.json",
)
PARAMETERS = (
    _word("method", "The HTTP method, such as GET."),
    _word("path", connect.PATH),
    parameter(
        "field",
        list[str] | None,
        option(
            "-f",
            "--field",
            help="A value, for the body or, without one, the address. May be repeated.",
            metavar="NAME=VALUE",
        ),
    ),
    parameter(
        "json",
        str | None,
        option("--json", help="The whole body as JSON; @FILE reads it, @- from standard input.", metavar="JSON"),
    ),
    YES,
    *options.CALLING,
)


def make(name: str) -> Any:
    """The command."""
    return command(name, run, PARAMETERS, help="Send any request and print the answer's body.", examples=EXAMPLES)


def run(*, method: str, path: str, field: list[str] | None, json: str | None, **given: Any) -> None:
    """Send the request."""
    from pagertree_async.cli import clients, values
    from pagertree_async.cli.perform import confirm
    from pagertree_async.cli.wires import NotSentError

    target = options.target(given)
    verb = method.upper()
    named = dict(_pair(text) for text in field or ())
    values.one_reader(target, {"json": values.JSON}, {"json": json})
    body = None if json is None else values.JSON.of("--json", json)
    if verb in BODIED and body is None:
        body, named = named or None, {}
    if (verb == "DELETE" or _deletes(verb, body)) and not (given[YES.name] or target.dry_run):
        confirm(f"{verb} {path}, which deletes" if verb != "DELETE" else f"DELETE {path}")
    with clients.client(target) as client:
        try:
            response = client.request(verb, path, params=named, json=body)
        except NotSentError:
            return
    _show(response.body)


def _show(body: bytes) -> None:
    """Print the body as it came, or, on a terminal, so that it can be read."""
    import msgspec

    from pagertree_async.cli.output import is_terminal

    if body and is_terminal(sys.stdout):
        with contextlib.suppress(msgspec.DecodeError):
            body = msgspec.json.format(body, indent=2)
    if body:
        typer.echo(body.decode("utf-8", "replace"))


def _deletes(verb: str, body: Any) -> bool:
    """Whether a body makes a deletion of another method, as that of a mass action can."""
    return verb in BODIED and isinstance(body, dict) and cast("dict[str, Any]", body).get("type") == "delete"


def _pair(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        message = f"--field: write NAME=VALUE, not {text!r}"
        raise CommandError(message)
    return name, value
