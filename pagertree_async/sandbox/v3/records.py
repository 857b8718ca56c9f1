"""The account's objects: made, found, changed and removed, each with the attributes that every object has."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pagertree_async.sandbox.errors import Refusal, not_found
from pagertree_async.sandbox.identity import iso, token_of
from pagertree_async.sandbox.store import Object, Store
from pagertree_async.sandbox.v3.resources import RESOURCES, Resource


@dataclass(frozen=True, slots=True)
class Records:
    """The objects of one account.

    Args:
        store: Where they are kept.
        clock: Gives the time in unix seconds.
        salt: What the ids depend on, beside the number of the object.
        account_id: Whose they are.
    """

    store: Store
    clock: Callable[[], float]
    salt: str
    account_id: str

    @property
    def now(self) -> int:
        """The time in whole unix seconds."""
        return int(self.clock())

    def draft(self, resource: Resource, values: Object) -> Object:
        """A new object that is not stored yet.

        Args:
            resource: What it is.
            values: Its attributes; what they leave out is filled with the resource's defaults.
        """
        number = self.store.next_number(resource.name)
        return {
            "sid": self.account_id,
            "id": f"{resource.prefix}_{token_of(self.salt, resource.name, number)}",
            "createdAt": iso(self.clock()),
            "meta": {},
            "tinyId": number,
            **resource.defaults,
            **values,
        }

    def add(self, resource: Resource, item: Object) -> Object:
        """Store a drafted object.

        Args:
            resource: What it is.
            item: The object.
        """
        self.store.insert(resource.name, [(item["tinyId"], item)])
        return item

    def new(self, name: str, /, **values: Any) -> Object:
        """Make an object and store it.

        Args:
            name: The resource's name.
            values: Its attributes.
        """
        return self.add(RESOURCES[name], self.draft(RESOURCES[name], values))

    def save(self, name: str, item: Object) -> Object:
        """Store an object that has changed.

        Args:
            name: The resource's name.
            item: The object as it is now.
        """
        item["updatedAt"] = iso(self.clock())
        self.store.replace(name, item)
        return item

    def fetch(self, name: str, item_id: str) -> Object:
        """An object of this account.

        Args:
            name: The resource's name.
            item_id: Its id.

        Raises:
            Refusal: 404, when there is none; 403, when it is another account's.
        """
        item = self.store.get(name, item_id)
        if item is None:
            message = f"The {name} '{item_id}'"
            raise not_found(message)
        if item["sid"] != self.account_id:
            message = f"You don't have access to the {name} '{item_id}'"
            raise Refusal(403, message)
        return item

    def give_token(self, owner_id: str) -> Object:
        """Let tokens be made for a user or an account: the token object says which run of them is valid.

        Args:
            owner_id: The user or the account.
        """
        return self.new("token", resource_id=owner_id, sequence=run_of_tokens(self.salt, owner_id))


def run_of_tokens(salt: str, after: str) -> str:
    """The UUID of a run of tokens.

    Args:
        salt: What it depends on, beside the rest.
        after: The UUID of the run before, or whose first one it is.
    """
    digest = hashlib.blake2b(f"{salt}/{after}".encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))
