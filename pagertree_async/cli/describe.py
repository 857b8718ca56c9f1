"""From the endpoint table to the shapes of its commands; run as a module, it writes ``known.json`` anew."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec

from pagertree_async.cli import connect, docs, shapes
from pagertree_async.cli.shapes import Choice, Resource, Shape, Word
from pagertree_async.cli.values import values_of
from pagertree_async.endpoints import Finds, Operation, Service, operations
from pagertree_async.ensure import Ensures
from pagertree_async.params import OPTION_NAMES, Options, Query

KINDS = ((Finds, "find"), (Ensures, "ensure"))
"""The operations that are more than a call, and the kind of command that each becomes."""
WORD = re.compile(r"[a-z_]+")
CUTTING = frozenset({"limit", "offset", "page"})
"""What the command line says in its own way."""
SHAPING = frozenset({*CUTTING, "sort", "direction", "select", "q"})
"""What a list takes that is not an attribute of its objects."""


def described(service: type[Service[Any]]) -> Resource:
    """The commands of one resource."""
    return Resource(service.name, docs.summary(service), tuple(shape(operation) for operation in operations(service)))


def shape(operation: Operation) -> Shape:
    """The command of one operation."""
    kind = (
        "list" if operation.paged else next((word for made, word in KINDS if issubclass(type(operation), made)), "call")
    )
    return Shape(
        verb=operation.verb,
        kind=kind,
        method=operation.method,
        summary=docs.summary(operation),
        sends=docs.source(operation),
        needs=needs(operation.params),
        prints="nothing" if operation.result is None else "text" if operation.result is str else "objects",
        words=tuple(_word(name, operation) for name in operation.arguments),
        options=_choices(operation, kind),
    )


def needs(params: type[Options]) -> str:
    """What must be given together, in sentences, as the parameters themselves would refuse it; empty when nothing must.

    Args:
        params: The Struct of the call's parameters.
    """
    ways = [" with ".join(map(shapes.flag_of, way)) for way in params.alternatives]
    told = [f"Needs {'; or '.join(ways)}."] if ways else []
    given: dict[str, Any] = {field.name: ["x"] for field in msgspec.structs.fields(params) if field.required}
    given |= {name: ["x"] for name in (params.alternatives or ((),))[0]}
    made = cast("Callable[..., Any]", params)
    lacking = made(**given).problem()
    if lacking is not None:
        told.append(f"{lacking[:1].upper()}{_flagged(lacking[1:], params)}.")
        given[next(name for name in WORD.findall(lacking) if name in params.__struct_fields__)] = ["x"]
    switches = [name for name, value in values_of(params).items() if value.flag and name not in given]
    for name in switches:
        lacking = made(**given, **{name: True}).problem()
        if lacking is not None:
            told.append(f"With {shapes.flag_of(name)}, it {_flagged(lacking, params)}.")
    return " ".join(told)


def _flagged(text: str, params: type[Options]) -> str:
    """A text with the names of parameters as options."""
    return WORD.sub(lambda word: shapes.flag_of(word[0]) if word[0] in params.__struct_fields__ else word[0], text)


def _word(name: str, operation: Operation) -> Word:
    told = f"One of {', '.join(operation.choices)}." if operation.choices else "The object's id."
    return Word(name, told, operation.choices)


def _choices(operation: Operation, kind: str) -> tuple[Choice, ...]:
    params = operation.params
    told = docs.arguments(params)
    required = {field.name for field in msgspec.structs.fields(params) if field.required}
    ours = CUTTING if kind == "list" else SHAPING if kind == "find" else frozenset[str]()
    found = [
        Choice(
            name=name,
            metavar="" if value.flag else value.metavar,
            help=told.get(name, ""),
            many=value.many,
            required=name in required,
            filters=kind == "list" and issubclass(params, Query) and name not in SHAPING and name not in required,
            choices=value.choices,
        )
        for name, value in values_of(params).items()
        if name not in OPTION_NAMES and name not in ours
    ]
    return tuple(sorted(found, key=lambda choice: not choice.required))


def every() -> dict[str, list[Resource]]:
    """The commands of every resource, by API."""
    return {api: [described(service) for service in connect.services(api).values()] for api in connect.APIS}


def main(path: Path = shapes.KNOWN) -> None:
    """Write the shapes of the commands of every resource of every API.

    Args:
        path: Where to; by default where they are kept.
    """
    path.write_text(shapes.written(every()), "utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
