"""The objects of API v4 by name; each stands in the file of its resource."""

from pagertree_async.v4.resources.account_users import AccountUser, Profile, Roles
from pagertree_async.v4.resources.alerts import Alert, AlertStatus, Severity
from pagertree_async.v4.resources.broadcasts import Broadcast, BroadcastResponse, BroadcastStatus, ResponseOption
from pagertree_async.v4.resources.comments import Comment
from pagertree_async.v4.resources.common import Resource, Urgency
from pagertree_async.v4.resources.escalation_policies import EscalationLayer, EscalationPolicy
from pagertree_async.v4.resources.events import Event, EventAttendee, EventException, FrequencyUnit, OnCall
from pagertree_async.v4.resources.integration_types import IntegrationType
from pagertree_async.v4.resources.integrations import Integration
from pagertree_async.v4.resources.logs import Log, LogDetails
from pagertree_async.v4.resources.maintenance_windows import MaintenanceWindow
from pagertree_async.v4.resources.notification_rules import NotificationRule
from pagertree_async.v4.resources.routers import Router
from pagertree_async.v4.resources.schedules import Schedule
from pagertree_async.v4.resources.teams import Notify, Team
from pagertree_async.v4.resources.users import Email, Phone, User

__all__ = [
    "AccountUser",
    "Alert",
    "AlertStatus",
    "Broadcast",
    "BroadcastResponse",
    "BroadcastStatus",
    "Comment",
    "Email",
    "EscalationLayer",
    "EscalationPolicy",
    "Event",
    "EventAttendee",
    "EventException",
    "FrequencyUnit",
    "Integration",
    "IntegrationType",
    "Log",
    "LogDetails",
    "MaintenanceWindow",
    "NotificationRule",
    "Notify",
    "OnCall",
    "Phone",
    "Profile",
    "Resource",
    "ResponseOption",
    "Roles",
    "Router",
    "Schedule",
    "Severity",
    "Team",
    "Urgency",
    "User",
]
