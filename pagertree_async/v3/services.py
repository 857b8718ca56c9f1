"""The services of API v3, all of them; each stands in the file of its resource."""

from __future__ import annotations

from typing import Any, Generic

from pagertree_async.calling import Mode
from pagertree_async.services import Service
from pagertree_async.session import Session
from pagertree_async.v3.oncall import V3OnCall
from pagertree_async.v3.resources.accounts import Accounts
from pagertree_async.v3.resources.alerts import Alerts
from pagertree_async.v3.resources.automations import Automations
from pagertree_async.v3.resources.broadcasts import Broadcasts
from pagertree_async.v3.resources.events import Events
from pagertree_async.v3.resources.incidents import Incidents
from pagertree_async.v3.resources.integrations import Integrations
from pagertree_async.v3.resources.logs import Logs
from pagertree_async.v3.resources.notifications import Notifications
from pagertree_async.v3.resources.routers import Routers
from pagertree_async.v3.resources.schedules import Schedules
from pagertree_async.v3.resources.stakeholders import Stakeholders
from pagertree_async.v3.resources.teams import Teams
from pagertree_async.v3.resources.tokens import Tokens
from pagertree_async.v3.resources.users import Users

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


class Services(Generic[Mode]):
    """Every resource of API v3."""

    def _serve(self, session: Session[Mode]) -> None:
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
