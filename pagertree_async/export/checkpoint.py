"""What is kept of an export so that it can be gone on with, and refused when it is of another one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pagertree_async.export.files import ExportStateError, Mark
from pagertree_async.export.ways import Course

VERSION = 3
"""The version of everything that is kept."""

Kept = TypeVar("Kept")


class Checkpoint(msgspec.Struct, kw_only=True):
    """What going on with a resource needs.

    Attributes:
        version: The version of this form.
        plan: The hash of what is exported from where and how.
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
    plan: str
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


def read(path: Path, kind: type[Kept], plan: str) -> Kept | None:
    """What an earlier export kept, None when it kept nothing.

    Args:
        path: Where it is.
        kind: What it is.
        plan: The hash of what is exported now.

    Raises:
        ExportStateError: It is of another export, or torn.
        OSError: It cannot be read.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        kept: Any = msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:
        message = f"{path} is torn, or none of this version"
        raise ExportStateError(message, hint="Nothing was overwritten; remove it to begin anew") from error
    if (kept.version, kept.plan) != (VERSION, plan):
        message = f"{path} is of another export: of another account, selection, format or version"
        raise ExportStateError(
            message, hint="Nothing was overwritten; go on with that one, remove it, or export to another folder"
        )
    found: Kept = kept
    return found
