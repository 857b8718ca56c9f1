"""The commands of a resource, made from their shapes."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Annotated, Any

import typer

from pagertree_async.cli import options
from pagertree_async.cli.commands import Entry, command
from pagertree_async.cli.options import option, parameter
from pagertree_async.cli.shapes import Choice, Resource, Shape, Word, flag_of, known

FILTERS = "Filters (equal to; see --filter for other comparisons)"
NAMES = {"retrieve": "show"}
"""Verbs that have another name here; their own works too, without being shown."""
SHOWN = 30
"""How many rows a list shows by itself."""

LIMIT = parameter(
    "cli_limit", int | None, option("--limit", help=f"How many rows to show; {SHOWN} by default.", metavar="NUMBER")
)
ALL = parameter("cli_all", bool, option("--all", help="Show every row, as it comes."), False)
OFFSET = parameter(
    "cli_offset", int | None, option("--offset", help="How many rows to leave out first.", metavar="NUMBER")
)
FILTER = parameter(
    "cli_filter",
    list[str] | None,
    option(
        "--filter",
        help="Only rows that compare so: NAME, then = != < <= > >= ^= (begins with) or ~= (contains), then a value. May be repeated.",
        metavar="COMPARISON",
    ),
)
YES = parameter("cli_yes", bool, option("-y", "--yes", help="Do not ask whether it is meant."), False)
BY = parameter(
    "cli_by",
    list[str],
    option("--by", help="An attribute to find it by, which is given as well. May be repeated.", metavar="NAME"),
    inspect.Parameter.empty,
)
NULL = parameter(
    "cli_null", list[str] | None, option("--null", help="An attribute to set to null. May be repeated.", metavar="NAME")
)


class Verb:
    """One operation of a resource, as an entry of the resource's group of commands.

    Args:
        resource: The resource's name.
        shape: What the command looks like.
        section: Where it stands in the group's help, empty for a name that works without being shown.
    """

    def __init__(self, resource: str, shape: Shape, section: str = "Commands") -> None:
        self.summary: str = shape.summary
        self.section = section
        self._resource = resource
        self._shape = shape

    def make(self, name: str) -> Any:
        """The command."""
        return made(name, self._resource, self._shape)


def resource(name: str) -> Resource:
    """What is known of a resource, from the endpoint table itself where it is newer than the file."""
    found = known().get(name)
    if found is None:
        from pagertree_async.cli import connect, describe

        found = describe.described(connect.services()[name])
    return found


def entries(name: str) -> dict[str, Entry]:
    """The commands of a resource by name.

    Args:
        name: The resource's name, which is that of its service.
    """
    shapes = resource(name).shapes
    shown: dict[str, Entry] = {
        NAMES.get(shape.verb, shape.verb).replace("_", "-"): Verb(name, shape) for shape in shapes
    }
    aliases: dict[str, Entry] = {shape.verb: Verb(name, shape, section="") for shape in shapes if shape.verb in NAMES}
    return shown | aliases


def made(name: str, resource: str, shape: Shape) -> Any:
    """The command of one operation."""
    own = [*map(_positional, shape.words), *map(_named, shape.options)]
    if shape.kind == "list":
        own += [LIMIT, ALL, OFFSET, FILTER]
    if shape.kind == "ensure":
        own.append(BY)
    elif shape.method == "PUT":
        own.append(NULL)
    if shape.method == "DELETE":
        own.append(YES)
    if shape.prints != "nothing":
        own += options.PRINTING if shape.prints == "objects" else options.PRINTING[:1]
    return command(
        name,
        partial(_perform, resource, shape.verb),
        [*own, *options.CALLING],
        help=shape.summary,
        epilog=" ".join(text for text in (shape.needs, f"Sends {shape.sends}." if shape.sends else "") if text),
    )


def _perform(resource: str, verb: str, **given: Any) -> None:
    from pagertree_async.cli.perform import perform

    perform(resource, verb, given)


def _positional(word: Word) -> inspect.Parameter:
    described = typer.Argument(
        help=word.help, metavar=word.name.upper(), show_default=False, autocompletion=options.completion(word.choices)
    )
    return inspect.Parameter(f"cli_{word.name}", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[str, described])


def _named(choice: Choice) -> inspect.Parameter:
    panel = FILTERS if choice.filters else None
    flag = flag_of(choice.name)
    if not choice.metavar:
        return parameter(choice.name, bool | None, option(f"{flag}/--no-{flag[2:]}", help=choice.help, panel=panel))
    told = f"{choice.help} May be repeated." if choice.many else choice.help
    described = option(
        flag, help=told, panel=panel, metavar=choice.metavar, autocompletion=options.completion(choice.choices)
    )
    kind = list[str] if choice.many else str
    if choice.required:
        return parameter(choice.name, kind, described, inspect.Parameter.empty)
    return parameter(choice.name, kind | None, described)
