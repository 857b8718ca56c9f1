"""The made-up accounts that ``--sandbox`` means: in this process's memory, with a past that ends today."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pagertree_async.cli.connect import Target
    from pagertree_async.sandbox import Sandbox
    from pagertree_async.sandbox.pagerduty import PagerDutySandbox

DAY = 86_400


def ends(now: float | None = None) -> dict[str, int]:
    """When the past of each account ends, in unix seconds: at the last midnight in UTC, so that a day's runs are alike.

    Args:
        now: The time in unix seconds, None for this machine's; accounts whose past ends later by themselves keep to that.

    Returns:
        The moments, by what the accounts are of: ``tree`` and ``duty``.
    """
    from pagertree_async.sandbox.pagerduty.seed import EPOCH as DUTYS
    from pagertree_async.sandbox.server import EPOCH as TREES

    midnight = int((time.time() if now is None else now) // DAY * DAY)
    return {"tree": max(TREES, midnight), "duty": max(DUTYS, midnight)}


@contextmanager
def sandboxed(target: Target) -> Generator[Sandbox]:
    """An account of PagerTree's, for as long as the block lasts."""
    from pagertree_async.sandbox import Sandbox

    with Sandbox(seed=target.seed, size=target.size, ends=ends()["tree"]) as sandbox:
        yield sandbox


@contextmanager
def duty_sandboxed(target: Target) -> Generator[PagerDutySandbox]:
    """An account of PagerDuty's, for as long as the block lasts."""
    from pagertree_async.sandbox.pagerduty import PagerDutySandbox

    with PagerDutySandbox(seed=target.seed, ends=ends()["duty"]) as sandbox:
        yield sandbox
