"""Lists: filters by either id, free search, and those of one object's own."""

from __future__ import annotations

from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.listing import Listing, answer, listing
from pagertree_async.sandbox.v4.calls import Call
from pagertree_async.sandbox.v4.records import Records, table_of
from pagertree_async.sandbox.v4.resources import RESOURCES, Field, Resource

# Where an alert or a broadcast says whose it is, and where it goes: by which resources' names it is found.
_NAMED = ("source_id", "destination_team_ids", "destination_router_ids", "destination_account_user_ids")

# A text at some place, or one of those below it; ids are no words.
_WORD = (
    "EXISTS (SELECT 1 FROM json_tree(body, ?) WHERE type = 'text' AND key IS NOT 'id' AND instr(folded(atom), ?) > 0)"
)


def listed(call: Call, name: str, sql: str = "", *values: str) -> Answer:
    """One page of what a list's query asks for.

    Args:
        call: The request.
        name: What is listed.
        sql: The condition that the list's objects fulfil, or nothing.
        values: What its placeholders stand for.

    Raises:
        Refusal: 400, with what is wrong in the query.
    """
    resource = RESOURCES[name]
    query = {attribute: _known(call.records, resource, attribute, value) for attribute, value in call.query.items()}
    asked = listing(query, resource.kinds, resource.words)
    for word in query.get("q", "").split():
        asked = _holding(call.records, resource, asked, word)
    if sql:
        asked = asked.among(sql, *values)
    return Answer(answer(call.records.store, table_of(name), asked))


def _known(records: Records, resource: Resource, attribute: str, value: str) -> str:
    """A filter's value in the form in which objects have it: the id in the place of the other, true in the place of 1."""
    known: Field | None
    if attribute == "id":
        known = Field("text", (resource.name,))
    elif attribute == "integration_type_id":
        known = resource.permitted.get(attribute)
    else:
        known = resource.fields.get(attribute)
    if known is not None and known.shape == "bool":
        return {"1": "true", "0": "false"}.get(value, value)
    if known is None or not known.to:
        return value
    found = records.which(known.to, value)
    return value if found is None else found[1]


def _holding(records: Records, resource: Resource, asked: Listing, word: str) -> Listing:
    """Of a listing only what has a word in it, whatever its case."""
    sought = word.casefold()
    wheres = [_WORD for _ in resource.searched]
    values = [value for name in resource.searched for value in (_path(name), sought)]
    for attribute in _NAMED:
        known = resource.fields.get(attribute)
        ids = [one for name in known.to for one in _called(records, name, sought)] if known is not None else []
        if ids:
            wheres.append(f"EXISTS (SELECT 1 FROM json_each(body, ?) WHERE value IN ({','.join('?' * len(ids))}))")  # noqa: S608 - placeholders only
            values += [_path(attribute), *ids]
    return asked.among(f"({' OR '.join(wheres)})", *values)


def _path(name: str) -> str:
    return f"$.{name}"


def _called(records: Records, name: str, sought: str) -> list[str]:
    """The objects whose name has a word in it."""
    items = records.all(name)
    return [item["id"] for item in items if sought in (item.get("user") or item)["name"].casefold()]
