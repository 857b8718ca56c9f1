"""PagerTree's API for Python."""

from pagertree_async._version import __version__

__all__ = ["__version__"]
