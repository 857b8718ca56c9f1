"""The services of API v4, all of them; each stands in the file of its resource."""

# ruff: noqa: PLC0414 - what is imported "as" is there for others to import

from __future__ import annotations

from typing import Any, Generic

from pagertree_async.calling import Mode
from pagertree_async.services import Service, serve, served
from pagertree_async.session import Session
from pagertree_async.v4.oncall import V4OnCall
from pagertree_async.v4.resources.account_users import AccountUsers as AccountUsers
from pagertree_async.v4.resources.alerts import Alerts as Alerts
from pagertree_async.v4.resources.broadcasts import Broadcasts as Broadcasts
from pagertree_async.v4.resources.comments import Comments as Comments
from pagertree_async.v4.resources.escalation_policies import EscalationPolicies as EscalationPolicies
from pagertree_async.v4.resources.events import ScheduleEvents as ScheduleEvents
from pagertree_async.v4.resources.integration_types import IntegrationTypes as IntegrationTypes
from pagertree_async.v4.resources.integrations import Integrations as Integrations
from pagertree_async.v4.resources.logs import Logs as Logs
from pagertree_async.v4.resources.maintenance_windows import MaintenanceWindows as MaintenanceWindows
from pagertree_async.v4.resources.notification_rules import NotificationRules as NotificationRules
from pagertree_async.v4.resources.routers import Routers as Routers
from pagertree_async.v4.resources.schedules import Schedules as Schedules
from pagertree_async.v4.resources.teams import Teams as Teams
from pagertree_async.v4.resources.users import Users as Users


class Services(Generic[Mode]):
    """Every resource of API v4, each an attribute by its service's name."""

    account_users: AccountUsers[Mode]
    alerts: Alerts[Mode]
    broadcasts: Broadcasts[Mode]
    comments: Comments[Mode]
    escalation_policies: EscalationPolicies[Mode]
    events: ScheduleEvents[Mode]
    integration_types: IntegrationTypes[Mode]
    integrations: Integrations[Mode]
    logs: Logs[Mode]
    maintenance_windows: MaintenanceWindows[Mode]
    notification_rules: NotificationRules[Mode]
    routers: Routers[Mode]
    schedules: Schedules[Mode]
    teams: Teams[Mode]
    users: Users[Mode]

    def _serve(self, session: Session[Mode]) -> None:
        serve(self, Services, session)

    def on_call(self) -> V4OnCall[Mode]:
        """What answers ``pagertree_async.oncall``."""
        return V4OnCall(self.schedules._session)  # pyright: ignore[reportPrivateUsage]


SERVICES: tuple[type[Service[Any]], ...] = served(Services)
"""Every service, in the order of their names."""
