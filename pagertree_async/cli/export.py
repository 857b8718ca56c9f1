"""``export``: every list of the account to NDJSON, with a progress bar and a summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pagertree_async.cli import options
from pagertree_async.cli.commands import command
from pagertree_async.cli.options import option, parameter

PARAMETERS = (
    parameter(
        "directory",
        Path,
        option("-o", "--output", help="The folder that the files go to; made if it is not there.", metavar="DIR"),
        ...,
    ),
    parameter(
        "resource",
        list[str] | None,
        option("--resource", help="Only this list, such as alerts. May be repeated.", metavar="NAME"),
    ),
    parameter(
        "at_once",
        int,
        option("--at-once", help="How many lists are read at a time; 4 by default.", metavar="NUMBER"),
        4,
    ),
    *options.REACHING,
    options.SEED,
    options.SIZE,
)


def make(name: str) -> Any:
    """The command."""
    return command(name, _run, PARAMETERS, help="Write every list of the account to NDJSON, one file a resource.")


def _run(**given: Any) -> None:
    from pagertree_async.cli.exporting import run

    run(**given)
