"""What is kept of an export so that it can be gone on with, and refused when it is of another one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pagertree_async.export.files import ExportStateError, Mark
from pagertree_async.export.ways import Course

VERSION = 4
"""The version of everything that is kept."""

Kept = TypeVar("Kept")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is exported from where and how: only by the same can an earlier export be gone on with.

    Attributes:
        base_url: Where it is read.
        format: What the file is.
        since: Only what was created at this moment or later.
        until: Only what was created before this moment.
        incremental: Whether the finished file is brought up to date by the next export.
        filters: What the rows are selected by, as JSON.
    """

    base_url: str
    format: str
    since: datetime | None
    until: datetime | None
    incremental: bool
    filters: str

    def other_than(self, before: Plan) -> str:
        """What is not as it was, in words."""
        pairs = ((name, getattr(before, name), getattr(self, name)) for name in self.__struct_fields__)
        return "; ".join(f"{name} was {_said(was)}, and is {_said(now)}" for name, was, now in pairs if was != now)


def _said(value: object) -> str:
    return "not given" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


class _Versioned(msgspec.Struct):
    version: int


class Checkpoint(msgspec.Struct, kw_only=True):
    """What going on with a resource needs.

    Attributes:
        version: The version of this form.
        plan: What is exported from where and how.
        account: Whose the rows are, as far as they say so.
        mark: How much of the file is good.
        stage: Whether what was created or what was updated is being read.
        course: How far that has been read.
        rows: How many rows are in the file.
        pages: How many pages they came in.
        whole: Whether all of it is there: what is left to do is to give it its name.
        warnings: What cannot be proved complete.
        after: From which moment on an incremental export reads, None when it reads everything.
        until: Up to which moment the file is going to be complete, where the next export begins.
    """

    version: int = VERSION
    plan: Plan
    account: str | None
    mark: Mark | None
    stage: str
    course: Course
    rows: int
    pages: int
    whole: bool
    warnings: list[str]
    after: datetime | None = None
    until: datetime | None = None


def read(path: Path, kind: type[Kept], plan: Plan) -> Kept | None:
    """What an earlier export kept, None when it kept nothing.

    Args:
        path: Where it is.
        kind: What it is.
        plan: What is exported now.

    Raises:
        ExportStateError: It is of another export or version, or torn.
        OSError: It cannot be read.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        version = msgspec.json.decode(text, type=_Versioned).version
        if version != VERSION:
            message = f"{path} was written by another version of this library: its form is {version}, not {VERSION}"
            raise ExportStateError(message, hint=f"{_STAYS} with that version, remove it, or export to another folder")
        kept: Any = msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:
        message = f"{path} is torn"
        raise ExportStateError(message, hint="Nothing was overwritten; remove it to begin anew") from error
    if kept.plan != plan:
        message = f"{path} is of another export: {plan.other_than(kept.plan)}"
        raise ExportStateError(message, hint=f"{_STAYS} as before, remove it, or export to another folder")
    found: Kept = kept
    return found


_STAYS = "Nothing was overwritten; go on"
