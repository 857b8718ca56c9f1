"""Everything an account has, to files: each list of the endpoint table, final only when whole."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pagertree_async.export.formats import FORMATS, STREAM_FORMATS

if TYPE_CHECKING:
    from pagertree_async.export.files import ExportStateError
    from pagertree_async.export.report import Exported, ExportError, Progress, Refused, Report
    from pagertree_async.export.run import export, resources

__all__ = [
    "FORMATS",
    "STREAM_FORMATS",
    "ExportError",
    "ExportStateError",
    "Exported",
    "Progress",
    "Refused",
    "Report",
    "export",
    "resources",
]

_HOMES = {
    "ExportError": "report",
    "ExportStateError": "files",
    "Exported": "report",
    "Progress": "report",
    "Refused": "report",
    "Report": "report",
    "export": "run",
    "resources": "run",
}
"""Where each name is; it is imported when it is first asked for, so that the help of the command line has the formats."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
