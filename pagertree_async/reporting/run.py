"""The report itself: what is read, counted and put on the page."""

from __future__ import annotations

from datetime import UTC, datetime, time
from os import PathLike
from pathlib import Path
from zoneinfo import ZoneInfo

from pagertree_async._version import __version__
from pagertree_async.errors import InvalidArgumentError
from pagertree_async.export.files import replace
from pagertree_async.oncall import Moment
from pagertree_async.reporting import buckets, counts, sections
from pagertree_async.reporting.alerts import Alerts, prepare
from pagertree_async.reporting.clock import MICROSECOND, Period, bound, zone_named
from pagertree_async.reporting.database import Database, wanted
from pagertree_async.reporting.folder import Folder
from pagertree_async.reporting.markup import Html, Ids, sent
from pagertree_async.reporting.names import ids_of, names_of
from pagertree_async.reporting.page import page
from pagertree_async.reporting.words import duration, number, plural, share

TITLE = "PagerTree alerts"
MOST = 10
"""How many sources and titles are shown."""
FOOT = (
    f"Made by pagertree-async {__version__} from the files of an export. A median is the middle of all times; 9 of 10 is the "
    "90th percentile, interpolated between two alerts."
)


def report(
    directory: str | PathLike[str],
    *,
    timezone: str = "UTC",
    since: Moment | None = None,
    until: Moment | None = None,
) -> str:
    """A page of HTML about the alerts that were exported, and about who was on call.

    It is made of the files of the folder alone, and shows without a network: its styles and charts are in it.

    Args:
        directory: The folder that :func:`pagertree_async.export.export` wrote, in any of its formats.
        timezone: The time zone of the days and hours, by its IANA name.
        since: Only alerts that were made at this moment or later; by default from the first on. What names no offset,
            such as a date, is in ``timezone``.
        until: Only alerts that were made before this moment; by default to the last.

    Returns:
        The page.

    Raises:
        ReportError: There is no file of alerts, or a file cannot be read (``UnreadableError``).
        InvalidArgumentError: There is no such time zone, or a bound is no moment.
        ConfigurationError: A library is missing: ``pip install 'pagertree-async[report]'``.
    """
    zone = zone_named(timezone)
    start, end = bound(since, "since", zone), bound(until, "until", zone)
    if start is not None and end is not None and start >= end:
        message = f"since must be before until: {start.isoformat()} is not before {end.isoformat()}"
        raise InvalidArgumentError(message)
    wanted("dateutil.rrule")
    folder = Folder(Path(directory))
    with Database() as database:
        return _Report(database, folder, zone, start, end).page()


def write(
    directory: str | PathLike[str],
    output: str | PathLike[str],
    *,
    timezone: str = "UTC",
    since: Moment | None = None,
    until: Moment | None = None,
) -> None:
    """Write a report to a file, in the place of what is there, whole or not at all.

    Args:
        directory: The folder of the export.
        output: The file.
        timezone: As in :func:`report`.
        since: As in :func:`report`.
        until: As in :func:`report`.

    Raises:
        OSError: The file cannot be written.
        ReportError: As in :func:`report`, as all else.
    """
    text = report(directory, timezone=timezone, since=since, until=until).encode()
    path = Path(output)
    if path.exists() and not path.is_file():
        path.write_bytes(text)  # a device or a pipe stays what it is
    else:
        replace(path, text)


class _Report:
    """One report."""

    def __init__(
        self, database: Database, folder: Folder, zone: ZoneInfo, since: datetime | None, until: datetime | None
    ) -> None:
        self._database = database
        self._folder = folder
        self._ids = Ids()
        self._zone = zone
        self._teams = names_of(database, folder, "teams")
        self._people = names_of(database, folder, "users", "account_users")
        teams = ids_of(database, folder, "teams")
        self._alerts: Alerts = prepare(database, folder.alerts, teams, zone, since, until)

    def page(self) -> str:
        """The page."""
        made = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, by pagertree-async {__version__}"
        tiles, parts = self._of_alerts()
        parts.append(("oncall", "On call", self._on_call()))
        of = "" if self._alerts.period is None else _span(self._alerts.period)
        return page(TITLE, of, [*self._about(), ("Made", made)], self._warnings(), tiles, parts, FOOT)

    def _about(self) -> list[tuple[str, str]]:
        alerts, source = self._alerts, self._folder.alerts
        read = datetime.fromtimestamp(source.path.stat().st_mtime, UTC)
        of = "" if alerts.count == alerts.sent else f" of {number(alerts.sent)}"
        rows: list[tuple[str, str | None]] = [
            ("Folder", sent(str(self._folder.path))),
            ("Account", sent(", ".join(alerts.accounts)) if alerts.accounts else None),
            ("Alerts", f"{number(alerts.count)}{of} in {source.path.name}, written {read:%Y-%m-%d %H:%M} UTC"),
            ("Period", None if alerts.period is None else _span(alerts.period)),
            ("Time zone", f"{self._zone.key}, for all days and hours"),
        ]
        return [(name, value) for name, value in rows if value is not None]

    def _warnings(self) -> list[str]:
        found: list[str] = []
        if self._folder.unfinished:
            found.append("A newer export of the alerts is not finished: this report is made of the one before.")
        if self._alerts.undated:
            count = self._alerts.undated
            said = "does not say when it was made and is" if count == 1 else "do not say when they were made and are"
            found.append(f"{plural(count, 'alert')} {said} left out.")
        return found

    def _of_alerts(self) -> tuple[list[tuple[str, str]], list[tuple[str, str, Html]]]:
        """The numbers and the sections about alerts."""
        database, alerts, period = self._database, self._alerts, self._alerts.period
        if not alerts.count or period is None:
            none = "There are no alerts in this period." if alerts.sent else "The export has no alerts."
            return [], [("days", "Alerts", sections.section("days", "Alerts", sections.missing(none)))]
        urgencies, teams = counts.by_urgency(database), counts.by_team(database)
        acknowledged, resolved = (counts.spread(database, what) for what in ("acknowledged", "resolved"))
        never = sum(count for _, count in acknowledged.never)
        tiles = [
            (number(alerts.count), "alerts"),
            (f"{alerts.count / period.days:,.1f}", "alerts a day"),
            (number(counts.incidents(database)), "incidents among them"),
            (duration(acknowledged.median), "median time to acknowledge"),
            (duration(resolved.median), "median time to resolve"),
            (share(never, alerts.count), f"never acknowledged ({number(never)})"),
        ]
        unit = buckets.unit_of(period)
        over = sections.over_time(self._ids, period, unit, counts.by_day(database, unit), urgencies)
        every = [group for group in teams if group.name is not None]
        drawn = [group.name or "" for group in sections.drawn(every)]
        others = counts.of_other_teams(database, drawn) if len(drawn) < len(every) else None
        exported = self._folder.find("teams") is not None
        sources = names_of(database, self._folder, "integrations") | self._people | self._teams
        noise = sections.noisiest(
            counts.by_source(database, MOST), counts.by_title(database, MOST), sources, alerts.count
        )
        return tiles, [
            ("days", f"Per {unit}", over),
            ("hours", "Day and hour", sections.over_week(self._ids, counts.by_hour(database), self._zone.key)),
            ("urgency", "Urgency", sections.by_urgency(urgencies)),
            ("teams", "Teams", sections.by_team(teams, others, self._teams, alerts.count, exported=exported)),
            ("times", "Times", sections.times(acknowledged, resolved, alerts.count)),
            ("noise", "Sources", noise),
        ]

    def _on_call(self) -> Html:
        """The section about who was on call."""
        from pagertree_async.reporting import people
        from pagertree_async.reporting.rota import COLUMNS, rota

        period, events = self._alerts.period, self._folder.find("events")
        if events is None:
            return people.without(
                f"There is no file of events in this folder, which say who is on call. {people.AGAIN}"
            )
        if period is None:
            return people.without("Without alerts there is no period to look at: give one with --since and --until.")
        rows = self._database.rows(events, COLUMNS)
        if not rows:
            return people.without("The export has no events: nobody was planned to be on call.")
        schedules = names_of(self._database, self._folder, "schedules")
        known = ids_of(self._database, self._folder, "schedules")
        return people.people(self._ids, rota(rows, self._people, known, period), schedules, period)


def _span(period: Period) -> str:
    """A period in words: days where it is whole days, else moments."""
    begin, end = period.since.astimezone(period.zone), period.until.astimezone(period.zone)
    whole = begin.time() == end.time() == time()
    form, last = ("%Y-%m-%d", end - MICROSECOND) if whole else ("%Y-%m-%d %H:%M", end)
    return f"{begin:{form}} to {last:{form}}, {plural(period.days, 'day')}"
