"""``oncall now|entries|gaps``: who is on call, and when nobody is; of PagerTree and of PagerDuty."""

from __future__ import annotations

import inspect
from functools import partial
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer

from pagertree_async.cli import options
from pagertree_async.cli.commands import Entry, command
from pagertree_async.cli.options import option, parameter

DAYS = 7
"""How long a stretch of time is whose end is not given."""


def _word(name: str, help: str) -> inspect.Parameter:
    described = typer.Argument(help=help, metavar=name.upper().replace("_", "-"), show_default=False)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[str, described])


SCHEDULE = _word("schedule", "The schedule, or the team whose schedule it is, by id or name.")
SINCE = parameter("since", str | None, option("--since", help="Where to begin; now by default.", metavar="TIME"))
UNTIL = parameter(
    "until", str | None, option("--until", help=f"Where to stop; {DAYS} days later by default.", metavar="TIME")
)
ZONE = parameter(
    "zone",
    str,
    option(
        "--zone",
        help="The time zone of the days that are shown, such as Europe/Berlin; UTC by default.",
        metavar="NAME",
    ),
    "UTC",
)
ENDING = (
    ZONE,
    options.FORMAT,
    options.ANY_API,
    *(one for one in options.CALLING if one is not options.API),
    options.SEED,
    options.SIZE,
)


class Command(NamedTuple):
    """One of these commands, as an entry of the group.

    Attributes:
        summary: What it does, in a sentence.
        function: The function of :mod:`pagertree_async.cli.rota` that does it.
        parameters: What it takes.
        examples: Command lines to show.
        section: Where it stands in the group's help.
    """

    summary: str
    function: str
    parameters: tuple[Any, ...]
    examples: tuple[str, ...]
    section: str = "Commands"

    def make(self, name: str) -> Any:
        """The command."""
        return command(name, partial(_run, self.function), self.parameters, help=self.summary, examples=self.examples)


def entries() -> dict[str, Entry]:
    """The commands by name."""
    return {
        "now": Command(
            "Show who is on call now, of a schedule or of a team.",
            "now",
            (_word("schedule_or_team", "The schedule or the team, by id or name."), *ENDING),
            ("oncall now SRE", "oncall now Payments --api pagerduty -o json"),
        ),
        "entries": Command(
            "Show who is on call when, on a schedule.",
            "entries",
            (
                SCHEDULE,
                SINCE,
                UNTIL,
                parameter(
                    "overflow", bool, option("--overflow", help="Keep shifts whole that reach beyond a bound."), False
                ),
                parameter(
                    "user",
                    str | None,
                    option("--user", help="Only this user's, by id, name or e-mail.", metavar="USER"),
                ),
                *ENDING,
            ),
            ("oncall entries Primary --since 2026-03-01 --until 2026-03-15 --zone Europe/Berlin",),
        ),
        "gaps": Command(
            "Show when nobody is on call, on a schedule.",
            "gaps",
            (
                SCHEDULE,
                SINCE,
                UNTIL,
                parameter(
                    "layer",
                    int | None,
                    option("--layer", help="Look at this layer alone; at all of them by default.", metavar="NUMBER"),
                ),
                *ENDING,
            ),
            ("oncall gaps Primary --until 2026-12-31 -o csv",),
        ),
    }


def _run(function: str, **given: Any) -> None:
    getattr(import_module("pagertree_async.cli.rota"), function)(**given)
