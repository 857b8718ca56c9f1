"""``pagerduty trigger|acknowledge|resolve|change``: PagerDuty's Events API, in a line each."""

from __future__ import annotations

import inspect
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

from pagertree_async.cli import options
from pagertree_async.cli.commands import Entry, command
from pagertree_async.cli.options import completion, option, parameter

SEVERITIES = ("critical", "error", "warning", "info")
REQUIRED = inspect.Parameter.empty
KEYED = "The routing key is PAGERDUTY_ROUTING_KEY's, or that of --token-file or --token-stdin."
SECRETLY = "Set PAGERDUTY_ROUTING_KEY, or give --token-file FILE or --token-stdin"
"""How the routing key is given."""
DESCRIPTION = parameter(
    "description", str, option("--description", help="What has happened, in a line.", metavar="TEXT"), REQUIRED
)
SOURCE = parameter(
    "source",
    str | None,
    option("--source", help="Where it has happened; the name of this machine by default.", metavar="TEXT"),
)
KEY = option("-i", "--dedup-key", help="What tells this alert from others.", metavar="TEXT")
ENDING = tuple(one for one in options.CALLING if one not in {options.API, options.CONFIG, options.PROFILE})


class Command(NamedTuple):
    """One of these commands, as an entry of the group.

    Attributes:
        summary: What it does, in a sentence.
        function: The function of :mod:`pagertree_async.cli.alerting` that does it.
        parameters: What it takes of its own.
        example: A command line to show.
        section: Where it stands in the group's help.
    """

    summary: str
    function: str
    parameters: tuple[Any, ...]
    example: str
    section: str = "Commands"

    def make(self, name: str) -> Any:
        """The command."""
        run = partial(_run, self.function)
        whole = (*self.parameters, *ENDING)
        return command(name, run, whole, help=self.summary, epilog=KEYED, examples=(f"pagerduty {self.example}",))


def entries() -> dict[str, Entry]:
    """The commands by name."""
    severity = option(
        "--severity",
        help="How bad it is; critical by default.",
        metavar="|".join(SEVERITIES),
        autocompletion=completion(SEVERITIES),
    )
    known = (parameter("dedup_key", str, KEY, REQUIRED),)
    return {
        "trigger": Command(
            "Open an alert, and print its dedup key.",
            "trigger",
            (
                DESCRIPTION,
                SOURCE,
                parameter("severity", str, severity, "critical"),
                parameter("dedup_key", str | None, KEY),
            ),
            "trigger --description 'disk full' --source db-7 -i db-7:disk",
        ),
        "acknowledge": Command(
            "Acknowledge the alert of a dedup key.", "acknowledge", known, "acknowledge -i db-7:disk"
        ),
        "resolve": Command("Resolve the alert of a dedup key.", "resolve", known, "resolve -i db-7:disk"),
        "change": Command(
            "Tell of a change.", "change", (DESCRIPTION, SOURCE), "change --description 'release 7 is out' --source ci"
        ),
    }


def _run(function: str, **given: Any) -> None:
    getattr(import_module("pagertree_async.cli.alerting"), function)(**given)
