"""Comments: what people write about alerts, broadcasts and each other's comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.params import Options
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, does_with, lists, lists_under, retrieves
from pagertree_async.v4.resources.common import ListQuery, Resource


class Comment(Resource, frozen=True):
    """What somebody wrote about an alert, a broadcast, or another comment."""

    body: str | None = None


class CommentCreate(Options, kw_only=True):
    """What a comment is made of.

    Args:
        body: The text.
        meta: Free-form data.
    """

    body: str
    meta: Mapping[str, Any] | UnsetType = UNSET


class CommentQuery(ListQuery, kw_only=True):
    """What comments can be listed by.

    Args:
        body: The text.
    """

    body: Filter[str] = UNSET


class Comments(Service[Mode], name="comments", path="/comments"):
    """What people write about alerts, broadcasts and each other's comments."""

    @lists(CommentQuery, Comment)
    def list(self) -> None:
        """List comments.

        Source: ``GET /comments``.
        """

    @creates(CommentCreate, Comment)
    def create(self) -> None:
        """Write a comment.

        Source: ``POST /comments``.
        """

    @retrieves(Options, Comment)
    def retrieve(self) -> None:
        """Get a comment.

        Source: ``GET /comments/:id``.
        """

    @lists_under("comments", CommentQuery, Comment)
    def comments(self) -> None:
        """List the comments on a comment.

        Source: ``GET /comments/:id/comments``.
        """

    @does_with("comments", CommentCreate, Comment)
    def comment(self) -> None:
        """Write a comment on a comment.

        Returns:
            The comment.

        Source: ``POST /comments/:id/comments``.
        """
