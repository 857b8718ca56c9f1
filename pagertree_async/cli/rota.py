"""What the ``oncall`` commands do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from pagertree_async import oncall
from pagertree_async.calling import Blocking
from pagertree_async.cli import connect, options, timeline
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.oncall import DAYS
from pagertree_async.cli.output import Format, draw, grid, note, one_line
from pagertree_async.cli.values import PLAIN
from pagertree_async.cli.wires import NotSentError
from pagertree_async.errors import InvalidIdError, NotFoundError
from pagertree_async.oncall import ALWAYS, FOREVER, Gap, Provider, Shift

T = TypeVar("T")
FORM = "%a %Y-%m-%d %H:%M"


def now(*, schedule_or_team: str, zone: str, **given: Any) -> None:
    """Print who is on call now."""
    shown = _zone(zone)
    found = _asked(given, schedule_or_team, oncall.now)
    if found is None:
        return
    form = options.out(given).form
    if form is not Format.TABLE:
        _rows([_shift(one) for one in found], SHIFT, form)
        return
    table = grid("layer", "name", "email", "from", "until", "schedule")
    for one in found:
        who = one_line(one.user.name or one.user.id)
        bounds = _moment(one.start, shown), _moment(one.end, shown)
        table.add_row(str(one.layer), who, one_line(one.user.email or ""), *bounds, one_line(one.schedule or ""))
    if found:
        draw(table, sys.stdout)
    else:
        note("nobody is on call")


def entries(
    *,
    schedule: str,
    since: str | None,
    until: str | None,
    overflow: bool,
    user: str | None,
    zone: str,
    **given: Any,
) -> None:
    """Print who is on call when."""
    shown, (start, end) = _zone(zone), _bounds(since, until)

    def ask(client: Provider[Blocking], of: str) -> list[Shift]:
        return oncall.entries(client, of, start, end, overflow=overflow, user=user)

    found = _asked(given, schedule, ask)
    if found is None:
        return
    form = options.out(given).form
    if form is not Format.TABLE:
        _rows([_shift(one) for one in found], SHIFT, form)
    else:
        timeline.draw_shifts(found, start, end, shown, sys.stdout)


def gaps(*, schedule: str, since: str | None, until: str | None, layer: int | None, zone: str, **given: Any) -> None:
    """Print when nobody is on call."""
    shown, (start, end) = _zone(zone), _bounds(since, until)

    def ask(client: Provider[Blocking], of: str) -> list[Gap]:
        return oncall.gaps(client, of, start, end, layer=layer)

    found = _asked(given, schedule, ask)
    if found is None:
        return
    form = options.out(given).form
    if form is not Format.TABLE:
        _rows([{"start": _sent(one.start), "end": _sent(one.end)} for one in found], ("start", "end"), form)
        return
    table = grid("from", "until", "hours")
    for one in found:
        hours = f"{(one.end - one.start) / timedelta(hours=1):.1f}"
        table.add_row(_moment(one.start, shown), _moment(one.end, shown), hours)
    if found:
        draw(table, sys.stdout)
    else:
        note("somebody is on call all the time")


def _asked(given: dict[str, Any], of: str, ask: Callable[[Any, str], list[T]]) -> list[T] | None:
    """What a client answers about a schedule or a team, given by id or by name; None for a dry run.

    Raises:
        CommandError: There is none of this id or name.
    """
    with connect.provider(options.target(given)) as client:
        try:
            try:
                return ask(client, of)
            except (NotFoundError, InvalidIdError):
                return ask(client, _named(client, of))
        except NotSentError:
            return None


def _named(client: Any, name: str) -> str:
    """The id of the schedule or the team of a name.

    Raises:
        CommandError: There is none, or several.
    """
    for resource in ("schedules", "teams"):
        if hasattr(client, "dict_all"):
            rows = client.list_all(resource, params={"query": name})
            found = [row["id"] for row in rows if row["name"] == name]
        else:
            listing = getattr(client, resource).list(name=name)
            found = [one.id for one in listing if one.name == name]
        if len(found) > 1:
            message = f"several {resource} are called {name!r}: {', '.join(found[:5])}"
            raise CommandError(message, Exit.REFUSED)
        if found:
            return str(found[0])
    message = f"there is no schedule or team {name!r}, neither by id nor by name"
    raise CommandError(message, Exit.NOT_FOUND)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        message = f"--zone: there is no time zone {name!r}"
        raise CommandError(message, hint="Write it as Europe/Berlin") from None


def _bounds(since: str | None, until: str | None) -> tuple[datetime, datetime]:
    read = PLAIN[datetime]
    start = datetime.now(UTC).replace(second=0, microsecond=0) if since is None else read.of("--since", since)
    return start, start + timedelta(days=DAYS) if until is None else read.of("--until", until)


SHIFT = ("start", "end", "user_id", "user_name", "user_email", "layer", "schedule")


def _shift(one: Shift) -> dict[str, Any]:
    who = {"user_id": str(one.user.id), "user_name": one.user.name, "user_email": one.user.email}
    bounds = {"start": _sent(one.start), "end": _sent(one.end)}
    return {**bounds, **who, "layer": one.layer, "schedule": None if one.schedule is None else str(one.schedule)}


def _sent(moment: datetime) -> str | None:
    """A moment for a program, None for one that never comes or never was."""
    if moment in {ALWAYS, FOREVER}:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return "always" if moment in {ALWAYS, FOREVER} else f"{moment.astimezone(zone):{FORM}}"


def _rows(rows: Sequence[dict[str, Any]], names: Sequence[str], form: Format) -> None:
    if form is Format.JSON:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n")
    elif form is Format.CSV:
        import csv

        writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        sys.stdout.writelines(msgspec.json.encode(row).decode() + "\n" for row in rows)
