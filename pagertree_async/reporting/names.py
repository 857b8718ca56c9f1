"""The names of what is in an export, by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from pagertree_async.reporting.database import Database
from pagertree_async.reporting.folder import Folder


def names_of(database: Database, folder: Folder, *resources: str) -> dict[str, str]:
    """The names of what resources have, by id, in their order; what shares its name with another of its kind has its id behind it.

    Args:
        database: What reads them.
        folder: Where they are.
        resources: The resources; one that was not exported has none.

    Raises:
        UnreadableError: A file is torn, or not what its name says.
    """
    found: dict[str, str] = {}
    for one in resources:
        rows = database.rows(folder.find(one), ("id", "name", "user"))
        names = {id: name for row in rows if (id := row["id"]) and (name := row["name"] or _inner(row["user"]))}
        found |= told_apart(names)
    return found


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names by id, each of which is there once.

    >>> told_apart({"1": "Data", "2": "Data", "3": "Web"})
    {'1': 'Data (1)', '2': 'Data (2)', '3': 'Web'}
    """
    times = Counter(names.values())
    return {id: name if times[name] == 1 else f"{name} ({id})" for id, name in names.items()}


def ids_of(database: Database, folder: Folder, resource: str) -> list[str]:
    """The ids of what a resource has, in its order."""
    return [id for row in database.rows(folder.find(resource), ("id",)) if (id := row["id"])]


def _inner(text: str | None) -> str:
    """The name of the user that some APIs have within an account's user."""
    try:
        user: Any = msgspec.json.decode(text or "null")
    except msgspec.DecodeError:
        return ""
    return str(cast("dict[str, Any]", user).get("name") or "") if isinstance(user, dict) else ""
