"""PagerTree API v4: ``AsyncPagerTree`` to await, ``PagerTree`` to call, ``AsyncEvents`` and ``Events`` to send events.

>>> from pagertree_async.v4 import PagerTree
>>> def page_the_team(team: str) -> None:
...     with PagerTree("an API key") as client:
...         client.alerts.create(title="disk full", urgency="high", destination_team_ids=[team])
"""

from pagertree_async.query import between
from pagertree_async.timezones import TIME_ZONES, rails_name, zone_info
from pagertree_async.v4.client import AsyncPagerTree, PagerTree
from pagertree_async.v4.credentials import ApiKey
from pagertree_async.v4.events import AsyncEvents, Events
from pagertree_async.v4.resources.account_users import UserAttributes
from pagertree_async.v4.resources.broadcasts import ResponseOptionAttributes
from pagertree_async.v4.resources.escalation_policies import LayerAttributes
from pagertree_async.v4.resources.users import EmailAttributes, PhoneAttributes

__all__ = [
    "TIME_ZONES",
    "ApiKey",
    "AsyncEvents",
    "AsyncPagerTree",
    "EmailAttributes",
    "Events",
    "LayerAttributes",
    "PagerTree",
    "PhoneAttributes",
    "ResponseOptionAttributes",
    "UserAttributes",
    "between",
    "rails_name",
    "zone_info",
]
