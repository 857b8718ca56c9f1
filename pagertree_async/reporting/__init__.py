"""A report of what an export wrote: one HTML page of charts, made by DuckDB, that needs no network."""

from __future__ import annotations

from pagertree_async.reporting.folder import ReportError, UnreadableError
from pagertree_async.reporting.run import report, write

__all__ = ["ReportError", "UnreadableError", "report", "write"]
