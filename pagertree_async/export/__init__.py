"""Everything an account has, to files: each list of the endpoint table as NDJSON, final only when whole."""

from __future__ import annotations

from pagertree_async.export.report import Exported, ExportError, Progress, Report
from pagertree_async.export.run import export, resources

__all__ = ["ExportError", "Exported", "Progress", "Report", "export", "resources"]
