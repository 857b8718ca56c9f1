"""The schedule entries of API v1."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pagertree_async.sandbox.auth import password_fits
from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.pagerduty.account import SUBDOMAIN
from pagertree_async.sandbox.pagerduty.calls import Call
from pagertree_async.sandbox.pagerduty.duty import YEARS, zoned
from pagertree_async.sandbox.pagerduty.refusals import Refused
from pagertree_async.sandbox.pagerduty.rest import pieces_of

_HOSTS = ("pagerduty.com", "eu.pagerduty.com")
_FIELDS = ("start", "end", "user")


def entries(call: Call) -> Answer:
    """`GET /api/v1/schedules/:id/entries`."""
    _reached(call)
    _admit(call)
    since, until = (_bound(call, name) for name in ("since", "until"))
    if since > until or until > _three_months_after(since):
        raise Refused(400, 2005, "The range must not be longer than three months, and since not after until")
    schedule = call.account.store.get("schedules", call.id)
    if schedule is None:
        raise Refused(400, 3004, f"There is no schedule {call.id}")
    fields = [name for name in (call.one("fields") or ",".join(_FIELDS)).split(",") if name]
    if any(name not in _FIELDS for name in fields):
        raise Refused(400, 2001, f"fields must be some of {', '.join(_FIELDS)}")
    begin, end, zone = int(since.timestamp()), int(until.timestamp()), schedule["time_zone"]
    overflow, user_id = call.on("overflow"), call.one("user_id")
    found: list[dict[str, Any]] = []
    for piece in pieces_of(call, schedule, begin, end):
        if user_id in (None, piece.user_id):
            user = call.account.fetch("users", piece.user_id)
            entry = {
                "start": zoned(piece.start if overflow else max(piece.start, begin), zone),
                "end": zoned(piece.end if overflow else min(piece.end, end), zone),
                "user": {name: user[name] for name in ("id", "name", "email", "color")},
            }
            found.append({name: entry[name] for name in fields})
    echo = call.one("echo")
    return call.answer(None, {"total": len(found), "entries": found} | ({} if echo is None else {"echo": echo}))


def _reached(call: Call) -> None:
    """Refuse what goes to another account, or goes in clear, where the name of the host is PagerDuty's own."""
    where = urlsplit(call.base)
    account, _, rest = (where.hostname or "").partition(".")
    if rest not in _HOSTS:
        return
    if where.scheme != "https":
        raise Refused(400, 2009, "The schedule entries are served over HTTPS alone")
    if account != SUBDOMAIN:
        raise Refused(400, 2007, f"There is no account {account}")


def _admit(call: Call) -> None:
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name = password = ""
    users = call.account.store.find("users", "email", name) if scheme.lower() == "basic" else []
    if not any(password_fits(password, call.account.store.setting("password") or "") for _ in users):
        raise Refused(400, 2006, "The name or the password is wrong")


def _bound(call: Call, name: str) -> datetime:
    text = call.one(name)
    if not text:
        raise Refused(400, 2003, f"{name} is missing")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(400, 2004, f"{name} is not ISO 8601: {text[:40]}") from None
    if moment.year not in YEARS:
        raise Refused(400, 2004, f"{name} is too far away: {text[:40]}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _three_months_after(moment: datetime) -> datetime:
    later = moment.month + 3
    year, month = (moment.year + 1, later - 12) if later > 12 else (moment.year, later)
    first_of_next = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=moment.tzinfo)
    days = (first_of_next - datetime(year, month, 1, tzinfo=moment.tzinfo)).days
    return moment.replace(year=year, month=month, day=min(moment.day, days))
