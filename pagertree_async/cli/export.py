"""``export``: every list of the account to files, with a progress bar and a summary."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any, cast

from pagertree_async.cli import options
from pagertree_async.cli.commands import command
from pagertree_async.cli.options import completion, option, parameter
from pagertree_async.export.formats import FORMATS

EXAMPLES = (
    "export -o export --format parquet",
    "export -o mirror --format sqlite --incremental",
    "export -o - --resource alerts --since 2026-01-01",
)
PARAMETERS = (
    parameter(
        "directory",
        Path,
        option(
            "-o",
            "--output",
            help="The folder that the files go to, made if it is not there; - for standard output, with one --resource.",
            metavar="DIR",
        ),
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
        option("--at-once", help="How many pages are read at a time; 8 by default.", metavar="NUMBER"),
        8,
    ),
    parameter(
        "format",
        str,
        option(
            "--format",
            help="What the files are; ndjson by default.",
            metavar="|".join(FORMATS),
            autocompletion=completion(FORMATS),
        ),
        "ndjson",
    ),
    parameter(
        "since",
        str | None,
        option("--since", help="Only what was created at this moment or later.", metavar="TIME"),
    ),
    parameter("until", str | None, option("--until", help="Only what was created before this moment.", metavar="TIME")),
    parameter(
        "incremental",
        bool,
        option(
            "--incremental",
            help="Bring the files of the last --incremental run up to date, by what was created or updated since; the "
            "first time, all is read. Rows that were deleted, or fit --filter no more, cannot be seen so, and stay.",
        ),
        False,
    ),
    parameter(
        "filter",
        list[str] | None,
        option(
            "--filter",
            help="Only rows of the one --resource that compare so: urgency=high, and whatever else the --filter of its "
            "list command takes. May be repeated.",
            metavar="COMPARISON",
        ),
    ),
    *options.REACHING,
    options.LOOP,
    options.SEED,
    options.SIZE,
)


def make(name: str) -> Any:
    """The command."""
    return command(
        name,
        _run,
        PARAMETERS,
        help="Write every list of the account to files, and go on where an earlier run was stopped.",
        examples=EXAMPLES,
    )


def _run(**given: Any) -> None:
    from pagertree_async.cli.exporting import run

    run(again(given), **given)


def again(given: dict[str, Any]) -> str:
    """The command that does the same once more."""
    words: list[str] = ["pagertree-async", "export"]
    for one in PARAMETERS:
        value = given.get(one.name)
        if value is None or value == one.default:
            continue
        described = one.annotation.__metadata__[0]
        flag = str((described.default, *described.param_decls)[-1])  # typer takes the first name for a default
        if isinstance(value, bool):
            words.append(flag)
        elif one.name == options.VERBOSE.name:
            words += [flag for _ in range(value)]
        else:
            many = cast("list[object]", value) if isinstance(value, list) else [value]
            words += [word for each in many for word in (flag, str(each))]
    return shlex.join(words)
