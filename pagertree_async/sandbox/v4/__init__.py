"""PagerTree's API v4: its resources, its rules, its routes."""
