"""What a command looks like, as data: all that its help needs, without loading the client.

The shapes of every resource's commands are made from the endpoint table (:mod:`pagertree_async.cli.describe`) and kept
in ``known.json``, so that ``--help`` answers at once; a test holds the file against the table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

DELETE = "delete"
"""The value that makes a deletion of a call that may be something else."""
KNOWN = Path(__file__).with_name("known.json")


class Word(NamedTuple):
    """An argument that is given by its place.

    Attributes:
        name: Its name in the path.
        help: What it is, in a sentence.
        choices: The values that it may have, empty when any.
    """

    name: str
    help: str
    choices: tuple[str, ...]


class Choice(NamedTuple):
    """An option that stands for a parameter of the call.

    Attributes:
        name: The parameter's name.
        metavar: What stands for the value in the help, empty for a switch.
        help: What it is, in a sentence.
        many: Whether it may be repeated.
        required: Whether it must be given.
        filters: Whether it is an attribute to filter by.
        choices: Values that are known, for completion.
    """

    name: str
    metavar: str
    help: str
    many: bool
    required: bool
    filters: bool
    choices: tuple[str, ...]


class Shape(NamedTuple):
    """The command of one operation.

    Attributes:
        verb: The operation's name on its service.
        kind: ``list``, ``find``, ``ensure`` or ``call``.
        method: The HTTP method.
        summary: What it does, in a sentence.
        sends: The endpoint.
        needs: The options of which one set must be given, in a sentence; empty when there are no such sets.
        prints: ``objects``, ``text`` or ``nothing``.
        words: What is given by its place.
        options: What is given by name.
    """

    verb: str
    kind: str
    method: str
    summary: str
    sends: str
    needs: str
    prints: str
    words: tuple[Word, ...]
    options: tuple[Choice, ...]

    @property
    def deleting(self) -> tuple[str, ...]:
        """The options that can make a deletion of it, though it is none by its method."""
        return tuple(choice.name for choice in self.options if DELETE in choice.choices and not choice.filters)


class Resource(NamedTuple):
    """The commands of one resource.

    Attributes:
        name: The name of its service.
        about: What it is, in a sentence.
        shapes: Its commands.
    """

    name: str
    about: str
    shapes: tuple[Shape, ...]


def flag_of(name: str) -> str:
    """How the option of a parameter is written.

    >>> flag_of("from_")
    '--from'
    """
    return f"--{name.strip('_').replace('_', '-')}"


def written(apis: Mapping[str, Sequence[Resource]]) -> str:
    """The resources of each API as the text of ``known.json``, a line for each command."""
    parts = (f"{json.dumps(api)}: {_written(resources)}" for api, resources in apis.items())
    return "{" + ",\n".join(parts) + "}\n"


def _written(resources: Sequence[Resource]) -> str:
    lines: list[str] = []
    for resource in resources:
        shapes = ",\n".join("    " + json.dumps(shape, ensure_ascii=False) for shape in resource.shapes)
        lines.append(f"  [{json.dumps(resource.name)}, {json.dumps(resource.about)}, [\n{shapes}\n  ]]")
    return "[\n" + ",\n".join(lines) + "\n]"


@cache
def known(api: str) -> dict[str, Resource]:
    """The resources of an API in ``known.json``, by name."""
    found: list[Any] = json.loads(KNOWN.read_text("utf-8"))[api]
    return {name: Resource(name, about, tuple(map(_shape, shapes))) for name, about, shapes in found}


def _shape(given: list[Any]) -> Shape:
    verb, kind, method, summary, sends, needs, prints, words, options = given
    return Shape(
        verb,
        kind,
        method,
        summary,
        sends,
        needs,
        prints,
        tuple(Word(name, told, tuple(choices)) for name, told, choices in words),
        tuple(
            Choice(name, metavar, told, many, required, filters, tuple(choices))
            for name, metavar, told, many, required, filters, choices in options
        ),
    )
