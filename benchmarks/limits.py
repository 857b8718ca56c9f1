"""How much of a rate limit is used, known and unknown, and how many requests it refuses: simulated, over several seeds."""

from __future__ import annotations

from benchmarks.measure import Goal, Ratio
from benchmarks.pace import RATE, Bucket, Used
from benchmarks.pace import measured as used
from pagertree_async import Pace

SEEDS = range(3)


def measured() -> list[Ratio]:
    """The share used and the share refused, for buckets of 5 to 50 requests."""

    def runs(sizes: tuple[int, ...], *, known: bool) -> list[Used]:
        return [used(Bucket(size, seed), Pace(RATE) if known else None) for size in sizes for seed in SEEDS]

    unknown, known = runs((5, 10, 20, 50), known=False), runs((5, 50), known=True)
    return [
        Ratio.of("unknown limit, buckets of 5 to 50: % used", [run.share * 100 for run in unknown], Goal(least=90)),
        Ratio.of("unknown limit: % refused with 429", [run.refused * 100 for run in unknown], Goal(most=2)),
        Ratio.of("known limit: % used", [run.share * 100 for run in known], Goal(least=95)),
        Ratio.of("known limit: % refused with 429", [run.refused * 100 for run in known], Goal(most=0.5)),
    ]
