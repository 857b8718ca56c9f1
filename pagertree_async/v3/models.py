"""The objects of API v3 by name; each stands in the file of its resource."""

from pagertree_async.v3.resources.accounts import SSO, Account, NotificationTemplate
from pagertree_async.v3.resources.alerts import Alert, AlertStatus, AlertSubtype, Severity
from pagertree_async.v3.resources.automations import Automation
from pagertree_async.v3.resources.broadcasts import Broadcast
from pagertree_async.v3.resources.common import Direction, Resource, Urgency
from pagertree_async.v3.resources.events import Event, EventException, FrequencyUnit, NextOccurrence
from pagertree_async.v3.resources.incidents import Incident
from pagertree_async.v3.resources.integrations import Integration
from pagertree_async.v3.resources.logs import Log
from pagertree_async.v3.resources.notifications import Channel, Notification
from pagertree_async.v3.resources.routers import Router, RouterType
from pagertree_async.v3.resources.schedules import Schedule, ScheduleRule
from pagertree_async.v3.resources.stakeholders import Stakeholder, StakeholderEvents
from pagertree_async.v3.resources.teams import Team
from pagertree_async.v3.resources.tokens import Token
from pagertree_async.v3.resources.users import Preferences, Roles, User

__all__ = [
    "SSO",
    "Account",
    "Alert",
    "AlertStatus",
    "AlertSubtype",
    "Automation",
    "Broadcast",
    "Channel",
    "Direction",
    "Event",
    "EventException",
    "FrequencyUnit",
    "Incident",
    "Integration",
    "Log",
    "NextOccurrence",
    "Notification",
    "NotificationTemplate",
    "Preferences",
    "Resource",
    "Roles",
    "Router",
    "RouterType",
    "Schedule",
    "ScheduleRule",
    "Severity",
    "Stakeholder",
    "StakeholderEvents",
    "Team",
    "Token",
    "Urgency",
    "User",
]
