"""How fast, as ratios to raw HTTP measured in the same run: ``python -m benchmarks``."""
