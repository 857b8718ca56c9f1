"""PagerTree and PagerDuty at one address: none of their paths is the other's."""

from __future__ import annotations

from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

from starlette.requests import ClientDisconnect

from pagertree_async.sandbox.pagerduty import PagerDutySandbox


class Together:
    """An ASGI application before two: PagerDuty's for its own paths, PagerTree's for all others.

    Args:
        tree: The application of PagerTree's account.
        duty: PagerDuty's account.
    """

    def __init__(self, tree: Any, duty: PagerDutySandbox) -> None:
        self._tree = tree
        self._duty = duty

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Have a request answered by whose path it is."""
        theirs = scope["type"] == "http" and self._duty.serves(scope["path"])
        with suppress(ClientDisconnect):  # a client that was killed is no failure of the server
            await (self._duty.app if theirs else self._tree)(scope, receive, send)
