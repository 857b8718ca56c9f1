"""Alerts: what somebody has to see to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.found import Naming, acts_on_one, finds_named
from pagertree_async.models import OpenEnum, Timestamp
from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.retry import Safety
from pagertree_async.services import (
    Mode,
    Service,
    acts,
    creates,
    deletes,
    does_with,
    lists,
    lists_under,
    retrieves,
    updates,
)
from pagertree_async.v4.resources.comments import Comment, CommentCreate, CommentQuery
from pagertree_async.v4.resources.common import ListQuery, Resource, Urgency, lacking


class AlertStatus(OpenEnum):
    """Where an alert stands: queued, open, acknowledged, resolved, dropped because nobody took it, or suppressed."""

    QUEUED = "queued"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    DROPPED = "dropped"
    SUPPRESSED = "suppressed"


class Severity(OpenEnum):
    """How severe an incident is, 1 being the worst."""

    SEV_1 = "SEV-1"
    SEV_2 = "SEV-2"
    SEV_3 = "SEV-3"
    SEV_4 = "SEV-4"
    SEV_5 = "SEV-5"
    UNKNOWN = "SEV-UNKNOWN"


class Alert(Resource, frozen=True):
    """Something that somebody has to see to.

    Attributes:
        tag_list: Its tags.
        source_id: What it comes from: an integration, or an account user.
        source_log_id: The log entry of what it was made from.
        thirdparty_id: What the system that sent it calls it.
        acknowledged_at: When somebody took it.
        resolved_at: When it was dealt with.
        dedup_keys: The keys by which further events are taken as about this alert.
    """

    title: str | None = None
    description: str | None = None
    tag_list: list[str] | None = None
    urgency: Urgency | None = None
    status: AlertStatus | None = None
    source_id: str | None = None
    source_type: str | None = None
    source_log_id: str | None = None
    thirdparty_id: str | None = None
    acknowledged_at: Timestamp | None = None
    resolved_at: Timestamp | None = None
    dedup_keys: list[str] | None = None
    destination_team_ids: list[str] | None = None
    destination_router_ids: list[str] | None = None
    destination_account_user_ids: list[str] | None = None

    @property
    def is_incident(self) -> bool:
        """Whether the alert is flagged as an incident."""
        return bool((self.meta or {}).get("incident"))

    @property
    def severity(self) -> Severity | None:
        """How severe the incident is, None when it is none or does not say."""
        value: object = (self.meta or {}).get("incident_severity")
        return Severity(value) if isinstance(value, str) else None

    @property
    def incident_message(self) -> str | None:
        """What is told about the incident."""
        value: object = (self.meta or {}).get("incident_message")
        return value if isinstance(value, str) else None


DESTINATIONS = ("destination_team_ids", "destination_router_ids", "destination_account_user_ids")


class AlertCreate(Options, kw_only=True):
    """What an alert is made of; it needs one destination at least.

    Args:
        title: What has happened, in a line.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        destination_team_ids: The teams it goes to.
        destination_router_ids: The routers it goes to.
        destination_account_user_ids: The account users it goes to.
        description: What there is to know about it.
        tags: Words to find it by.
        thirdparty_id: What the system that sends it calls it; another alert may have the same, and pages again: events of an
            integration with the same ``dedup_key`` do not.
        dedup_keys: The keys by which further events are taken as about this alert.
        source_id: What it comes from; by default the caller.
        source_type: What kind of object that is.
        meta: Free-form data.
    """

    title: str
    urgency: str
    destination_team_ids: Sequence[Ref] | UnsetType = UNSET
    destination_router_ids: Sequence[Ref] | UnsetType = UNSET
    destination_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    thirdparty_id: str | UnsetType = UNSET
    dedup_keys: Sequence[str] | UnsetType = UNSET
    source_id: Ref | UnsetType = UNSET
    source_type: str | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET

    def problem(self) -> str | None:
        """What is wrong with the arguments together."""
        return lacking(self, "destination", *DESTINATIONS)


class AlertUpdate(Options, kw_only=True):
    """What an alert is changed to; its status is changed by acknowledging it and so on.

    Args:
        title: What has happened, in a line.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        destination_team_ids: The teams it goes to.
        destination_router_ids: The routers it goes to.
        destination_account_user_ids: The account users it goes to.
        description: What there is to know about it.
        tags: Words to find it by.
        thirdparty_id: What the system that sends it calls it.
        dedup_keys: The keys by which further events are taken as about this alert.
        source_id: What it comes from; by default the caller.
        source_type: What kind of object that is.
        meta: Free-form data.
    """

    title: str | UnsetType = UNSET
    urgency: str | UnsetType = UNSET
    destination_team_ids: Sequence[Ref] | UnsetType = UNSET
    destination_router_ids: Sequence[Ref] | UnsetType = UNSET
    destination_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    tags: Sequence[str] | UnsetType = UNSET
    thirdparty_id: str | None | UnsetType = UNSET
    dedup_keys: Sequence[str] | UnsetType = UNSET
    source_id: Ref | None | UnsetType = UNSET
    source_type: str | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class AlertQuery(ListQuery, kw_only=True):
    """What alerts can be listed by.

    Args:
        title: Its title.
        description: Its description.
        tag_list: One of its tags.
        urgency: ``silent``, ``low``, ``medium``, ``high`` or ``critical``.
        status: Where it stands.
        source_id: What it comes from.
        source_type: What kind of object that is.
        source_log_id: The log entry of what it was made from.
        thirdparty_id: What the system that sent it calls it.
        acknowledged_at: When somebody took it.
        resolved_at: When it was dealt with.
        dedup_keys: One of its keys.
        destination_team_ids: One of the teams it went to.
        destination_router_ids: One of the routers it went to.
        destination_account_user_ids: One of the account users it went to.
    """

    title: Filter[str] = UNSET
    description: Filter[str] = UNSET
    tag_list: Filter[str] = UNSET
    urgency: Filter[str] = UNSET
    status: Filter[str] = UNSET
    source_id: RefFilter = UNSET
    source_type: Filter[str] = UNSET
    source_log_id: RefFilter = UNSET
    thirdparty_id: Filter[str] = UNSET
    acknowledged_at: Filter[Timestamp] = UNSET
    resolved_at: Filter[Timestamp] = UNSET
    dedup_keys: Filter[str] = UNSET
    destination_team_ids: RefFilter = UNSET
    destination_router_ids: RefFilter = UNSET
    destination_account_user_ids: RefFilter = UNSET


NAMING = Naming(
    name="thirdparty_id",
    among=frozenset({"queued", "open", "acknowledged"}),
    over="resolved",
    newest="-created_at",
)
"""How alerts are told apart that have the same ``thirdparty_id``, as those have that came of one cause after another."""


class AlertName(Options, kw_only=True):
    """What an alert is called by those who made it.

    Args:
        thirdparty_id: What the system that sent it calls it, in the place of its id.
    """

    thirdparty_id: str


class Alerts(Service[Mode], name="alerts", path="/alerts"):
    """What somebody has to see to."""

    @lists(AlertQuery, Alert)
    def list(self) -> None:
        """List alerts.

        Source: ``GET /alerts``.
        """

    @finds_named(AlertQuery, Alert, NAMING)
    def find(self) -> None:
        """Find the one among the alerts whose attributes equal those given.

        Alerts may have a ``thirdparty_id`` in common, one after another: of those, unless a ``status`` is given, the one
        that is queued, open or acknowledged is meant, and when none is, the newest.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match; of one ``thirdparty_id``, several are queued, open or acknowledged.

        Source: ``GET /alerts``.
        """

    @creates(AlertCreate, Alert)
    def create(self) -> None:
        """Create an alert.

        Source: ``POST /alerts``.
        """

    @retrieves(Options, Alert)
    def retrieve(self) -> None:
        """Get an alert.

        Source: ``GET /alerts/:id``.
        """

    @updates(AlertUpdate, Alert)
    def update(self) -> None:
        """Change some attributes of an alert.

        Source: ``PUT /alerts/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an alert.

        Source: ``DELETE /alerts/:id``.
        """

    @acts_on_one(
        "acknowledge",
        Options,
        AlertName,
        AlertQuery,
        Alert,
        naming=NAMING,
        also=("dropped", "suppressed"),
        reaches=("acknowledged",),
    )
    def acknowledge(self) -> None:
        """Take an alert that is open, dropped or suppressed: the caller sees to it now.

        In the place of its id, what the system that sent it calls it will do, as ``thirdparty_id=``: of the alerts of that
        name, the one that is queued or open is meant, or else the one that is dropped or suppressed; one that is
        acknowledged already is returned as it is.

        Returns:
            The alert.

        Raises:
            UnprocessableError: The alert is in another state.
            NoneFoundError: No alert of that name is in such a state; it names those that there are, and theirs.
            MultipleFoundError: Several are; nothing was done.

        Source: ``POST /alerts/:id/acknowledge``.
        """

    @acts("reject", Options, Alert, safety=Safety.CREATE)
    def reject(self) -> None:
        """Decline an open alert that the key's user was asked to see to: the next in line is asked.

        Raises:
            UnprocessableError: The alert is in another state, or the user was not asked.

        Source: ``POST /alerts/:id/reject``.
        """

    @acts_on_one(
        "resolve",
        Options,
        AlertName,
        AlertQuery,
        Alert,
        naming=NAMING,
        also=("dropped",),
        reaches=("resolved",),
    )
    def resolve(self) -> None:
        """Say that an alert that is open, dropped or acknowledged is dealt with.

        In the place of its id, what the system that sent it calls it will do, as ``thirdparty_id=``: of the alerts of that
        name, the one that is queued, open or acknowledged is meant, or else the one that is dropped.

        Returns:
            The alert.

        Raises:
            UnprocessableError: The alert is in another state.
            NoneFoundError: No alert of that name is in such a state; it names those that there are, and theirs.
            MultipleFoundError: Several are; nothing was done.

        Source: ``POST /alerts/:id/resolve``.
        """

    @lists_under("comments", CommentQuery, Comment)
    def comments(self) -> None:
        """List the comments on an alert.

        Source: ``GET /alerts/:id/comments``.
        """

    @does_with("comments", CommentCreate, Comment)
    def comment(self) -> None:
        """Write a comment on an alert.

        Returns:
            The comment.

        Source: ``POST /alerts/:id/comments``.
        """
