"""The alerts of a period as one table, the same for both APIs: when made, for whom, and how long until somebody came."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from pagertree_async.reporting.clock import LAST, MICROSECOND, Period, micros, midnight, moment_of, offsets
from pagertree_async.reporting.database import Database
from pagertree_async.reporting.folder import Source

COLUMNS = (
    *("sid", "account_id", "createdAt", "created_at", "created", "title", "urgency", "status", "meta"),
    *("acknowledged", "acknowledged_at", "resolved", "resolved_at", "source_id"),
    *("d_team_id", "destination_ids", "destination_team_ids"),
)
MACROS = (
    # Seconds since 1970 or ISO 8601, in UTC where it names no offset.
    """CREATE MACRO microseconds(sent) AS CASE
        WHEN regexp_full_match(sent, '[0-9]{1,12}(\\.[0-9]+)?') THEN round(sent::DOUBLE * 1e6)::BIGINT
        WHEN regexp_full_match(sent, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].*([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)')
            THEN epoch_us(try_cast(sent AS TIMESTAMPTZ))
        WHEN regexp_full_match(sent, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?')
            THEN epoch_us(try_cast(sent AS TIMESTAMP))
        END""",
    f"""CREATE MACRO moment(sent) AS
        CASE WHEN microseconds(sent) BETWEEN 1 AND {micros(LAST)} THEN microseconds(sent) END""",
    # A JSON array of ids, or an id.
    """CREATE MACRO ids(sent) AS CASE
        WHEN sent IS NULL OR sent = '' THEN []::VARCHAR[]
        WHEN sent NOT LIKE '[%' THEN [sent]
        WHEN json_valid(sent) THEN from_json(sent, '["VARCHAR"]')
        ELSE []::VARCHAR[] END""",
)
DATED = """CREATE TABLE dated AS SELECT
    row,
    nullif(urgency, '') AS urgency,
    nullif(status, '') AS status,
    nullif(title, '') AS title,
    nullif(source_id, '') AS source,
    coalesce(json_valid(meta) AND json_extract_string(meta, '$.incident') = 'true', false) AS incident,
    CASE WHEN d_team_id <> '' THEN [d_team_id] ELSE ids(destination_team_ids) END AS teams,
    CASE WHEN d_team_id <> '' THEN [] ELSE ids(destination_ids) END AS destinations,
    coalesce(moment(created_at), moment("createdAt"), moment(created)) AS made,
    coalesce(moment(created), made) AS begun,
    coalesce(moment(acknowledged_at), moment(acknowledged)) AS acknowledged,
    coalesce(moment(resolved_at), moment(resolved)) AS resolved
    FROM sent"""
ALERT = """CREATE TABLE alert AS SELECT
    row, urgency, status, title, source, incident, teams, destinations,
    make_timestamp(made + ahead) AS local,
    acknowledged IS NOT NULL AS was_acknowledged,
    resolved IS NOT NULL AS was_resolved,
    -- A moment in whole seconds may seem to lie before one with a fraction.
    CASE WHEN acknowledged - begun > -1000000 THEN greatest(acknowledged - begun, 0) END AS until_acknowledged,
    CASE WHEN resolved - begun > -1000000 THEN greatest(resolved - begun, 0) END AS until_resolved
    FROM (SELECT * FROM dated WHERE made >= ? AND made < ?) ASOF JOIN clock ON made >= since"""
TEAM = """CREATE TABLE team AS SELECT * FROM (
    SELECT row, unnest(teams) AS id FROM alert
    UNION
    -- Users and schedules are among the destinations as well; where no team is known, the prefix has to tell.
    SELECT row, id FROM (SELECT row, unnest(destinations) AS id FROM alert)
    WHERE id IN (FROM known_team) OR (NOT EXISTS (FROM known_team) AND starts_with(id, 'tem_'))
    ) WHERE id <> ''"""


class Alerts(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of alerts.

    Attributes:
        sent: How many rows the file has.
        undated: How many of them do not say when they were made.
        count: How many are in the period.
        period: The period, None when nothing says what it is.
        accounts: The ids of the accounts they belong to.
    """

    sent: int
    undated: int
    count: int
    period: Period | None
    accounts: tuple[str, ...]


def prepare(
    database: Database,
    source: Source,
    teams: Collection[str],
    zone: ZoneInfo,
    since: datetime | None,
    until: datetime | None,
) -> Alerts:
    """Make the tables ``alert``, with the alerts of the period, and ``team``, with the teams of each.

    Args:
        database: Where.
        source: The alerts as they were exported.
        teams: The ids of all teams; none when they were not exported.
        zone: The time zone of the days and hours.
        since: Where the period begins; by default with the day of the first alert.
        until: Where it ends, itself not included; by default with the day of the last alert.

    Raises:
        UnreadableError: The file is torn, or not what its name says.
    """
    for macro in MACROS:
        database.run(macro)
    database.load(source, "sent", COLUMNS)
    database.run(DATED)
    sent, dated, first, last = database.run("SELECT count(*), count(made), min(made), max(made) FROM dated")[0]
    period = _period(zone, since, until, first, last)
    database.run("CREATE TABLE clock (since BIGINT, ahead BIGINT)")
    low, high = (0, 0) if period is None else (micros(period.since), micros(period.until))
    if period is not None:
        database.fill("INSERT INTO clock VALUES (?, ?)", offsets(zone, period.since, period.until))
    database.run(ALERT, low, high)
    database.run("CREATE TABLE known_team (id VARCHAR)")
    if teams:
        database.fill("INSERT INTO known_team VALUES (?)", [(id,) for id in teams])
    database.run(TEAM)
    (accounts,) = database.run(
        "SELECT list_sort(list(DISTINCT coalesce(account_id, sid)) FILTER (coalesce(account_id, sid) <> '')) FROM sent"
    )[0]
    return Alerts(
        sent=sent,
        undated=sent - dated,
        count=database.run("SELECT count(*) FROM alert")[0][0],
        period=period,
        accounts=tuple(accounts or ()),
    )


def _period(
    zone: ZoneInfo, since: datetime | None, until: datetime | None, first: int | None, last: int | None
) -> Period | None:
    """The stretch of time that is asked for, its ends where the alerts begin and end when they are not."""
    begun = since is None
    if begun and first is not None:
        since = _begin(moment_of(first), zone)
    if until is None and last is not None:
        until = _end(moment_of(last) if since is None else max(moment_of(last), since), zone)
    if since is None or until is None:
        return None
    return Period(since=min(since, _begin(until - MICROSECOND, zone)) if begun else since, until=until, zone=zone)


def _begin(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the day of a moment begins."""
    return midnight(moment.astimezone(zone).date(), zone)


def _end(moment: datetime, zone: ZoneInfo) -> datetime:
    """When the day of a moment ends."""
    return midnight(moment.astimezone(zone).date() + timedelta(days=1), zone)
