"""What the ``oncall`` commands do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from rich.cells import cell_len

from pagertree_async import oncall
from pagertree_async.calling import Blocking
from pagertree_async.cli import clients, options, timeline
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.members import MEMBERS
from pagertree_async.cli.nearest import asked
from pagertree_async.cli.oncall import DAYS
from pagertree_async.cli.output import Format, draw, fit, grid, is_terminal, note, one_line
from pagertree_async.cli.values import PLAIN
from pagertree_async.cli.wires import NotSentError
from pagertree_async.errors import InvalidIdError, NotFoundError
from pagertree_async.oncall import ALWAYS, FOREVER, Gap, Provider, Shift
from pagertree_async.timezones import near_zone

T = TypeVar("T")
SCHEDULES, TEAMS = "schedules", "teams"
RESOURCES = (SCHEDULES, TEAMS)
"""What may be named."""
FORM = "%a %Y-%m-%d %H:%M"


def now(*, schedule_or_team: str, zone: str, **given: Any) -> None:
    """Print who is on call now."""
    shown = _zone(zone)

    def ask(client: Provider[Blocking], of: str) -> list[Shift]:
        return oncall.now(client, of)

    found = _asked(given, schedule_or_team, ask, named)
    if found is None:
        return
    form = options.out(given).form
    if form is not Format.TABLE:
        _rows([_shift(one) for one in found], SHIFT, form)
        return
    rows = [
        (
            str(one.layer),
            one_line(one.user.name or one.user.id),
            _moment(one.end, shown),
            one_line(one.user.email or ""),
            _moment(one.start, shown),
            one_line(one.schedule or ""),
        )
        for one in found
    ]
    _table(("layer", "name", "until", "email", "from", "schedule"), rows, shown, "nobody is on call")


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
        who = None if user is None else person(client, user)
        return oncall.entries(client, of, start, end, overflow=overflow, user=who)

    found = _asked(given, schedule, ask, scheduled)
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

    found = _asked(given, schedule, ask, scheduled)
    if found is None:
        return
    form = options.out(given).form
    if form is not Format.TABLE:
        _rows([{"start": _sent(one.start), "end": _sent(one.end)} for one in found], ("start", "end"), form)
        return
    rows = [
        (
            _moment(one.start, shown),
            _moment(one.end, shown),
            f"{(one.end - one.start) / timedelta(hours=1):.1f}",
        )
        for one in found
    ]
    _table(("from", "until", "hours"), rows, shown, "somebody is on call all the time")


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], zone: ZoneInfo, none: str) -> None:
    """Print what matters most in as many whole columns as there is room for, and whose clock it goes by.

    A column in which no row has anything is left out.
    """
    if not rows:
        note(none)
        return
    columns = [(heading, cells) for heading, *cells in zip(headings, *rows, strict=True) if any(cells)]
    table = grid(*(heading for heading, _ in columns))
    for row in zip(*(cells for _, cells in columns), strict=True):
        table.add_row(*row)
    for column, (heading, cells) in zip(table.columns, columns, strict=True):
        column.no_wrap = True
        column.min_width = max(len(heading), *map(cell_len, cells))
    if is_terminal(sys.stdout):
        fit(table)
    draw(table, sys.stdout)
    sys.stdout.write(f"Times are those of {zone.key}.\n")


def _asked(
    given: dict[str, Any], of: str, ask: Callable[[Any, str], list[T]], meant: Callable[[Any, str], str]
) -> list[T] | None:
    """What a client answers about what is given by id, or by what ``meant`` makes an id of; None for a dry run.

    Raises:
        CommandError: There is none of this id or name.
    """
    with clients.provider(options.target(given)) as client:
        try:
            try:
                return ask(client, of)
            except (NotFoundError, InvalidIdError):
                return ask(client, meant(client, of))
        except NotSentError:
            return None


def named(client: Any, name: str) -> str:
    """The id of the schedule or the team of a name.

    Args:
        client: A client of any API.
        name: The name.

    Raises:
        CommandError: There is none, or several.
    """
    for resource in RESOURCES:
        if found := _one(client, resource, name):
            return found
    raise _missing(client, name)


def scheduled(client: Any, name: str) -> str:
    """The id of the schedule of a name, or of the team of a name or an id.

    Args:
        client: A client of any API.
        name: The name, or the id of a team.

    Raises:
        CommandError: There is none, or several, or it is a team without a schedule of its own.
    """
    if found := _one(client, SCHEDULES, name):
        return found
    team = _one(client, TEAMS, name)
    if duty := hasattr(client, "dict_all"):
        schedule = None
    else:
        try:
            schedule = client.teams.retrieve(team or name).schedule_id
        except (NotFoundError, InvalidIdError):
            raise _missing(client, name) from None
    if schedule is not None:
        return str(schedule)
    if team is None and duty:
        raise _missing(client, name)
    message = f"{name!r} is a team{', and in PagerDuty teams have no schedules' if duty else ' without a schedule'}"
    hint = "Name one of its schedules; pagertree-async oncall now shows them, of a team"
    raise CommandError(message, Exit.NOT_FOUND, hint=hint)


def person(client: Any, given: str) -> str:
    """The id of the user who is given by id, name or e-mail.

    Args:
        client: A client of any API.
        given: How the user is given.

    Raises:
        CommandError: There is none, or several.
    """
    known = _people(client, given)
    if isinstance(known, str):
        return known
    wanted = given.casefold()
    found = [key for key, *calls in known if wanted in {str(one).casefold() for one in calls}]
    if len(found) == 1:
        return found[0]
    if found:
        message = f"--user: several are called {given!r}: {', '.join(found[:5])}"
        raise CommandError(message, Exit.REFUSED, hint="Give the id")
    near = asked(given, [one for _, *calls in known for one in calls if one])
    message = f"--user: there is no user {given!r}{near or ', neither by id nor by name or e-mail'}"
    raise CommandError(message, Exit.NOT_FOUND, hint=_list_of(client, _kind(client)))


def _kind(client: Any) -> str:
    """The resource of those who are on call."""
    return MEMBERS if hasattr(client, MEMBERS) else "users"


def _list_of(client: Any, *resources: str) -> str:
    """Where it is seen what there is; nothing of PagerDuty, of whose lists there are no commands."""
    if hasattr(client, "dict_all"):
        return ""
    return f"pagertree-async {', or '.join(f'{one} list' for one in resources)}".replace("_", "-")


def _people(client: Any, given: str) -> str | list[tuple[str, str | None, str | None]]:
    """The id of the user of an id, or else of all the ids, names and e-mails."""
    if hasattr(client, "dict_all"):
        rows = client.list_all("users")
        return next(
            (row["id"] for row in rows if row["id"] == given), [(row["id"], row["name"], row["email"]) for row in rows]
        )
    people = getattr(client, _kind(client))
    try:
        return str(people.retrieve(given).id)
    except (NotFoundError, InvalidIdError):
        return [(one.id, one.name, one.email) for one in people.list()]


def _one(client: Any, resource: str, name: str) -> str | None:
    """The id of the one object of a name, None where there is none.

    Raises:
        CommandError: There are several.
    """
    found = [key for key, called in _called(client, resource, name) if called == name]
    if len(found) > 1:
        message = f"several {resource} are called {name!r}: {', '.join(found[:5])}"
        raise CommandError(message, Exit.REFUSED)
    return str(found[0]) if found else None


def _missing(client: Any, name: str) -> CommandError:
    near = asked(name, [called for resource in RESOURCES for _, called in _called(client, resource) if called])
    message = f"there is no schedule or team {name!r}{near or ', neither by id nor by name'}"
    return CommandError(message, Exit.NOT_FOUND, hint=_list_of(client, *RESOURCES))


def _called(client: Any, resource: str, name: str | None = None) -> list[tuple[str, str | None]]:
    """The ids and names of a resource's objects: those that may have a name, or those of the first page."""
    if hasattr(client, "dict_all"):
        rows = client.list_all(resource, params={} if name is None else {"query": name})
        return [(row["id"], row["name"]) for row in rows]
    listing = getattr(client, resource).list(limit=100) if name is None else getattr(client, resource).list(name=name)
    return [(str(one.id), one.name) for one in (listing.first().data if name is None else listing)]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = near_zone(name)
        message = f"--zone: there is no time zone {name!r}{'' if near is None else f'; did you mean {near!r}?'}"
        raise CommandError(message, hint="Write its name, such as Europe/Berlin or UTC") from None


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
