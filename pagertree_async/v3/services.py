"""The services of API v3: what can be done with each resource, in the words of ``pagertree_async.services``."""

from __future__ import annotations

import builtins
from typing import Any, Generic, Literal

from pagertree_async.calling import Mode
from pagertree_async.ensure import ensures
from pagertree_async.params import Options
from pagertree_async.retry import Safety
from pagertree_async.services import (
    Service,
    acts,
    clears,
    creates,
    deletes,
    does,
    does_with,
    fetches_under,
    finds,
    lists,
    lists_under,
    picks,
    retrieves,
    updates,
)
from pagertree_async.session import Session
from pagertree_async.v3.models import (
    Account,
    Alert,
    Automation,
    Broadcast,
    Event,
    Incident,
    Integration,
    Log,
    Notification,
    Router,
    RouterType,
    Schedule,
    Stakeholder,
    Team,
    Token,
    User,
)
from pagertree_async.v3.oncall import V3OnCall
from pagertree_async.v3.params import (
    AccountUpdate,
    AlertCreate,
    AlertHandoff,
    AlertMassAction,
    AlertQuery,
    AlertUpdate,
    AutomationCreate,
    AutomationQuery,
    AutomationUpdate,
    BroadcastCreate,
    BroadcastQuery,
    EventCreate,
    EventQuery,
    EventUpdate,
    EventWindow,
    IncidentCreate,
    IncidentQuery,
    IncidentUpdate,
    IntegrationCreate,
    IntegrationQuery,
    IntegrationUpdate,
    LogCreate,
    LogQuery,
    NotificationQuery,
    RouterCreate,
    RouterQuery,
    RouterUpdate,
    ScheduleCreate,
    ScheduleQuery,
    ScheduleUpdate,
    StakeholderCreate,
    StakeholderQuery,
    StakeholderUpdate,
    TeamCreate,
    TeamQuery,
    TeamUpdate,
    UserCreate,
    UserQuery,
    UserTeams,
    UserUpdate,
)

__all__ = [
    "SERVICES",
    "Accounts",
    "Alerts",
    "Automations",
    "Broadcasts",
    "Events",
    "Incidents",
    "Integrations",
    "Logs",
    "Notifications",
    "Routers",
    "Schedules",
    "Services",
    "Stakeholders",
    "Teams",
    "Tokens",
    "Users",
]

_ROUTER_TYPES: tuple[Literal["router", "notification"] | RouterType, ...] = ("router", "notification")


def _mass_safety(action: AlertMassAction) -> Safety:
    return Safety.CREATE if action.type == "reject" else Safety.STATE


class Accounts(Service[Mode]):
    """Organizations that use PagerTree; there is no list of them."""

    name: str = "accounts"
    path: str = "/account"

    @retrieves(Options, Account)
    def retrieve(self) -> None:
        """Get an account.

        Source: ``GET /account/:id``.
        """

    @updates(AccountUpdate, Account)
    def update(self) -> None:
        """Change some attributes of an account.

        Source: ``PUT /account/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an account.

        Source: ``DELETE /account/:id``.
        """


class Alerts(Service[Mode]):
    """What somebody has to see to."""

    name: str = "alerts"
    path: str = "/alert"

    @lists(AlertQuery, Alert)
    def list(self) -> None:
        """List alerts.

        Source: ``GET /alert``.
        """

    @finds(AlertQuery, Alert)
    def find(self) -> None:
        """Find the one among the alerts whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /alert``.
        """

    @ensures(AlertQuery, AlertCreate, AlertUpdate, Alert)
    def ensure(self) -> None:
        """Have an alert there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The alert, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /alert``, then ``POST /alert`` or ``PUT /alert/:id``.
        """

    @creates(AlertCreate, Alert)
    def create(self) -> None:
        """Create an alert.

        Source: ``POST /alert``.
        """

    @retrieves(Options, Alert)
    def retrieve(self) -> None:
        """Get an alert.

        Source: ``GET /alert/:id``.
        """

    @updates(AlertUpdate, Alert)
    def update(self) -> None:
        """Change some attributes of an alert.

        Source: ``PUT /alert/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an alert.

        Source: ``DELETE /alert/:id``.
        """

    @acts("acknowledge", Options, Alert, reaches=("acknowledged",))
    def acknowledge(self) -> None:
        """Take an alert that is open or dropped: the caller sees to it now.

        Raises:
            BadRequestError: The alert is in another state.

        Source: ``POST /alert/:id/acknowledge``.
        """

    @acts("reject", Options, Alert, safety=Safety.CREATE)
    def reject(self) -> None:
        """Decline an open alert that the caller was asked to see to: the next in line is asked.

        Raises:
            BadRequestError: The alert is in another state, or the caller was not asked.

        Source: ``POST /alert/:id/reject``.
        """

    @acts("resolve", Options, Alert, reaches=("resolved",))
    def resolve(self) -> None:
        """Say that an acknowledged alert is dealt with.

        Raises:
            BadRequestError: The alert is in another state.

        Source: ``POST /alert/:id/resolve``.
        """

    @acts("archive", Options, Alert, reaches=("archived",))
    def archive(self) -> None:
        """Put away an alert that is resolved or dropped.

        Raises:
            BadRequestError: The alert is in another state.

        Source: ``POST /alert/:id/archive``.
        """

    @acts("handoff", AlertHandoff, Alert, safety=Safety.CREATE)
    def handoff(self) -> None:
        """Hand an acknowledged alert to another user or team, who are notified.

        Raises:
            BadRequestError: The alert is in another state.

        Source: ``POST /alert/:id/handoff``.
        """

    @does("mass-action", AlertMassAction, builtins.list[Alert], safety=_mass_safety)
    def mass_action(self) -> None:
        """Acknowledge, reject, resolve, archive or delete several alerts at once.

        Returns:
            The alerts.

        Source: ``POST /alert/mass-action``.
        """

    @lists_under("notifications", NotificationQuery, Notification)
    def notifications(self) -> None:
        """List the notifications that an alert has caused.

        Source: ``GET /alert/:id/notifications``.
        """


class Automations(Service[Mode]):
    """Requests that are sent to other systems when they are run."""

    name: str = "automations"
    path: str = "/automation"

    @lists(AutomationQuery, Automation)
    def list(self) -> None:
        """List automations.

        Source: ``GET /automation``.
        """

    @finds(AutomationQuery, Automation)
    def find(self) -> None:
        """Find the one among the automations whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /automation``.
        """

    @ensures(AutomationQuery, AutomationCreate, AutomationUpdate, Automation)
    def ensure(self) -> None:
        """Have an automation there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The automation, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /automation``, then ``POST /automation`` or ``PUT /automation/:id``.
        """

    @creates(AutomationCreate, Automation)
    def create(self) -> None:
        """Create an automation.

        Source: ``POST /automation``.
        """

    @retrieves(Options, Automation)
    def retrieve(self) -> None:
        """Get an automation.

        Source: ``GET /automation/:id``.
        """

    @updates(AutomationUpdate, Automation)
    def update(self) -> None:
        """Change some attributes of an automation.

        Source: ``PUT /automation/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an automation.

        Source: ``DELETE /automation/:id``.
        """

    @does_with("run", Options, Log)
    def run(self) -> None:
        """Run an automation.

        Returns:
            The log entry of what was sent and answered.

        Source: ``POST /automation/:id/run``.
        """


class Broadcasts(Service[Mode]):
    """Messages to many; what was sent cannot be changed."""

    name: str = "broadcasts"
    path: str = "/broadcast"

    @lists(BroadcastQuery, Broadcast)
    def list(self) -> None:
        """List broadcasts.

        Source: ``GET /broadcast``.
        """

    @finds(BroadcastQuery, Broadcast)
    def find(self) -> None:
        """Find the one among the broadcasts whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /broadcast``.
        """

    @creates(BroadcastCreate, Broadcast)
    def create(self) -> None:
        """Send a broadcast.

        Source: ``POST /broadcast``.
        """

    @retrieves(Options, Broadcast)
    def retrieve(self) -> None:
        """Get a broadcast.

        Source: ``GET /broadcast/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a broadcast.

        Source: ``DELETE /broadcast/:id``.
        """


class Events(Service[Mode]):
    """Who is on call when."""

    name: str = "events"
    path: str = "/event"

    @lists(EventQuery, Event)
    def list(self) -> None:
        """List events.

        Source: ``GET /event``.
        """

    @finds(EventQuery, Event)
    def find(self) -> None:
        """Find the one among the events whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /event``.
        """

    @ensures(EventQuery, EventCreate, EventUpdate, Event)
    def ensure(self) -> None:
        """Have an event there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The event, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /event``, then ``POST /event`` or ``PUT /event/:id``.
        """

    @creates(EventCreate, Event)
    def create(self) -> None:
        """Create an event.

        Source: ``POST /event``.
        """

    @retrieves(Options, Event)
    def retrieve(self) -> None:
        """Get an event.

        Source: ``GET /event/:id``.
        """

    @updates(EventUpdate, Event)
    def update(self) -> None:
        """Change some attributes of an event.

        Source: ``PUT /event/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an event.

        Source: ``DELETE /event/:id``.
        """


class Incidents(Service[Mode]):
    """Alerts that are flagged as incidents."""

    name: str = "incidents"
    path: str = "/incident"

    @lists(IncidentQuery, Incident)
    def list(self) -> None:
        """List incidents.

        Source: ``GET /incident``.
        """

    @finds(IncidentQuery, Incident)
    def find(self) -> None:
        """Find the one among the incidents whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /incident``.
        """

    @ensures(IncidentQuery, IncidentCreate, IncidentUpdate, Incident)
    def ensure(self) -> None:
        """Have an incident there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The incident, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /incident``, then ``POST /incident`` or ``PUT /incident/:id``.
        """

    @creates(IncidentCreate, Incident)
    def create(self) -> None:
        """Create an incident.

        Source: ``POST /incident``.
        """

    @retrieves(Options, Incident)
    def retrieve(self) -> None:
        """Get an incident.

        Source: ``GET /incident/:id``.
        """

    @updates(IncidentUpdate, Incident)
    def update(self) -> None:
        """Change some attributes of an incident.

        Source: ``PUT /incident/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an incident.

        Source: ``DELETE /incident/:id``.
        """

    @acts("acknowledge", Options, Incident, reaches=("acknowledged",))
    def acknowledge(self) -> None:
        """Take an incident that is open or dropped: the caller sees to it now.

        Raises:
            BadRequestError: The incident is in another state.

        Source: ``POST /incident/:id/acknowledge``.
        """

    @acts("reject", Options, Incident, safety=Safety.CREATE)
    def reject(self) -> None:
        """Decline an open incident that the caller was asked to see to: the next in line is asked.

        Raises:
            BadRequestError: The incident is in another state, or the caller was not asked.

        Source: ``POST /incident/:id/reject``.
        """

    @acts("resolve", Options, Incident, reaches=("resolved",))
    def resolve(self) -> None:
        """Say that an acknowledged incident is dealt with.

        Raises:
            BadRequestError: The incident is in another state.

        Source: ``POST /incident/:id/resolve``.
        """

    @lists_under("logs", LogQuery, Log)
    def logs(self) -> None:
        """List the history of an incident.

        Source: ``GET /incident/:id/logs``.
        """


class Integrations(Service[Mode]):
    """What connects PagerTree to the systems that send alerts."""

    name: str = "integrations"
    path: str = "/integration"

    @lists(IntegrationQuery, Integration)
    def list(self) -> None:
        """List integrations.

        Source: ``GET /integration``.
        """

    @finds(IntegrationQuery, Integration)
    def find(self) -> None:
        """Find the one among the integrations whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /integration``.
        """

    @ensures(IntegrationQuery, IntegrationCreate, IntegrationUpdate, Integration)
    def ensure(self) -> None:
        """Have an integration there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The integration, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /integration``, then ``POST /integration`` or ``PUT /integration/:id``.
        """

    @creates(IntegrationCreate, Integration)
    def create(self) -> None:
        """Create an integration.

        Source: ``POST /integration``.
        """

    @retrieves(Options, Integration)
    def retrieve(self) -> None:
        """Get an integration.

        Source: ``GET /integration/:id``.
        """

    @updates(IntegrationUpdate, Integration)
    def update(self) -> None:
        """Change some attributes of an integration.

        Source: ``PUT /integration/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete an integration; systems that still send alerts through it are refused from then on.

        Source: ``DELETE /integration/:id``.
        """


class Logs(Service[Mode]):
    """The history of every object; it is not rewritten."""

    name: str = "logs"
    path: str = "/log"

    @lists(LogQuery, Log)
    def list(self) -> None:
        """List log entries.

        Source: ``GET /log``.
        """

    @finds(LogQuery, Log)
    def find(self) -> None:
        """Find the one among the log entries whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /log``.
        """

    @creates(LogCreate, Log)
    def create(self) -> None:
        """Write a log entry.

        Source: ``POST /log``.
        """

    @retrieves(Options, Log)
    def retrieve(self) -> None:
        """Get a log entry.

        Source: ``GET /log/:id``.
        """


class Notifications(Service[Mode]):
    """What was sent to somebody about an alert."""

    name: str = "notifications"
    path: str = "/notification"

    @lists(NotificationQuery, Notification)
    def list(self) -> None:
        """List notifications.

        Source: ``GET /notification``.
        """

    @finds(NotificationQuery, Notification)
    def find(self) -> None:
        """Find the one among the notifications whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /notification``.
        """

    @retrieves(Options, Notification)
    def retrieve(self) -> None:
        """Get a notification.

        Source: ``GET /notification/:id``.
        """


class Routers(Service[Mode]):
    """Rules by which alerts and notifications find their way."""

    name: str = "routers"
    path: str = "/router"

    @lists(RouterQuery, Router)
    def list(self) -> None:
        """List routers.

        Source: ``GET /router``.
        """

    @finds(RouterQuery, Router)
    def find(self) -> None:
        """Find the one among the routers whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /router``.
        """

    @ensures(RouterQuery, RouterCreate, RouterUpdate, Router)
    def ensure(self) -> None:
        """Have a router there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The router, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /router``, then ``POST /router`` or ``PUT /router/:id``.
        """

    @creates(RouterCreate, Router)
    def create(self) -> None:
        """Create a router.

        Source: ``POST /router``.
        """

    @retrieves(Options, Router)
    def retrieve(self) -> None:
        """Get a router.

        Source: ``GET /router/:id``.
        """

    @updates(RouterUpdate, Router)
    def update(self) -> None:
        """Change some attributes of a router.

        Source: ``PUT /router/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a router.

        Source: ``DELETE /router/:id``.
        """

    @picks("default-template", _ROUTER_TYPES, Options, str)
    def default_template(self) -> None:
        """Get the rules that a new router of a type begins with.

        Returns:
            The rules, in YAML.

        Source: ``GET /router/default-template/:type``.
        """


class Schedules(Service[Mode]):
    """Who is on call when, and how alerts escalate."""

    name: str = "schedules"
    path: str = "/schedule"

    @lists(ScheduleQuery, Schedule)
    def list(self) -> None:
        """List schedules.

        Source: ``GET /schedule``.
        """

    @finds(ScheduleQuery, Schedule)
    def find(self) -> None:
        """Find the one among the schedules whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /schedule``.
        """

    @ensures(ScheduleQuery, ScheduleCreate, ScheduleUpdate, Schedule)
    def ensure(self) -> None:
        """Have a schedule there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The schedule, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /schedule``, then ``POST /schedule`` or ``PUT /schedule/:id``.
        """

    @creates(ScheduleCreate, Schedule)
    def create(self) -> None:
        """Create a schedule.

        Source: ``POST /schedule``.
        """

    @retrieves(Options, Schedule)
    def retrieve(self) -> None:
        """Get a schedule.

        Source: ``GET /schedule/:id``.
        """

    @updates(ScheduleUpdate, Schedule)
    def update(self) -> None:
        """Change some attributes of a schedule.

        Source: ``PUT /schedule/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a schedule.

        Source: ``DELETE /schedule/:id``.
        """

    @fetches_under("currentevents", Options, builtins.list[Event])
    def current_events(self) -> None:
        """Get the events that are on now.

        Source: ``GET /schedule/:id/currentevents``.
        """

    @lists_under("window-events", EventWindow, Event)
    def window_events(self) -> None:
        """List what takes place on a schedule between two moments, each occurrence of a repeated event by itself.

        Source: ``GET /schedule/:id/window-events``.
        """

    @clears("flush", Options)
    def flush(self) -> None:
        """Delete all events of a schedule.

        Source: ``DELETE /schedule/:id/flush``.
        """


class Stakeholders(Service[Mode]):
    """People who are kept informed."""

    name: str = "stakeholders"
    path: str = "/stakeholder"

    @lists(StakeholderQuery, Stakeholder)
    def list(self) -> None:
        """List groups of stakeholders.

        Source: ``GET /stakeholder``.
        """

    @finds(StakeholderQuery, Stakeholder)
    def find(self) -> None:
        """Find the one among the groups of stakeholders whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /stakeholder``.
        """

    @ensures(StakeholderQuery, StakeholderCreate, StakeholderUpdate, Stakeholder)
    def ensure(self) -> None:
        """Have a stakeholder there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The stakeholder, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /stakeholder``, then ``POST /stakeholder`` or ``PUT /stakeholder/:id``.
        """

    @creates(StakeholderCreate, Stakeholder)
    def create(self) -> None:
        """Create a group of stakeholders.

        Source: ``POST /stakeholder``.
        """

    @retrieves(Options, Stakeholder)
    def retrieve(self) -> None:
        """Get a group of stakeholders.

        Source: ``GET /stakeholder/:id``.
        """

    @updates(StakeholderUpdate, Stakeholder)
    def update(self) -> None:
        """Change some attributes of a group of stakeholders.

        Source: ``PUT /stakeholder/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a group of stakeholders.

        Source: ``DELETE /stakeholder/:id``.
        """


class Teams(Service[Mode]):
    """People who answer alerts together."""

    name: str = "teams"
    path: str = "/team"

    @lists(TeamQuery, Team)
    def list(self) -> None:
        """List teams.

        Source: ``GET /team``.
        """

    @finds(TeamQuery, Team)
    def find(self) -> None:
        """Find the one among the teams whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /team``.
        """

    @ensures(TeamQuery, TeamCreate, TeamUpdate, Team)
    def ensure(self) -> None:
        """Have a team there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The team, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /team``, then ``POST /team`` or ``PUT /team/:id``.
        """

    @creates(TeamCreate, Team)
    def create(self) -> None:
        """Create a team.

        Source: ``POST /team``.
        """

    @retrieves(Options, Team)
    def retrieve(self) -> None:
        """Get a team.

        Source: ``GET /team/:id``.
        """

    @updates(TeamUpdate, Team)
    def update(self) -> None:
        """Change some attributes of a team.

        Source: ``PUT /team/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a team.

        Source: ``DELETE /team/:id``.
        """

    @fetches_under("current-oncall", Options, builtins.list[Event])
    def current_oncall(self) -> None:
        """Get the events that say who of a team is on call now.

        Source: ``GET /team/:id/current-oncall``.
        """

    @fetches_under("currentevents", Options, builtins.list[Event])
    def current_events(self) -> None:
        """Get the same as ``current_oncall``, under the path of 2018.

        Source: ``GET /team/:id/currentevents``.
        """

    @lists_under("members", UserQuery, User)
    def members(self) -> None:
        """List the users who are members of a team.

        Source: ``GET /team/:id/members``.
        """


class Tokens(Service[Mode]):
    """What belongs to somebody's access to the API."""

    name: str = "tokens"
    path: str = "/token"

    @retrieves(Options, Token)
    def retrieve(self) -> None:
        """Get a token.

        Source: ``GET /token/:id``.
        """


class Users(Service[Mode]):
    """People who use PagerTree."""

    name: str = "users"
    path: str = "/user"

    @lists(UserQuery, User)
    def list(self) -> None:
        """List users.

        Source: ``GET /user``.
        """

    @finds(UserQuery, User)
    def find(self) -> None:
        """Find the one among the users whose attributes equal those given.

        Returns:
            It, or None when there is none.

        Raises:
            MultipleFoundError: Several match.

        Source: ``GET /user``.
        """

    @ensures(UserQuery, UserCreate, UserUpdate, User)
    def ensure(self) -> None:
        """Have a user there that has some attributes: find it by those named in ``by``, or create it.

        Changes only what differs, and sends no write when nothing does. Two callers at once can still both create one:
        the API has nothing to prevent it with.

        Returns:
            The user, and whether it was created, changed or left.

        Raises:
            MultipleFoundError: Several match; nothing was changed.

        Source: ``GET /user``, then ``POST /user`` or ``PUT /user/:id``.
        """

    @creates(UserCreate, User)
    def create(self) -> None:
        """Create a user.

        Source: ``POST /user``.
        """

    @retrieves(Options, User)
    def retrieve(self) -> None:
        """Get a user.

        Source: ``GET /user/:id``.
        """

    @updates(UserUpdate, User)
    def update(self) -> None:
        """Change some attributes of a user.

        Source: ``PUT /user/:id``.
        """

    @deletes(Options)
    def delete(self) -> None:
        """Delete a user.

        Source: ``DELETE /user/:id``.
        """

    @fetches_under("currentevents", Options, builtins.list[Event])
    def current_events(self) -> None:
        """Get the events on which a user is on call now.

        Source: ``GET /user/:id/currentevents``.
        """

    @acts("add-to-teams", UserTeams, User, safety=Safety.IDEMPOTENT)
    def add_to_teams(self) -> None:
        """Make a user a member of teams; where they are one already, nothing changes.

        Source: ``POST /user/:id/add-to-teams``.
        """


class Services(Generic[Mode]):
    """Every resource of API v3.

    Args:
        session: What makes the calls.
    """

    def __init__(self, session: Session[Mode]) -> None:
        self.accounts: Accounts[Mode] = Accounts(session)
        """Organizations that use PagerTree; there is no list of them."""
        self.alerts: Alerts[Mode] = Alerts(session)
        """What somebody has to see to."""
        self.automations: Automations[Mode] = Automations(session)
        """Requests that are sent to other systems when they are run."""
        self.broadcasts: Broadcasts[Mode] = Broadcasts(session)
        """Messages to many; what was sent cannot be changed."""
        self.events: Events[Mode] = Events(session)
        """Who is on call when."""
        self.incidents: Incidents[Mode] = Incidents(session)
        """Alerts that are flagged as incidents."""
        self.integrations: Integrations[Mode] = Integrations(session)
        """What connects PagerTree to the systems that send alerts."""
        self.logs: Logs[Mode] = Logs(session)
        """The history of every object; it is not rewritten."""
        self.notifications: Notifications[Mode] = Notifications(session)
        """What was sent to somebody about an alert."""
        self.routers: Routers[Mode] = Routers(session)
        """Rules by which alerts and notifications find their way."""
        self.schedules: Schedules[Mode] = Schedules(session)
        """Who is on call when, and how alerts escalate."""
        self.stakeholders: Stakeholders[Mode] = Stakeholders(session)
        """People who are kept informed."""
        self.teams: Teams[Mode] = Teams(session)
        """People who answer alerts together."""
        self.tokens: Tokens[Mode] = Tokens(session)
        """What belongs to somebody's access to the API."""
        self.users: Users[Mode] = Users(session)
        """People who use PagerTree."""

    def on_call(self) -> V3OnCall[Mode]:
        """What answers ``pagertree_async.oncall``."""
        return V3OnCall(self.schedules._session)  # pyright: ignore[reportPrivateUsage]


SERVICES: tuple[type[Service[Any]], ...] = (
    Accounts,
    Alerts,
    Automations,
    Broadcasts,
    Events,
    Incidents,
    Integrations,
    Logs,
    Notifications,
    Routers,
    Schedules,
    Stakeholders,
    Teams,
    Tokens,
    Users,
)
"""Every service, in the order of their names."""
