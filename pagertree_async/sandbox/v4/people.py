"""Users, and the account users that they are members of the account as."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.casting import Unfit, blank, flag, read
from pagertree_async.sandbox.v4.nested import EMAILS, PHONES, Owner
from pagertree_async.sandbox.v4.records import Records, table_of
from pagertree_async.sandbox.v4.resources import RESOURCES
from pagertree_async.sandbox.v4.zones import ZONES

ROLES = ("admin", "billing", "broadcaster", "communicator")
"""What an account user may be beside a responder."""

_COUNTRIES = {"1": "US", "33": "FR", "34": "ES", "41": "CH", "44": "GB", "46": "SE", "48": "PL", "49": "DE", "81": "JP"}
_SHOWN = ("id", "prefix_id", "name", "time_zone", "emails", "phones")


def user_values(records: Records, item: Object, body: Object) -> tuple[Object, list[str]]:
    """What a body makes of a user, and what is wrong in it.

    Args:
        records: Where the users are.
        item: The user as it is; empty when it is to be made.
        body: The user's attributes as they came.

    Raises:
        Refusal: 404, when an e-mail address or phone is to be changed that is not there.
    """
    values, wrong = read(RESOURCES["users"], item, body)
    emails: list[Object] = values.pop("emails_attributes", None) or []
    phones: list[Object] = values.pop("phones_attributes", None) or []
    email = values.pop("email", None)
    kept: list[Object] = item.get("emails") or []
    if email is not None:
        first = next((one["id"] for one in kept if one["primary"]), None)
        emails = [{"id": first, "email": email, "primary": True}, *emails]
    number = item.get("tiny_id") or records.store.next_number(table_of("users"))
    owner = Owner(records, "User", number)
    values["emails"], bad_emails = owner.written(EMAILS, kept, emails)
    values["phones"], bad_phones = owner.written(PHONES, item.get("phones") or [], phones)
    _choose_primary(values["emails"], kept)
    _choose_primary(values["phones"], item.get("phones") or [])
    for phone in values["phones"]:
        phone["country"] = _country(phone["phone"] or "")
    wrong += [*bad_emails, *bad_phones, *_wrong(records, item, {**item, **values})]
    return {name: value for name, value in values.items() if not name.startswith("notify_")}, wrong


def _wrong(records: Records, item: Object, user: Object) -> Iterator[str]:
    if blank(user.get("name")):
        yield "name can't be blank"
    if user.get("time_zone") and user["time_zone"] not in ZONES:
        yield "time_zone is not included in the list"
    if not user["emails"]:
        yield "email can't be blank"
    for one in user["emails"]:
        if blank(one["email"]):
            continue
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", one["email"]):
            yield "emails.email is invalid"
        elif (owner := owner_of(records, one["email"])) and owner["id"] != item.get("id"):
            yield "emails.email has already been taken"
    for one in user["phones"]:
        if not blank(one["phone"]) and not re.fullmatch(r"\+[1-9][0-9]{6,14}", one["phone"]):
            yield "phones.phone is invalid"


def owner_of(records: Records, email: str) -> Object | None:
    """The user who has an e-mail address, or None.

    Args:
        records: Where the users are.
        email: The address, in letters of either case.
    """
    wanted = email.casefold()
    for user in records.all("users"):
        if any(one["email"].casefold() == wanted for one in user["emails"]):
            return user
    return None


def _choose_primary(parts: list[Object], before: list[Object]) -> None:
    """One of several is the primary one: the one newly said to be, else the one that was, else the first."""
    was = {one["id"] for one in before if one["primary"]}
    chosen = [one for one in parts if one["primary"]]
    wanted = next((one for one in chosen if one["id"] not in was), None) or next(iter([*chosen, *parts]), None)
    for one in parts:
        one["primary"] = one is wanted


def _country(phone: str) -> str | None:
    return next((_COUNTRIES[phone[1:end]] for end in (2, 3) if phone[1:end] in _COUNTRIES), None)


def shown(user: Object) -> Object:
    """A user as its account user shows it.

    Args:
        user: The user.
    """
    return {name: user[name] for name in _SHOWN}


def save_user(records: Records, user: Object) -> Object:
    """Store a user that has changed, and show it so wherever it is shown.

    Args:
        records: Where.
        user: The user as it is now.
    """
    records.save("users", user)
    for member in members_who_are(records, user["id"]):
        records.save("account_users", {**member, "user": shown(user)})
    return user


def members_who_are(records: Records, user_id: str) -> list[Object]:
    """The account users that a user is: one, or none.

    Args:
        records: Where they are.
        user_id: The user.
    """
    return records.store.find(table_of("account_users"), "user.id", user_id)


def roles(kept: Object | None, given: object) -> tuple[Object, list[str]]:
    """An account user's roles, and what is wrong in what was given.

    Args:
        kept: Those there are.
        given: Those to set; others stay as they are.
    """
    found = dict.fromkeys(ROLES, False) | (kept or {})
    for name, value in cast("Object", given or {}).items():
        if name in ROLES:
            try:
                found[name] = flag(value)
            except Unfit as error:
                return found, [f"roles.{name} {error}"]
    return found, []


def join_teams(records: Records, person_id: str, team_ids: list[str]) -> None:
    """Make an account user a member of some teams and of no others.

    Args:
        records: Where the teams are.
        person_id: The account user.
        team_ids: The teams.
    """
    for team in records.all("teams"):
        members: list[str] = team["member_account_user_ids"]
        if (team["id"] in team_ids) != (person_id in members):
            kept = [one for one in members if one != person_id]
            joined = [*kept, person_id] if team["id"] in team_ids else kept
            records.save("teams", {**team, "member_account_user_ids": joined})
