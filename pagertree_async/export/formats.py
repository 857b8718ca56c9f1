"""What files an export can write, by name; nothing is loaded to know that."""

FORMATS = ("ndjson", "ndjson.gz", "ndjson.zst", "csv", "sqlite", "duckdb", "parquet")
"""What files an export can write."""
STREAM_FORMATS = ("ndjson", "csv")
"""What an export can write to a stream."""
