"""Whose rows are: by that it is seen that what an earlier export left is of another account."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from pagertree_async.export.files import ExportStateError


class _Owned(msgspec.Struct):
    """A row, as far as it says whose it is."""

    account_id: Any = None
    sid: Any = None


_read = msgspec.json.Decoder(_Owned).decode


def account_of(rows: Sequence[msgspec.Raw]) -> str | None:
    """Whose some rows are, None when they do not say so with one voice."""
    try:
        found = {owned.account_id or owned.sid for owned in map(_read, rows)}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    (account,) = found if len(found) == 1 else (None,)
    return account if isinstance(account, str) else None


class Account:
    """Whose rows an export is made of.

    Args:
        known: Whose the rows of an earlier export are, that is to be gone on with or brought up to date.
        path: What it left.
    """

    def __init__(self, known: str | None, path: Path | None) -> None:
        self.known: str | None = known
        self.doubted: bool = known is not None
        """Whether nothing was seen yet of the account that is read now."""
        self._seen = False
        self._path = path

    def saw(self, rows: Sequence[msgspec.Raw]) -> None:
        """Take in rows, before anything is made of them.

        Raises:
            ExportStateError: They are of another account.
        """
        if self._seen or not rows:
            return
        self._seen = True
        found = account_of(rows)
        if self.doubted and found is not None and found != self.known:
            message = f"{self._path} is of another account: of {self.known}, and these credentials are for {found}"
            raise ExportStateError(message, hint="Nothing was overwritten; export to another folder")
        self.known, self.doubted = self.known or found, False
