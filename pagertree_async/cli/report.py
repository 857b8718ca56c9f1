"""``report``: an export as one HTML page of charts."""

from __future__ import annotations

import inspect
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from pagertree_async.cli.commands import command
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.options import option, parameter
from pagertree_async.cli.output import note

SUMMARY = "Make one HTML page of charts from an export: alerts, how fast they were taken, who was on call."
FOLDER = inspect.Parameter(
    "directory",
    inspect.Parameter.KEYWORD_ONLY,
    annotation=Annotated[
        Path,
        typer.Argument(help="The folder that export wrote, in any of its formats.", metavar="DIR", show_default=False),
    ],
)
PARAMETERS = (
    FOLDER,
    parameter(
        "output",
        str,
        option("-o", "--output", help="The file to write, over what is there; - for standard output.", metavar="FILE"),
        ...,
    ),
    parameter(
        "timezone",
        str,
        option(
            "--timezone",
            help="The time zone of the days and hours, such as Europe/Berlin; UTC by default.",
            metavar="NAME",
        ),
        "UTC",
    ),
    parameter(
        "since",
        str | None,
        option(
            "--since",
            help="Only alerts made at this moment or later; a date is its midnight in the time zone.",
            metavar="TIME",
        ),
    ),
    parameter("until", str | None, option("--until", help="Only alerts made before this moment.", metavar="TIME")),
)
BEFORE = (
    "The page needs no network and no script, and shows what the files in DIR have: first run "
    "pagertree-async export -o DIR."
)

EXAMPLES = ("report export -o report.html --timezone Europe/Berlin",)


def make(name: str) -> Any:
    """The command."""
    return command(name, _run, PARAMETERS, help=SUMMARY, epilog=BEFORE, examples=EXAMPLES)


def _run(*, directory: Path, output: str, timezone: str, since: str | None, until: str | None) -> None:
    from pagertree_async.reporting import ReportError, UnreadableError, report, write

    begun = time.monotonic()
    asked: dict[str, Any] = {"timezone": timezone, "since": since, "until": until}
    try:
        if output == "-":
            # What cannot be said in ASCII is said by its number, so that it does not matter how the terminal encodes.
            sys.stdout.write(report(directory, **asked).encode("ascii", "xmlcharrefreplace").decode())
            return
        write(directory, output, **asked)
    except ReportError as error:
        code = Exit.REFUSED if isinstance(error, UnreadableError) else Exit.NOT_FOUND
        hint = str(error.__dict__.get("_hint", ""))
        raise CommandError(str(error).removesuffix(f". {hint}"), code, hint=hint) from error
    note(f"the report is in {output} ({Path(output).stat().st_size:,} bytes, {time.monotonic() - begun:.1f} s)")
