"""The forms an export can have, by name; heavy libraries are loaded when they are asked for."""

from __future__ import annotations

import gzip
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pagertree_async.errors import ConfigurationError
from pagertree_async.export.files import FileSink, Mark, Sink
from pagertree_async.export.rows import CsvLines, JsonLines
from pagertree_async.models import Model

FORMATS = ("ndjson", "ndjson.gz", "ndjson.zst", "csv", "sqlite")
"""What files an export can write."""


def opener(format: str, folder: Path) -> Callable[[str, type[Model], Mark | None], Sink]:
    """What opens the sink of a resource.

    Args:
        format: One of ``FORMATS``.
        folder: Where the files go.

    Raises:
        ConfigurationError: The format needs a library that is not there.
    """
    rows: Any = CsvLines if format == "csv" else JsonLines
    pack = {"ndjson.gz": _gzip, "ndjson.zst": _zstd}.get(format, _as_it_is)()

    def open_(name: str, model: type[Model], mark: Mark | None) -> Sink:
        path = folder / f"{name}.{format}"
        part = path.with_name(path.name + ".part")
        if mark is not None and path.exists() and not part.exists():
            path.rename(part)  # it was finished, and is held to its checkpoint like any other
        if format == "sqlite":
            from pagertree_async.export.sqlite import SqliteSink

            return SqliteSink(path, name, model, mark)
        return FileSink(path, rows(model), mark, pack)

    return open_


def _as_it_is() -> None:
    """Nothing is to be packed."""


def _gzip() -> Callable[[bytes], bytes]:
    return lambda text: gzip.compress(text, compresslevel=5, mtime=0)


def _zstd() -> Callable[[bytes], bytes]:
    compress: Callable[[bytes], bytes] = wanted("zstandard", "zstd").ZstdCompressor().compress
    return compress


def wanted(library: str, extra: str) -> Any:
    """A library of an extra.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        return importlib.import_module(library)
    except ImportError:
        message = f"this format needs {library}"
        raise ConfigurationError(message, hint=f"pip install 'pagertree-async[{extra}]'") from None
