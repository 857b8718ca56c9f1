"""What an export tells of itself: while it runs, when it ends, and when it cannot."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pagertree_async.errors import PagerTreeError


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far one resource has come, told after each of its pages and once more when its file is final.

    Attributes:
        resource: The resource's name: ``alerts``.
        rows: How many rows have been written.
        total: How many the server says there are, None when it does not say.
        done: Whether its file is final.
        pace: The pace in force, in requests a second; None for as many as there are.
    """

    resource: str
    rows: int
    total: int | None
    done: bool = False
    pace: float | None = None


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that was exported.

    Attributes:
        resource: The resource's name: ``alerts``.
        path: The file, which is whole.
        rows: How many rows were read and written; the file of an incremental export has those of earlier ones besides.
        pages: How many pages they came in.
        bytes: The size of the whole file.
        seconds: How long it took.
        warnings: What cannot be proved complete, in sentences.
    """

    resource: str
    path: Path
    rows: int
    pages: int
    bytes: int
    seconds: float
    warnings: tuple[str, ...] = ()


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A resource whose list is not for those who ask: 403, 404 or 405.

    Attributes:
        resource: The resource's name: ``alerts``.
        why: What the server said.
    """

    resource: str
    why: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An export that has ended: its resources in the order of the endpoint table.

    Attributes:
        resources: Those whose files are final.
        seconds: How long all of it took.
        refused: Those that were left out, because their lists are not for those who ask.
        retries: How many requests were made again, by the cause: a status, or the class of an error.
        waited: Seconds that requests waited, by what for: ``retry``, ``hold``, ``pace``.
    """

    resources: tuple[Exported, ...]
    seconds: float
    refused: tuple[Refused, ...] = ()
    retries: dict[str, int] = {}
    waited: dict[str, float] = {}

    def __repr__(self) -> str:
        counts = {"rows": self.rows, "pages": self.pages, "bytes": self.bytes, "warnings": len(self.warnings)}
        told = ", ".join(f"{number:,} {what}" for what, number in counts.items())
        return f"<Report of {len(self.resources)} resources: {told}, {self.seconds:.1f} s>"

    @property
    def rows(self) -> int:
        """How many rows were read and written."""
        return sum(one.rows for one in self.resources)

    @property
    def pages(self) -> int:
        """How many pages were read."""
        return sum(one.pages for one in self.resources)

    @property
    def bytes(self) -> int:
        """How many bytes all files have, the rows of earlier incremental exports included."""
        return sum(one.bytes for one in self.resources)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What cannot be proved complete, of all resources, and which were left out."""
        left_out = (f"{one.resource} was left out: {one.why}" for one in self.refused)
        return (*(warning for one in self.resources for warning in one.warnings), *left_out)


class ExportError(PagerTreeError):
    """An export could not finish a resource; ``__cause__`` is why. What was finished stays.

    Args:
        resource: The resource that could not be finished.
        cause: Why.
        report: What was finished before.

    Attributes:
        resource: The resource that could not be finished.
        report: What was finished before.
    """

    __cause__: BaseException | None

    def __init__(self, resource: str, cause: Exception, report: Report) -> None:
        hint = cause.__dict__.get("_hint", cause.hint) if isinstance(cause, PagerTreeError) else ""
        text = str(cause) or type(cause).__name__
        super().__init__(
            f"{resource} could not be exported: {text.removesuffix(f'. {hint}') if hint else text}", hint=hint
        )
        Exception.__init__(self, resource, cause, report)  # what a pickle makes it of again
        self.resource = resource
        self.report = report
        self.__cause__ = cause
