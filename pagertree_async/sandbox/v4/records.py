"""The account's objects: made, found, changed and removed, each with the attributes that every object has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.store import Object, Store
from pagertree_async.sandbox.v4.ids import prefix_id, ulid
from pagertree_async.sandbox.v4.resources import RESOURCES, Resource


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
    def now(self) -> str:
        """The time as the API writes it."""
        return iso(self.clock())

    def drafted(self, resource: Resource, number: int, moment: float, values: Object) -> Object:
        """An object that is not stored yet.

        Args:
            resource: What it is.
            number: Its number among those of its kind.
            moment: When it is made, in unix seconds.
            values: Its attributes; what they leave out is filled with the resource's defaults.
        """
        made = iso(moment)
        return {
            "account_id": self.account_id,
            "id": ulid(moment, self.salt, resource.name, number),
            "prefix_id": prefix_id(resource.prefix, self.salt, resource.name, number),
            "tiny_id": number,
            "created_at": made,
            "updated_at": made,
            "meta": {},
            **dict.fromkeys(resource.fields),
            **resource.defaults,
            **values,
        }

    def draft(self, name: str, values: Object) -> Object:
        """A new object that is not stored yet.

        Args:
            name: The resource's name.
            values: Its attributes.
        """
        resource = RESOURCES[name]
        return self.drafted(resource, self.store.next_number(resource.table.name), self.clock(), values)

    def add(self, name: str, item: Object) -> Object:
        """Store a drafted object.

        Args:
            name: The resource's name.
            item: The object.
        """
        self.store.insert(table_of(name), [(item["tiny_id"], item)])
        return item

    def new(self, name: str, /, **values: Any) -> Object:
        """Make an object and store it.

        Args:
            name: The resource's name.
            values: Its attributes.
        """
        return self.add(name, self.draft(name, values))

    def save(self, name: str, item: Object) -> Object:
        """Store an object that has changed.

        Args:
            name: The resource's name.
            item: The object as it is now.
        """
        item["updated_at"] = self.now
        self.store.replace(table_of(name), item)
        return item

    def delete(self, name: str, item_id: str) -> None:
        """Remove an object.

        Args:
            name: The resource's name.
            item_id: Its id.
        """
        self.store.delete(table_of(name), item_id)

    def all(self, name: str) -> list[Object]:
        """Every object of a resource, in the order of creation.

        Args:
            name: The resource's name.
        """
        return self.store.all(table_of(name))

    def get(self, name: str, item_id: str | None) -> Object | None:
        """An object, or None.

        Args:
            name: The resource's name.
            item_id: Either of its ids; None for none.
        """
        if item_id is None:
            return None
        found = self.store.get(table_of(name), item_id)
        return found or next(iter(self.store.find(table_of(name), "prefix_id", item_id)), None)

    def fetch(self, name: str, item_id: str) -> Object:
        """An object that must be there.

        Args:
            name: The resource's name.
            item_id: Either of its ids.

        Raises:
            Refusal: 404, when there is none.
        """
        item = self.get(name, item_id)
        if item is None:
            message = f"Couldn't find {RESOURCES[name].model} with 'id'={item_id}"
            raise Refusal(404, message)
        return item

    def which(self, names: Iterable[str], item_id: str) -> tuple[str, str] | None:
        """Which object an id belongs to.

        Args:
            names: The resources it may belong to.
            item_id: Either of its ids.

        Returns:
            The resource's name and the object's id, or None when there is no such object.
        """
        for name in names:
            if self.store.has(table_of(name), item_id):
                return name, item_id
            for item in self.store.find(table_of(name), "prefix_id", item_id):
                return name, item["id"]
        return None

    def note(self, owner: Object, owner_type: str, message: str, level: str = "info") -> Object:
        """Write down what happened to an object.

        Args:
            owner: The object.
            owner_type: What the vendor calls one of its kind.
            message: What happened, in a sentence.
            level: How much it matters.
        """
        return self.new("logs", **log(owner["id"], owner_type, message, level))


def log(owner_id: str, owner_type: str, message: str, level: str = "info") -> Object:
    """What a log says.

    Args:
        owner_id: The object it is about.
        owner_type: What the vendor calls one of its kind.
        message: What happened, in a sentence.
        level: How much it matters.
    """
    return {
        "format": "text",
        "level": level,
        "owner_id": owner_id,
        "owner_type": owner_type,
        "details": {"message": message, "sublogs": []},
    }


def table_of(name: str) -> str:
    """The table of a resource.

    Args:
        name: The resource's name.
    """
    return f"v4_{name}"
