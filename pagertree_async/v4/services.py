"""The services of API v4: what can be done with each resource, in the words of ``pagertree_async.services``."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Generic

from pagertree_async.calling import Mode
from pagertree_async.ensure import ensures
from pagertree_async.found import acts_on_found
from pagertree_async.params import Options, Ref
from pagertree_async.retry import Safety
from pagertree_async.services import (
    Service,
    acts,
    clears,
    creates,
    deletes,
    does_with,
    fetches,
    fetches_under,
    finds,
    lists,
    lists_under,
    retrieves,
    updates,
)
from pagertree_async.session import Session
from pagertree_async.v4.maintenance import During
from pagertree_async.v4.models import (
    AccountUser,
    Alert,
    Broadcast,
    Comment,
    EscalationPolicy,
    Event,
    Integration,
    IntegrationType,
    Log,
    MaintenanceWindow,
    NotificationRule,
    OnCall,
    Router,
    Schedule,
    Team,
    User,
)
from pagertree_async.v4.oncall import V4OnCall
from pagertree_async.v4.params import (
    AccountUserCreate,
    AccountUserQuery,
    AccountUserUpdate,
    AlertCreate,
    AlertName,
    AlertQuery,
    AlertUpdate,
    BroadcastCreate,
    BroadcastQuery,
    BroadcastUpdate,
    CommentCreate,
    CommentQuery,
    EscalationPolicyCreate,
    EscalationPolicyQuery,
    EscalationPolicyUpdate,
    EventAction,
    EventCreate,
    EventOverride,
    EventQuery,
    EventUpdate,
    EventWindow,
    IntegrationCreate,
    IntegrationQuery,
    IntegrationTypeQuery,
    IntegrationUpdate,
    LogQuery,
    MaintenanceWindowCreate,
    MaintenanceWindowQuery,
    MaintenanceWindowUpdate,
    NotificationRuleCreate,
    NotificationRuleQuery,
    NotificationRuleUpdate,
    RouterCreate,
    RouterQuery,
    RouterUpdate,
    ScheduleCreate,
    ScheduleQuery,
    ScheduleUpdate,
    TeamCreate,
    TeamQuery,
    TeamUpdate,
    UserCreate,
    UserQuery,
    UserUpdate,
)
from pagertree_async.v4.timezones import Zone

__all__ = [
    "SERVICES",
    "AccountUsers",
    "Alerts",
    "Broadcasts",
    "Comments",
    "EscalationPolicies",
    "IntegrationTypes",
    "Integrations",
    "Logs",
    "MaintenanceWindows",
    "NotificationRules",
    "Routers",
    "ScheduleEvents",
    "Schedules",
    "Services",
    "Teams",
    "Users",
]


class AccountUsers(Service[Mode]):
    """Members of the account: what teams, alerts and events refer to."""

    name: str = "account_users"
    path: str = "/account_users"

    @lists(AccountUserQuery, AccountUser)
    def list(self) -> None:
        """List account users.

        Source: ``GET /account_users``.
        """

    @finds(AccountUserQuery, AccountUser)
    def find(self) -> None:
        """Find the one among the account users whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /account_users``.
        """

    @creates(AccountUserCreate, AccountUser)
    def create(self) -> None:
        """Create an account user.

        Source: ``POST /account_users``.
        """

    @retrieves(Options, AccountUser)
    def retrieve(self) -> None:
        """Get an account user.

        Source: ``GET /account_users/:id``.
        """

    @updates(AccountUserUpdate, AccountUser)
    def update(self) -> None:
        """Change some attributes of an account user.

        Source: ``PUT /account_users/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an account user.

        Source: ``DELETE /account_users/:id``.
        """


class Alerts(Service[Mode]):
    """What somebody has to see to."""

    name: str = "alerts"
    path: str = "/alerts"

    @lists(AlertQuery, Alert)
    def list(self) -> None:
        """List alerts.

        Source: ``GET /alerts``.
        """

    @finds(AlertQuery, Alert)
    def find(self) -> None:
        """Find the one among the alerts whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

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

    @acts("acknowledge", Options, Alert, reaches=("acknowledged",))
    def acknowledge(self) -> None:
        """Take an alert that is open, dropped or suppressed: the caller sees to it now.

        Raises:
            UnprocessableError: The alert is in another state.

        Source: ``POST /alerts/:id/acknowledge``.
        """

    @acts("reject", Options, Alert, safety=Safety.CREATE)
    def reject(self) -> None:
        """Decline an open alert that the key's user was asked to see to: the next in line is asked.

        Raises:
            UnprocessableError: The alert is in another state, or the user was not asked.

        Source: ``POST /alerts/:id/reject``.
        """

    @acts("resolve", Options, Alert, reaches=("resolved",))
    def resolve(self) -> None:
        """Say that an alert that is open, dropped or acknowledged is dealt with.

        Raises:
            UnprocessableError: The alert is in another state.

        Source: ``POST /alerts/:id/resolve``.
        """

    @acts_on_found(
        "acknowledge",
        AlertName,
        AlertQuery,
        Alert,
        among=("queued", "open", "acknowledged"),
        reaches=("acknowledged",),
        over="resolved",
    )
    def acknowledge_by(self) -> None:
        """Take the one alert of a name that is not over; one that is acknowledged already is returned as it is.

        Returns:
            The alert.

        Raises:
            NoneFoundError: No alert of that name is queued, open or acknowledged.
            MultipleFoundError: Several are; nothing was done.

        Source: ``GET /alerts``, then ``POST /alerts/:id/acknowledge``.
        """

    @acts_on_found(
        "resolve",
        AlertName,
        AlertQuery,
        Alert,
        among=("queued", "open", "acknowledged"),
        reaches=("resolved",),
        over="resolved",
    )
    def resolve_by(self) -> None:
        """Say that the one alert of a name that is not over is dealt with.

        Returns:
            The alert.

        Raises:
            NoneFoundError: No alert of that name is queued, open or acknowledged.
            MultipleFoundError: Several are; nothing was done.

        Source: ``GET /alerts``, then ``POST /alerts/:id/resolve``.
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


class Broadcasts(Service[Mode]):
    """Messages to many, who may be asked to answer."""

    name: str = "broadcasts"
    path: str = "/broadcasts"

    @lists(BroadcastQuery, Broadcast)
    def list(self) -> None:
        """List broadcasts.

        Source: ``GET /broadcasts``.
        """

    @finds(BroadcastQuery, Broadcast)
    def find(self) -> None:
        """Find the one among the broadcasts whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /broadcasts``.
        """

    @creates(BroadcastCreate, Broadcast)
    def create(self) -> None:
        """Send a broadcast.

        Source: ``POST /broadcasts``.
        """

    @retrieves(Options, Broadcast)
    def retrieve(self) -> None:
        """Get a broadcast.

        Source: ``GET /broadcasts/:id``.
        """

    @updates(BroadcastUpdate, Broadcast)
    def update(self) -> None:
        """Change some attributes of a broadcast.

        Source: ``PUT /broadcasts/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a broadcast.

        Source: ``DELETE /broadcasts/:id``.
        """

    @lists_under("comments", CommentQuery, Comment)
    def comments(self) -> None:
        """List the comments on a broadcast.

        Source: ``GET /broadcasts/:id/comments``.
        """

    @does_with("comments", CommentCreate, Comment)
    def comment(self) -> None:
        """Write a comment on a broadcast.

        Returns:
            The comment.

        Source: ``POST /broadcasts/:id/comments``.
        """


class Comments(Service[Mode]):
    """What people write about alerts, broadcasts and each other's comments."""

    name: str = "comments"
    path: str = "/comments"

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


class EscalationPolicies(Service[Mode]):
    """Who is asked after whom."""

    name: str = "escalation_policies"
    path: str = "/escalation_policies"

    @lists(EscalationPolicyQuery, EscalationPolicy)
    def list(self) -> None:
        """List escalation policies.

        Source: ``GET /escalation_policies``.
        """

    @finds(EscalationPolicyQuery, EscalationPolicy)
    def find(self) -> None:
        """Find the one among the escalation policies whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /escalation_policies``.
        """

    @creates(EscalationPolicyCreate, EscalationPolicy)
    def create(self) -> None:
        """Create an escalation policy.

        Source: ``POST /escalation_policies``.
        """

    @retrieves(Options, EscalationPolicy)
    def retrieve(self) -> None:
        """Get an escalation policy.

        Source: ``GET /escalation_policies/:id``.
        """

    @updates(EscalationPolicyUpdate, EscalationPolicy)
    def update(self) -> None:
        """Change some attributes of an escalation policy.

        Source: ``PUT /escalation_policies/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an escalation policy.

        Source: ``DELETE /escalation_policies/:id``.
        """


class ScheduleEvents(Service[Mode]):
    """Who is on call when."""

    name: str = "events"
    path: str = "/events"

    @lists(EventQuery, Event)
    def list(self) -> None:
        """List events.

        Source: ``GET /events``.
        """

    @creates(EventCreate, Event)
    def create(self) -> None:
        """Create an event.

        Source: ``POST /events``.
        """

    @retrieves(Options, Event)
    def retrieve(self) -> None:
        """Get an event.

        Source: ``GET /events/:id``.
        """

    @updates(EventUpdate, Event)
    def update(self) -> None:
        """Change some attributes of an event.

        Source: ``PUT /events/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an event.

        Source: ``DELETE /events/:id``.
        """

    @does_with("override", EventOverride, Event)
    def override(self) -> None:
        """Put another event in the place of one occurrence, which may break up the event.

        Returns:
            The event as the API answers with it.

        Source: ``POST /events/:id/override``.
        """

    @does_with("add_exception", EventAction, Event, safety=Safety.STATE)
    def add_exception(self) -> None:
        """Leave out one occurrence of a repeated event.

        Returns:
            The event as the API answers with it.

        Source: ``POST /events/:id/add_exception``.
        """

    @does_with("terminate_on", EventAction, Event, safety=Safety.STATE)
    def terminate_on(self) -> None:
        """End a repeated event: neither that occurrence nor a later one takes place.

        Returns:
            The event as the API answers with it.

        Source: ``POST /events/:id/terminate_on``.
        """

    @fetches("time_zones", Options, builtins.list[str])
    def time_zones(self) -> None:
        """The time zones that the API has, by its names for them.

        Source: ``GET /events/time_zones``.
        """


class IntegrationTypes(Service[Mode]):
    """What an integration can connect to."""

    name: str = "integration_types"
    path: str = "/integration_types"

    @lists(IntegrationTypeQuery, IntegrationType)
    def list(self) -> None:
        """List integration types.

        Source: ``GET /integration_types``.
        """

    @finds(IntegrationTypeQuery, IntegrationType)
    def find(self) -> None:
        """Find the one among the integration types whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /integration_types``.
        """

    @retrieves(Options, IntegrationType)
    def retrieve(self) -> None:
        """Get an integration type.

        Source: ``GET /integration_types/:id``.
        """


class Integrations(Service[Mode]):
    """What connects PagerTree to the systems that send alerts."""

    name: str = "integrations"
    path: str = "/integrations"

    @lists(IntegrationQuery, Integration)
    def list(self) -> None:
        """List integrations.

        Source: ``GET /integrations``.
        """

    @finds(IntegrationQuery, Integration)
    def find(self) -> None:
        """Find the one among the integrations whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /integrations``.
        """

    @creates(IntegrationCreate, Integration)
    def create(self) -> None:
        """Create an integration.

        Source: ``POST /integrations``.
        """

    @ensures(IntegrationQuery, IntegrationCreate, IntegrationUpdate, Integration)
    def ensure(self) -> None:
        """Create an integration, or leave the one that is there, changed where it differs.

        Returns:
            The integration as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /integrations``.
        """

    @retrieves(Options, Integration)
    def retrieve(self) -> None:
        """Get an integration.

        Source: ``GET /integrations/:id``.
        """

    @updates(IntegrationUpdate, Integration)
    def update(self) -> None:
        """Change some attributes of an integration.

        Source: ``PUT /integrations/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an integration.

        Source: ``DELETE /integrations/:id``.
        """


class Logs(Service[Mode]):
    """The history of every object; it is not rewritten."""

    name: str = "logs"
    path: str = "/logs"

    @lists(LogQuery, Log)
    def list(self) -> None:
        """List log entries.

        Source: ``GET /logs``.
        """

    @retrieves(Options, Log)
    def retrieve(self) -> None:
        """Get a log entry.

        Source: ``GET /logs/:id``.
        """


class MaintenanceWindows(Service[Mode]):
    """Times in which integrations make no noise."""

    name: str = "maintenance_windows"
    path: str = "/maintenance_windows"

    @lists(MaintenanceWindowQuery, MaintenanceWindow)
    def list(self) -> None:
        """List maintenance windows.

        Source: ``GET /maintenance_windows``.
        """

    @finds(MaintenanceWindowQuery, MaintenanceWindow)
    def find(self) -> None:
        """Find the one among the maintenance windows whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /maintenance_windows``.
        """

    @creates(MaintenanceWindowCreate, MaintenanceWindow)
    def create(self) -> None:
        """Create a maintenance window.

        Source: ``POST /maintenance_windows``.
        """

    @ensures(MaintenanceWindowQuery, MaintenanceWindowCreate, MaintenanceWindowUpdate, MaintenanceWindow)
    def ensure(self) -> None:
        """Create a maintenance window, or leave the one that is there, changed where it differs.

        Returns:
            The maintenance window as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /maintenance_windows``.
        """

    @retrieves(Options, MaintenanceWindow)
    def retrieve(self) -> None:
        """Get a maintenance window.

        Source: ``GET /maintenance_windows/:id``.
        """

    @updates(MaintenanceWindowUpdate, MaintenanceWindow)
    def update(self) -> None:
        """Change some attributes of a maintenance window.

        Source: ``PUT /maintenance_windows/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a maintenance window.

        Source: ``DELETE /maintenance_windows/:id``.
        """

    def during(
        self,
        *,
        integration_ids: Sequence[Ref],
        name: str,
        up_to: timedelta = timedelta(hours=1),
        time_zone: Zone = "UTC",
        description: str | None = None,
    ) -> During[Mode]:
        """Keep integrations quiet for as long as a block takes.

        The window begins with the block and ends with it, also when the block fails or is cancelled. It is ended, not
        deleted: it stays in the history. Should this process die, it ends by itself after ``up_to``.

        ::

            async with client.maintenance_windows.during(integration_ids=[db], name="upgrade"):
                await upgrade()

        Args:
            integration_ids: The integrations that are quiet.
            name: What people call the window.
            up_to: How long it lasts at most.
            time_zone: The time zone it is shown in: its name, as Rails or as the IANA has it, or a ``ZoneInfo``.
            description: What there is to know about it.

        Returns:
            What ``async with`` takes, and a blocking client's ``with``; it gives the window.

        Raises:
            InvalidArgumentError: An argument is wrong; nothing was sent.

        Source: ``POST /maintenance_windows``, then ``PUT /maintenance_windows/:id``.
        """
        given = {"integration_ids": integration_ids, "name": name, "time_zone": time_zone}
        if description is not None:
            given["description"] = description
        return During(self, given, up_to)


class NotificationRules(Service[Mode]):
    """How people are notified."""

    name: str = "notification_rules"
    path: str = "/notification_rules"

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

    @ensures(NotificationRuleQuery, NotificationRuleCreate, NotificationRuleUpdate, NotificationRule)
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


class Routers(Service[Mode]):
    """Rules by which alerts find their way."""

    name: str = "routers"
    path: str = "/routers"

    @lists(RouterQuery, Router)
    def list(self) -> None:
        """List routers.

        Source: ``GET /routers``.
        """

    @finds(RouterQuery, Router)
    def find(self) -> None:
        """Find the one among the routers whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /routers``.
        """

    @creates(RouterCreate, Router)
    def create(self) -> None:
        """Create a router.

        Source: ``POST /routers``.
        """

    @ensures(RouterQuery, RouterCreate, RouterUpdate, Router)
    def ensure(self) -> None:
        """Create a router, or leave the one that is there, changed where it differs.

        Returns:
            The router as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /routers``.
        """

    @retrieves(Options, Router)
    def retrieve(self) -> None:
        """Get a router.

        Source: ``GET /routers/:id``.
        """

    @updates(RouterUpdate, Router)
    def update(self) -> None:
        """Change some attributes of a router.

        Source: ``PUT /routers/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a router.

        Source: ``DELETE /routers/:id``.
        """


class Schedules(Service[Mode]):
    """Calendars of those who are on call."""

    name: str = "schedules"
    path: str = "/schedules"

    @lists(ScheduleQuery, Schedule)
    def list(self) -> None:
        """List schedules.

        Source: ``GET /schedules``.
        """

    @finds(ScheduleQuery, Schedule)
    def find(self) -> None:
        """Find the one among the schedules whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /schedules``.
        """

    @creates(ScheduleCreate, Schedule)
    def create(self) -> None:
        """Create a schedule.

        Source: ``POST /schedules``.
        """

    @ensures(ScheduleQuery, ScheduleCreate, ScheduleUpdate, Schedule)
    def ensure(self) -> None:
        """Create a schedule, or leave the one that is there, changed where it differs.

        Returns:
            The schedule as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /schedules``.
        """

    @retrieves(Options, Schedule)
    def retrieve(self) -> None:
        """Get a schedule.

        Source: ``GET /schedules/:id``.
        """

    @updates(ScheduleUpdate, Schedule)
    def update(self) -> None:
        """Change some attributes of a schedule.

        Source: ``PUT /schedules/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a schedule.

        Source: ``DELETE /schedules/:id``.
        """

    @lists_under("events", EventQuery, Event)
    def events(self) -> None:
        """List the events of a schedule as they are stored, repeats and rotations not worked out.

        Source: ``GET /schedules/:id/events``.
        """

    @fetches_under("current_oncall", Options, builtins.list[OnCall])
    def current_oncall(self) -> None:
        """Who is on call now, repeats and rotations worked out.

        Source: ``GET /schedules/:id/current_oncall``.
        """

    @fetches_under("window_events", EventWindow, builtins.list[OnCall])
    def window_events(self) -> None:
        """Who is on call in some time, repeats and rotations worked out.

        Source: ``GET /schedules/:id/window_events``.
        """

    @clears("flush", Options)
    def flush(self) -> None:
        """Remove all events of a schedule.

        Source: ``DELETE /schedules/:id/flush``.
        """


class Teams(Service[Mode]):
    """People who answer alerts together."""

    name: str = "teams"
    path: str = "/teams"

    @lists(TeamQuery, Team)
    def list(self) -> None:
        """List teams.

        Source: ``GET /teams``.
        """

    @finds(TeamQuery, Team)
    def find(self) -> None:
        """Find the one among the teams whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /teams``.
        """

    @creates(TeamCreate, Team)
    def create(self) -> None:
        """Create a team.

        Source: ``POST /teams``.
        """

    @ensures(TeamQuery, TeamCreate, TeamUpdate, Team)
    def ensure(self) -> None:
        """Create a team, or leave the one that is there, changed where it differs.

        Returns:
            The team as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /teams``.
        """

    @retrieves(Options, Team)
    def retrieve(self) -> None:
        """Get a team.

        Source: ``GET /teams/:id``.
        """

    @updates(TeamUpdate, Team)
    def update(self) -> None:
        """Change some attributes of a team.

        Source: ``PUT /teams/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a team.

        Source: ``DELETE /teams/:id``.
        """

    @lists_under("alerts", AlertQuery, Alert)
    def alerts(self) -> None:
        """List the alerts that went to a team.

        Source: ``GET /teams/:id/alerts``.
        """

    @fetches_under("current_oncall", Options, builtins.list[OnCall])
    def current_oncall(self) -> None:
        """Who of a team is on call now, repeats and rotations worked out.

        Source: ``GET /teams/:id/current_oncall``.
        """


class Users(Service[Mode]):
    """People who use PagerTree, in whichever accounts."""

    name: str = "users"
    path: str = "/users"

    @lists(UserQuery, User)
    def list(self) -> None:
        """List users.

        Source: ``GET /users``.
        """

    @finds(UserQuery, User)
    def find(self) -> None:
        """Find the one among the users whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /users``.
        """

    @creates(UserCreate, User)
    def create(self) -> None:
        """Create a user.

        Source: ``POST /users``.
        """

    @retrieves(Options, User)
    def retrieve(self) -> None:
        """Get a user.

        Source: ``GET /users/:id``.
        """

    @updates(UserUpdate, User)
    def update(self) -> None:
        """Change some attributes of a user.

        Source: ``PUT /users/:id``.
        """


class Services(Generic[Mode]):
    """Every resource of API v4.

    Args:
        session: What makes the calls.
    """

    def __init__(self, session: Session[Mode]) -> None:
        self.account_users: AccountUsers[Mode] = AccountUsers(session)
        """Members of the account: what teams, alerts and events refer to."""
        self.alerts: Alerts[Mode] = Alerts(session)
        """What somebody has to see to."""
        self.broadcasts: Broadcasts[Mode] = Broadcasts(session)
        """Messages to many, who may be asked to answer."""
        self.comments: Comments[Mode] = Comments(session)
        """What people write about alerts, broadcasts and each other's comments."""
        self.escalation_policies: EscalationPolicies[Mode] = EscalationPolicies(session)
        """Who is asked after whom."""
        self.events: ScheduleEvents[Mode] = ScheduleEvents(session)
        """Who is on call when."""
        self.integration_types: IntegrationTypes[Mode] = IntegrationTypes(session)
        """What an integration can connect to."""
        self.integrations: Integrations[Mode] = Integrations(session)
        """What connects PagerTree to the systems that send alerts."""
        self.logs: Logs[Mode] = Logs(session)
        """The history of every object; it is not rewritten."""
        self.maintenance_windows: MaintenanceWindows[Mode] = MaintenanceWindows(session)
        """Times in which integrations make no noise."""
        self.notification_rules: NotificationRules[Mode] = NotificationRules(session)
        """How people are notified."""
        self.routers: Routers[Mode] = Routers(session)
        """Rules by which alerts find their way."""
        self.schedules: Schedules[Mode] = Schedules(session)
        """Calendars of those who are on call."""
        self.teams: Teams[Mode] = Teams(session)
        """People who answer alerts together."""
        self.users: Users[Mode] = Users(session)
        """People who use PagerTree, in whichever accounts."""

    def on_call(self) -> V4OnCall[Mode]:
        """What answers ``pagertree_async.oncall``."""
        return V4OnCall(self.schedules._session)  # pyright: ignore[reportPrivateUsage]


SERVICES: tuple[type[Service[Any]], ...] = (
    AccountUsers,
    Alerts,
    Broadcasts,
    Comments,
    EscalationPolicies,
    ScheduleEvents,
    IntegrationTypes,
    Integrations,
    Logs,
    MaintenanceWindows,
    NotificationRules,
    Routers,
    Schedules,
    Teams,
    Users,
)
"""Every service, in the order of their names."""
