"""``--filter`` as the arguments of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pagertree_async.cli import filters
from pagertree_async.cli.values import values_of
from pagertree_async.endpoints import Service, operations
from pagertree_async.params import OPTION_NAMES

SHAPING = OPTION_NAMES | {"limit", "offset", "page", "sort", "direction", "select", "created_at"}
"""Arguments of a list that an export has for itself."""


def filtered(service: type[Service[Any]], conditions: Sequence[str], *, ranges: bool) -> dict[str, Any]:
    """The arguments of a service's list that conditions stand for.

    Args:
        service: The service.
        conditions: What ``--filter`` was given, each time.
        ranges: Whether the API compares an attribute with both ends of a range at once.

    Raises:
        CommandError: One is no condition, or of nothing that the list has.
    """
    params = next(one.params for one in operations(service) if one.verb == "list")
    reads = {name: read for name, read in values_of(params).items() if name not in SHAPING}
    elsewhere = {"created_at": "--since and --until are of the creation time"}
    return filters.Conditions(params=params, reads=reads, ranges=ranges, elsewhere=elsewhere).arguments(conditions)
