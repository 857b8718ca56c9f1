"""The files of an export: which there are, and of several which one is read."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pagertree_async.errors import PagerTreeError

FORMATS = ("ndjson", "ndjson.gz", "ndjson.zst", "csv", "sqlite", "parquet", "duckdb")
"""What files of an export can be read."""


class ReportError(PagerTreeError):
    """There is nothing to make a report of."""


class UnreadableError(ReportError):
    """A file of an export cannot be read."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a resource, as an export wrote them.

    Attributes:
        resource: The resource's name: ``alerts``.
        format: One of ``FORMATS``.
        path: The file, or the folder of files.
    """

    resource: str
    format: str
    path: Path


class Folder:
    """The folder of an export.

    Args:
        path: Where it is.

    Attributes:
        alerts: The alerts, in the newest of the files that there are of them.
        unfinished: Whether an export of alerts was begun there and not finished.

    Raises:
        ReportError: There is no file of alerts.
    """

    def __init__(self, path: Path) -> None:
        self.path: Path = path
        found = sorted(self._all("alerts"), key=lambda one: one.path.stat().st_mtime_ns, reverse=True)
        self.unfinished: bool = any((path / f"alerts.{format}.part").exists() for format in FORMATS)
        if not found:
            raise self._nothing()
        self.alerts: Source = found[0]

    def find(self, resource: str) -> Source | None:
        """The rows of a resource, in the form that the alerts have where there are several; None where there are none."""
        found = self._all(resource)
        return next((one for one in found if one.format == self.alerts.format), found[0] if found else None)

    def _all(self, resource: str) -> list[Source]:
        named = ((format, self.path / f"{resource}.{format}") for format in FORMATS)
        return [Source(resource=resource, format=format, path=path) for format, path in named if path.exists()]

    def _nothing(self) -> ReportError:
        again = f"pagertree-async export -o {self.path}"
        if not self.path.is_dir():
            return ReportError(f"there is no folder {self.path}", hint=f"Make it with: {again}")
        if self.unfinished:
            return ReportError(
                f"the export of alerts to {self.path} is not finished",
                hint="Run the command that began it once more: it goes on",
            )
        return ReportError(f"there is no file of alerts in {self.path}", hint=f"Make one with: {again}")
