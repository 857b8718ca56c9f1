"""Escalation policies: who is asked after whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import UNSET, UnsetType, field

from pagertree_async.ensure import ensures
from pagertree_async.models import Part
from pagertree_async.params import Options, Ref, RefFilter
from pagertree_async.query import Filter
from pagertree_async.services import Mode, Service, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.v4.resources.common import READING, Attributes, ListQuery, Resource


class EscalationLayer(Part, frozen=True):
    """A step of an escalation policy.

    Attributes:
        layer: Its number, from 1.
        timeout: How long it has until the next is asked, in units of ``timeout_unit``.
    """

    account_id: str | None = None
    id: str | None = None
    prefix_id: str | None = None
    layer: int | None = None
    timeout: int | None = None
    timeout_unit: str | None = None
    color_hex: str | None = None


class EscalationPolicy(Resource, frozen=True):
    """Who is asked after whom.

    Attributes:
        repeat: How often the layers are gone through again before an alert is dropped.
        reassign_team_ids: The teams that get the alert after that.
        reassign_account_user_ids: The account users who get the alert after that.
        team_ids: The teams that use it.
    """

    name: str | None = None
    repeat: int | None = None
    reassign_team_ids: list[str] | None = None
    reassign_account_user_ids: list[str] | None = None
    team_ids: list[str] | None = None
    escalation_layers: list[EscalationLayer] | None = None


class LayerAttributes(Attributes, kw_only=True):
    """A step of an escalation policy.

    Args:
        layer: Its number, from 1.
        timeout: How long it has until the next is asked, in units of ``timeout_unit``.
        timeout_unit: The unit, such as ``minutes``.
        color_hex: The colour it is shown in.
        id: The id of the one to change.
        destroy: True removes it.
    """

    layer: int | UnsetType = UNSET
    timeout: int | UnsetType = UNSET
    timeout_unit: str | UnsetType = UNSET
    color_hex: str | UnsetType = UNSET
    id: Ref | UnsetType = UNSET
    destroy: bool | UnsetType = field(name="_destroy", default=UNSET)


if TYPE_CHECKING:
    LayerLike: TypeAlias = LayerAttributes | Mapping[str, Any]
else:
    LayerLike = LayerAttributes


class EscalationPolicyCreate(Options, kw_only=True):
    """What an escalation policy is made of.

    Args:
        name: What people call it.
        repeat: How often the layers are gone through again before an alert is dropped.
        reassign_team_ids: The teams that get an alert when the last layer is through.
        reassign_account_user_ids: The account users who get an alert when the last layer is through.
        team_ids: The teams.
        escalation_layers_attributes: The steps; one with an id is changed, or removed with ``destroy``.
        meta: Free-form data.
    """

    name: str
    repeat: int | UnsetType = UNSET
    reassign_team_ids: Sequence[Ref] | UnsetType = UNSET
    reassign_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    team_ids: Sequence[Ref] | UnsetType = UNSET
    escalation_layers_attributes: Sequence[LayerLike] | UnsetType = UNSET
    meta: Mapping[str, Any] | UnsetType = UNSET


class EscalationPolicyUpdate(Options, kw_only=True):
    """What an escalation policy is changed to.

    Args:
        name: What people call it.
        repeat: How often the layers are gone through again before an alert is dropped.
        reassign_team_ids: The teams that get an alert when the last layer is through.
        reassign_account_user_ids: The account users who get an alert when the last layer is through.
        team_ids: The teams.
        escalation_layers_attributes: The steps; one with an id is changed, or removed with ``destroy``.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    repeat: int | UnsetType = UNSET
    reassign_team_ids: Sequence[Ref] | UnsetType = UNSET
    reassign_account_user_ids: Sequence[Ref] | UnsetType = UNSET
    team_ids: Sequence[Ref] | UnsetType = UNSET
    escalation_layers_attributes: Sequence[LayerLike] | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class EscalationPolicyQuery(ListQuery, kw_only=True):
    """What escalation policies can be listed by.

    Args:
        name: Its name.
        repeat: How often the layers are gone through again.
        reassign_team_ids: One of the teams that get an alert in the end.
        reassign_account_user_ids: One of the account users who get an alert in the end.
        team_ids: One of its teams.
    """

    name: Filter[str] = UNSET
    repeat: Filter[int] = UNSET
    reassign_team_ids: RefFilter = UNSET
    reassign_account_user_ids: RefFilter = UNSET
    team_ids: RefFilter = UNSET


class EscalationPolicies(Service[Mode], name="escalation_policies", path="/escalation_policies"):
    """Who is asked after whom."""

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

    @ensures(
        EscalationPolicyQuery,
        EscalationPolicyCreate,
        EscalationPolicyUpdate,
        EscalationPolicy,
        reading=READING,
        parts={"escalation_layers_attributes": ("escalation_layers", "layer")},
    )
    def ensure(self) -> None:
        """Create an escalation policy, or leave the one that is there, changed where it differs.

        Where steps are given they are all that it has afterwards, told apart by their numbers.

        Returns:
            The escalation policy as it is now, and what that took.

        Raises:
            MultipleFoundError: Several have the attributes to find by.

        Source: ``GET, POST and PUT /escalation_policies``.
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
