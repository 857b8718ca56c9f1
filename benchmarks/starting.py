"""How long it takes to begin: the import, and the help of the command line, each in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from benchmarks.measure import Goal, Ratio, wall

TIMES = 9
BARE = [sys.executable, "-c", "pass"]


def _took(command: list[str]) -> float:
    return wall(lambda: subprocess.run(command, check=True, capture_output=True))


def _above(command: list[str], bare: float) -> float:
    return _took(command) - bare


def measured() -> list[Ratio]:
    """Both, above a bare interpreter where that is what is compared."""
    bare = median(_took(BARE) for _ in range(TIMES))
    ours, peer = ([sys.executable, "-c", f"import {name}"] for name in ("pagertree_async", "pagerduty"))
    typer = [sys.executable, "-c", "import typer"]
    helped = [sys.executable, "-m", "pagertree_async", "--help"]
    for command in (ours, peer, typer, helped):
        _took(command)
    return [
        Ratio.of(
            "import pagertree_async / import pagerduty",
            [_above(ours, bare) / _above(peer, bare) for _ in range(TIMES)],
            Goal(most=0.6),
        ),
        Ratio.of(
            "pagertree-async --help / import typer",
            [_took(helped) / _took(typer) for _ in range(TIMES)],
            Goal(most=2),
        ),
    ]
