"""PagerTree's API v3: its resources, its rules, its routes."""
