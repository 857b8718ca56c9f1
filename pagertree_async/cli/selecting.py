"""``--filter`` as the arguments of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from pagertree_async import query
from pagertree_async.cli import filters
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.values import values_of
from pagertree_async.endpoints import Service, operations
from pagertree_async.params import OPTION_NAMES

SHAPING = OPTION_NAMES | {"limit", "offset", "page", "sort", "direction", "select", "created_at"}
"""Arguments of a list that an export has for itself."""


def filtered(service: type[Service[Any]], conditions: Sequence[str]) -> dict[str, Any]:
    """The arguments of a service's list that conditions stand for.

    Raises:
        CommandError: One is no condition, or of nothing that the list has.
    """
    params = next(one.params for one in operations(service) if one.verb == "list")
    here = dict(zip(params.__struct_encode_fields__, params.__struct_fields__, strict=True))
    reads = {name: read for name, read in values_of(params).items() if name not in SHAPING}
    values: dict[str, Any] = {}
    for text in conditions:
        asked = filters.condition(text)
        name = here.get(asked.name, asked.name)
        if name not in reads:
            message = f"--filter: there is no {asked.name!r} to compare"
            raise CommandError(
                message, hint=f"There are {', '.join(reads)}; --since and --until are of the creation time"
            )
        if name in values:
            message = f"--filter: {asked.name!r} is compared twice; the API compares an attribute once"
            raise CommandError(message)
        value = msgspec.structs.replace(reads[name], many=False).of(f"--filter {text!r}", asked.value)
        values[name] = value if asked.operator == "equals" else getattr(query, asked.operator)(value)
    return values
