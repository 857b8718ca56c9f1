"""Up to which moment the file of a resource is complete: what the next incremental export begins from."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from pagertree_async.errors import PagerTreeError
from pagertree_async.export.asking import Asks, Step
from pagertree_async.export.checkpoint import VERSION, Plan, read
from pagertree_async.export.files import replace
from pagertree_async.export.opening import REFUSED
from pagertree_async.paging import Sent

EARLIER = timedelta(minutes=5)
"""How much is asked for again: the clocks of the server's machines differ, and a row can be seen later than it was made."""


class Complete(msgspec.Struct, kw_only=True):
    """What an incremental export leaves beside a file.

    Attributes:
        version: The version of this form.
        plan: What is exported from where and how.
        account: Whose the rows are, as far as they say so.
        file: The file's name.
        until: Whatever was created or updated before this moment is in the file as it was then.
    """

    version: int = VERSION
    plan: Plan
    account: str | None
    file: str
    until: datetime


def complete(path: Path, plan: Plan) -> Complete | None:
    """What an earlier run left beside the file of a resource, None when that has to be read as a whole.

    Args:
        path: What was left beside it.
        plan: What is exported.

    Raises:
        ExportStateError: It is of something else, or torn.
    """
    kept = read(path, Complete, plan)
    return kept if kept is not None and path.with_name(kept.file).exists() else None


def keep(path: Path, left: Complete) -> None:
    """Leave it for the next run."""
    replace(path, msgspec.json.encode(left))


class Latest:
    """Asks for the last moment that a list knows of, by the server's own clock; what comes later is left to the next run.

    Args:
        asks: What can be asked of the list: by creation time, and by the time of the last update.
    """

    def __init__(self, *asks: Asks) -> None:
        self.moment: datetime | None = None
        self._left = [one for one in asks if one.orders]
        self._busy = False

    @property
    def done(self) -> bool:
        """Whether all is known."""
        return not self._left

    def next(self) -> Step | None:
        """What can be asked for now."""
        if self._busy or not self._left:
            return None
        self._busy = True
        return Step(kind="latest", listing=self._left[0].latest())

    def take(self, step: Step, sent: Sent) -> None:
        """Take in the newest row."""
        self._busy = False
        for moment in self._left.pop(0).rows(sent).moments[:1]:
            if moment is not None and (self.moment is None or moment > self.moment):
                self.moment = moment

    def refused(self, step: Step, error: PagerTreeError) -> bool:
        """Take in that it cannot be asked for."""
        self._busy = False
        self._left.pop(0)
        return isinstance(error, REFUSED)
