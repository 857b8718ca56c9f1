"""``doctor``: what stands between this machine and the API, a line for each thing that could."""

from __future__ import annotations

from typing import Any

from pagertree_async.cli import options
from pagertree_async.cli.commands import command

SUMMARY = "Check, step by step, what it takes to reach the API."
ENDS = "Each line is passed, failed (with what to do) or skipped; the exit code is that of the first failure."
EXAMPLES = ("doctor", "doctor --profile work", "doctor --api pagerduty")
PARAMETERS = (options.ANY_API, *(one for one in options.REACHING if one is not options.API))


def make(name: str) -> Any:
    """The command."""
    return command(name, _run, PARAMETERS, help=SUMMARY, epilog=ENDS, examples=EXAMPLES)


def _run(**given: Any) -> None:
    from pagertree_async.cli.examining import run

    run(options.target(given))
