"""The services of API v4, all of them; each stands in the file of its resource."""

from __future__ import annotations

from typing import Any, Generic

from pagertree_async.calling import Mode
from pagertree_async.services import Service
from pagertree_async.session import Session
from pagertree_async.v4.oncall import V4OnCall
from pagertree_async.v4.resources.account_users import AccountUsers
from pagertree_async.v4.resources.alerts import Alerts
from pagertree_async.v4.resources.broadcasts import Broadcasts
from pagertree_async.v4.resources.comments import Comments
from pagertree_async.v4.resources.escalation_policies import EscalationPolicies
from pagertree_async.v4.resources.events import ScheduleEvents
from pagertree_async.v4.resources.integration_types import IntegrationTypes
from pagertree_async.v4.resources.integrations import Integrations
from pagertree_async.v4.resources.logs import Logs
from pagertree_async.v4.resources.maintenance_windows import MaintenanceWindows
from pagertree_async.v4.resources.notification_rules import NotificationRules
from pagertree_async.v4.resources.routers import Routers
from pagertree_async.v4.resources.schedules import Schedules
from pagertree_async.v4.resources.teams import Teams
from pagertree_async.v4.resources.users import Users

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


class Services(Generic[Mode]):
    """Every resource of API v4."""

    def _serve(self, session: Session[Mode]) -> None:
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
