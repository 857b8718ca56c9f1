"""Notification rules: how people are notified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.ensure import ensures
from pagertree_async.params import Options
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.v4.resources.common import READING, ListQuery, Resource


class NotificationRule(Resource, frozen=True):
    """How somebody is notified.

    Attributes:
        rules: The rules, in YAML.
    """

    name: str | None = None
    enabled: bool | None = None
    rules: str | None = None


class NotificationRuleCreate(Options, kw_only=True):
    """What a notification rule is made of.

    Args:
        name: What people call it.
        enabled: Whether it is in use.
        rules: The rules, in YAML.
        meta: Free-form data.
    """

    name: str
    enabled: bool | UnsetType = UNSET
    rules: str | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class NotificationRuleUpdate(Options, kw_only=True):
    """What a notification rule is changed to.

    Args:
        name: What people call it.
        enabled: Whether it is in use.
        rules: The rules, in YAML.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    rules: str | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class NotificationRuleQuery(ListQuery, kw_only=True):
    """What notification rules can be listed by.

    Args:
        name: Its name.
        enabled: Whether it is in use.
    """

    name: Filter[str] = UNSET
    enabled: Filter[bool] = UNSET


class NotificationRules(Service[Mode], name="notification_rules", path="/notification_rules"):
    """How people are notified."""

    @lists(NotificationRuleQuery, NotificationRule)
    def list(self) -> None:
        """List notification rules.

        Source: ``GET /notification_rules``.
        """

    @finds(NotificationRuleQuery, NotificationRule)
    def find(self) -> None:
        """Find the one among the notification rules whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /notification_rules``.
        """

    @creates(NotificationRuleCreate, NotificationRule)
    def create(self) -> None:
        """Create a notification rule.

        Source: ``POST /notification_rules``.
        """

    @ensures(NotificationRuleQuery, NotificationRuleCreate, NotificationRuleUpdate, NotificationRule, reading=READING)
    def ensure(self) -> None:
        """Create a notification rule, or leave the one that is there, changed where it differs.

        Returns:
            The notification rule as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /notification_rules``.
        """

    @retrieves(Options, NotificationRule)
    def retrieve(self) -> None:
        """Get a notification rule.

        Source: ``GET /notification_rules/:id``.
        """

    @updates(NotificationRuleUpdate, NotificationRule)
    def update(self) -> None:
        """Change some attributes of a notification rule.

        Source: ``PUT /notification_rules/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a notification rule.

        Source: ``DELETE /notification_rules/:id``.
        """
