"""PagerTree API v3."""
