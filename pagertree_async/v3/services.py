"""The services of API v3, all of them; each stands in the file of its resource."""

# ruff: noqa: PLC0414 - what is imported "as" is there for others to import

from __future__ import annotations

from typing import Any, Generic

from pagertree_async.calling import Mode
from pagertree_async.services import Service, serve, served
from pagertree_async.session import Session
from pagertree_async.v3.oncall import V3OnCall
from pagertree_async.v3.resources.accounts import Accounts as Accounts
from pagertree_async.v3.resources.alerts import Alerts as Alerts
from pagertree_async.v3.resources.automations import Automations as Automations
from pagertree_async.v3.resources.broadcasts import Broadcasts as Broadcasts
from pagertree_async.v3.resources.events import Events as Events
from pagertree_async.v3.resources.incidents import Incidents as Incidents
from pagertree_async.v3.resources.integrations import Integrations as Integrations
from pagertree_async.v3.resources.logs import Logs as Logs
from pagertree_async.v3.resources.notifications import Notifications as Notifications
from pagertree_async.v3.resources.routers import Routers as Routers
from pagertree_async.v3.resources.schedules import Schedules as Schedules
from pagertree_async.v3.resources.stakeholders import Stakeholders as Stakeholders
from pagertree_async.v3.resources.teams import Teams as Teams
from pagertree_async.v3.resources.tokens import Tokens as Tokens
from pagertree_async.v3.resources.users import Users as Users


class Services(Generic[Mode]):
    """Every resource of API v3, each an attribute by its service's name."""

    accounts: Accounts[Mode]
    alerts: Alerts[Mode]
    automations: Automations[Mode]
    broadcasts: Broadcasts[Mode]
    events: Events[Mode]
    incidents: Incidents[Mode]
    integrations: Integrations[Mode]
    logs: Logs[Mode]
    notifications: Notifications[Mode]
    routers: Routers[Mode]
    schedules: Schedules[Mode]
    stakeholders: Stakeholders[Mode]
    teams: Teams[Mode]
    tokens: Tokens[Mode]
    users: Users[Mode]

    def _serve(self, session: Session[Mode]) -> None:
        serve(self, Services, session)

    def on_call(self) -> V3OnCall[Mode]:
        """What answers ``pagertree_async.oncall``."""
        return V3OnCall(self.schedules._session)  # pyright: ignore[reportPrivateUsage]


SERVICES: tuple[type[Service[Any]], ...] = served(Services)
"""Every service, in the order of their names."""
