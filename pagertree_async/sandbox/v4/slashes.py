"""A slash at the end of a path changes nothing, as in the vendor's own examples."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

UNDER = "/api/v4/"


class Slashes:
    """An ASGI application before another, which gets to see API v4's paths without their last slash.

    Args:
        app: The other one.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Have the request answered."""
        path: str = scope.get("path", "")
        if path.endswith("/") and path.startswith(UNDER) and path != UNDER:
            scope = {**scope, "path": path.rstrip("/")}
        await self._app(scope, receive, send)
