"""Tokens: what belongs to somebody's access to the API."""

from __future__ import annotations

from pagertree_async.params import Options
from pagertree_async.services import Mode, Service, retrieves
from pagertree_async.v3.resources.common import Resource


class Token(Resource, frozen=True):
    """What belongs to somebody's access to the API; not the secret itself.

    Attributes:
        resource_id: The account or user it belongs to.
        sequence: A UUID that changes when what was issued before becomes invalid.

    Source: the token object.
    """

    resource_id: str | None = None
    sequence: str | None = None


class Tokens(Service[Mode], name="tokens", path="/token"):
    """What belongs to somebody's access to the API."""

    @retrieves(Options, Token)
    def retrieve(self) -> None:
        """Get a token.

        Source: ``GET /token/:id``.
        """
