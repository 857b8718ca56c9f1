"""Everything an account has, to files: each list of the endpoint table, final only when whole."""

from __future__ import annotations

from pagertree_async.export.files import ExportStateError
from pagertree_async.export.report import Exported, ExportError, Progress, Report
from pagertree_async.export.run import export, resources
from pagertree_async.export.sinks import FORMATS

__all__ = ["FORMATS", "ExportError", "ExportStateError", "Exported", "Progress", "Report", "export", "resources"]
