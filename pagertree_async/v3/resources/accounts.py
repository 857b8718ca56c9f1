"""Accounts: organizations that use PagerTree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from pagertree_async.models import Json, Part, UnixTime
from pagertree_async.params import JsonObject, Options, Ref, UnixSeconds
from pagertree_async.services import Mode, Service, deletes, retrieves, updates
from pagertree_async.v3.resources.common import Resource


class SSO(Part, frozen=True):
    """How people sign in to an account through their own identity provider."""

    enabled: bool | None = None
    type: str | None = None
    saml_url: str | None = None
    issuer_url: str | None = None
    saml_x509: str | None = None
    tenant_id: str | None = None


class NotificationTemplate(Part, frozen=True):
    """What notifications of one kind say, on each channel."""

    push: str | Json | None = None
    email: str | Json | None = None
    sms: str | Json | None = None
    voice: str | Json | None = None


class Account(Resource, frozen=True):
    """An organization that uses PagerTree.

    Attributes:
        token_id: The token that its API calls are made with.
        hippanotifications: Whether notifications leave out what health privacy rules protect.
        setup_complete: When it was set up.
        notification_templates: The templates by ``type_subtype``, such as ``alert_page``.

    Source: the account object.
    """

    active: bool | None = None
    name: str | None = None
    token_id: str | None = None
    hippanotifications: bool | None = None
    setup_complete: UnixTime | None = None
    stripe_customer_id: str | None = None
    stripe_customer: Json | None = None
    stripe_subscription: Json | None = None
    stripe: Json | None = None
    sso: SSO | None = None
    notification_templates: dict[str, NotificationTemplate] | None = None


class AccountUpdate(Options, kw_only=True):
    """What an account is changed to, None clearing an attribute.

    Args:
        name: What people call it.
        active: Whether it is in use.
        token_id: The token that its API calls are made with.
        hippanotifications: Whether notifications leave out what health privacy rules protect.
        setup_complete: When it was set up.
        sso: How people sign in through their own identity provider.
        notification_templates: The templates by ``type_subtype``, each with ``push``, ``email``, ``sms`` and ``voice``.
        meta: Free-form data.
    """

    name: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    token_id: Ref | None | UnsetType = UNSET
    hippanotifications: bool | UnsetType = UNSET
    setup_complete: UnixSeconds | None | UnsetType = UNSET
    sso: JsonObject | None | UnsetType = UNSET
    notification_templates: Mapping[str, Any] | None | UnsetType = UNSET
    meta: Mapping[str, Any] | None | UnsetType = UNSET


class Accounts(Service[Mode], name="accounts", path="/account"):
    """Organizations that use PagerTree; there is no list of them."""

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
