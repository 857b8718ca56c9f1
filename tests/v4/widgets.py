"""Widgets: what nobody has heard of, in the file that somebody would write who adds them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from pagertree_async.params import Options, Query, Ref
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, acts, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.v4.resources.common import Resource


class Widget(Resource, frozen=True):
    """Something that nobody has heard of."""

    name: str | None = None
    colour: str | None = None


class WidgetCreate(Options, kw_only=True):
    """What a widget is made of.

    Args:
        name: What people call it.
        team_ids: The teams that have it.
    """

    name: str
    team_ids: Sequence[Ref] | UnsetType = UNSET


class WidgetUpdate(Options, kw_only=True):
    """What a widget is changed to.

    Args:
        name: What people call it.
    """

    name: str | UnsetType = UNSET


class WidgetQuery(Query, kw_only=True):
    """What widgets can be listed by.

    Args:
        name: Its name.
    """

    name: Filter[str] = UNSET


class Widgets(Service[Mode], name="widgets", path="/widgets"):
    """What nobody has heard of."""

    list = lists(WidgetQuery, Widget)("List widgets.")
    find = finds(WidgetQuery, Widget)("Find the one among the widgets whose attributes equal those given.")
    create = creates(WidgetCreate, Widget)("Create a widget.")
    retrieve = retrieves(Options, Widget)("Get a widget.")
    update = updates(WidgetUpdate, Widget)("Change some attributes of a widget.")
    delete = deletes(Options)("Delete a widget.")
    polish = acts("polish", Options, Widget)("Polish a widget.")
