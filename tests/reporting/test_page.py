"""The page: whole, alone, readable by everybody, and saying what there is."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pagertree_async.reporting import buckets, palette, report
from pagertree_async.reporting.clock import Period
from pagertree_async.reporting.columns import Column, Series, columns, steps
from pagertree_async.reporting.heat import STEPS, heat, step
from pagertree_async.reporting.markup import Html, Ids, el
from pagertree_async.reporting.style import STYLE
from pagertree_async.reporting.table import MOST_ROWS, Bar, bars, numbers
from pagertree_async.reporting.words import cut, duration, initials, share, short, width
from tests.reporting.made import Row, iso, written
from tests.reporting.reading import Element, links, read, table

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOSTILE = "</title></style></svg><script>alert('x')</script>\"' onmouseover=alert(1) &lt; \0\ud800 \u202eevil"


def alert(number: int, **more: Any) -> Row:
    """An alert of API v4, the next an hour later."""
    made = MONDAY + timedelta(hours=number)
    return {
        "id": f"a{number}",
        "account_id": "acc",
        "created_at": iso(made),
        "title": f"disk {number} full",
        "urgency": "high",
        "status": "resolved",
        "acknowledged_at": iso(made + timedelta(minutes=2)),
        "resolved_at": iso(made + timedelta(minutes=90)),
        "destination_team_ids": ["t1"],
        "source_id": "i1",
        "meta": {},
        **more,
    }


def rota(*people: str, **more: Any) -> Row:
    """An event in which people take weekly turns."""
    attendees = [{"attendee_id": id, "position": place} for place, id in enumerate(people)]
    return {
        "id": "e1",
        "start_time": "2025-12-29T00:00:00Z",
        "end_time": "2026-01-05T00:00:00Z",
        "layer": 1,
        "time_zone": "UTC",
        "repeat": True,
        "frequency": 1,
        "frequency_unit": "weekly",
        "rotation": True,
        "schedule_ids": ["s1"],
        "event_attendees": attendees,
        **more,
    }


def whole(tmp_path: Path, alerts: list[Row], **resources: list[Row]) -> Path:
    """A folder of an export with all that a report reads."""
    usual: dict[str, list[Row]] = {
        "teams": [{"id": "t1", "name": "Platform"}],
        "integrations": [{"id": "i1", "name": "Prometheus"}],
        "account_users": [
            {"id": "u1", "user": {"name": "Ada Lovelace"}},
            {"id": "u2", "user": {"name": "Grace Hopper"}},
        ],
        "schedules": [{"id": "s1", "name": "Platform on-call"}],
        "events": [rota("u1", "u2")],
    }
    return written(tmp_path / "export", "ndjson", alerts=alerts, **(usual | resources))


def section(page: Element, id: str) -> Element:
    return page.one("section", id=id)


def missing(page: Element, id: str) -> list[str]:
    return [one.text for one in section(page, id).all("p", class_="missing")]


def test_a_whole_page(tmp_path: Path) -> None:
    """It says what it is of, and each section has its chart and the numbers behind it."""
    alerts = [alert(n) for n in range(30)]
    page = read(report(whole(tmp_path, alerts), timezone="Europe/Berlin"))
    facts = dict(zip([one.text for one in page.all("dt")], [one.text for one in page.all("dd")], strict=True))
    assert ["Folder", "Account", "Alerts", "Period", "Time zone", "Made"] == [*facts]
    assert "PagerTree alerts, 2026-01-05 to 2026-01-06, 2 days" == page.one("head").one("title").text
    assert "acc" == facts["Account"]
    assert facts["Alerts"].startswith("30 in alerts.ndjson, written 20")
    assert "2026-01-05 to 2026-01-06, 2 days" == facts["Period"]
    assert "Europe/Berlin, for all days and hours" == facts["Time zone"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d UTC, by pagertree-async \d.*", facts["Made"])
    tiles = [one.text for one in page.one("main").all("ul", class_="tiles")[0].all("li")]
    assert ["30alerts", "15.0alerts a day", "0incidents among them", "2 min 00 smedian time to acknowledge"] == tiles[
        :4
    ]
    assert ["1 h 30 minmedian time to resolve", "0 %never acknowledged (0)"] == tiles[4:]
    assert [["Day", "Alerts", "high"], ["Mon 2026-01-05", "23", "23"], ["Tue 2026-01-06", "7", "7"]] == table(
        section(page, "days").one("table")
    )
    week = table(section(page, "hours").one("table"))
    assert ["Monday", "0", *["1"] * 23, "23"] == week[1]
    assert ["All", "1", *["2"] * 6, *["1"] * 17, "30"] == week[-1]
    assert ["Platform", "", "30", "100 %", "2 min 00 s", "1 h 30 min"] == table(section(page, "teams").one("table"))[1]
    sources, titles = map(table, section(page, "noise").all("table"))
    assert (["Prometheus", "", "30"], ["disk # full", "", "30"]) == (sources[1][:3], titles[1][:3])
    classes = table(section(page, "times").all("table")[0])
    assert ["1 to 5 min", "", "30", "100 %"] == classes[2]
    assert ["never acknowledged", "", "0", "0 %"] == classes[-1]
    shifts, hours, schedules = map(table, section(page, "oncall").all("table"))
    assert ["Platform on-call", "1", "Grace Hopper", "2026-01-05 01:00", "2026-01-07 00:00", "47.0 h"] == shifts[2]
    assert ["Grace Hopper", "", "47.0 h", "97.9 %", "47.0 h", "1"] == hours[1]
    assert ["Platform on-call", "", "100 %", "0.0 h", "0"] == schedules[1]


def test_a_page_stands_alone(tmp_path: Path) -> None:
    """It fetches nothing, runs nothing, and tells the browser to keep to that."""
    text = report(whole(tmp_path, [alert(n) for n in range(3)]))
    assert [] == links(text)
    page = read(text)
    assert [] == page.all("script")
    policy = page.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    assert "default-src 'none'; style-src 'unsafe-inline'" == policy
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(ids) == len({*ids})
    assert {one.attributes["href"].removeprefix("#") for one in page.all("a")} <= {*ids}


def test_charts_say_what_they_show(tmp_path: Path) -> None:
    """Every drawing is an image with a title and a description, or hidden from those who do not see it."""
    page = read(report(whole(tmp_path, [alert(n) for n in range(3)])))
    images = page.all("svg", role="img")
    assert 3 == len(images)
    for image in images:
        named = [page.one(id=label) for label in image.attributes["aria-labelledby"].split()]
        assert ["title", "desc"] == [one.name for one in named]
        assert all(one.text for one in named)
    inner = {id(one) for image in images for one in image.all("svg")}
    others = [one for one in page.all("svg") if one not in images and id(one) not in inner]
    assert others
    assert all("true" == one.attributes.get("aria-hidden") for one in others)
    for one in page.all("section"):
        assert page.one(id=one.attributes["aria-labelledby"]).name == "h2"


def test_what_others_wrote_is_text(tmp_path: Path) -> None:
    """Markup in names, titles and everything else is shown and not obeyed."""
    said = {"name": HOSTILE}
    folder = whole(
        tmp_path,
        [
            alert(1, title=HOSTILE.replace("\ud800", ""), urgency="<b>u</b>", status="<i>s</i>", account_id="<acc>"),
            alert(2),
        ],
        teams=[{"id": "t1", **said}],
        integrations=[{"id": "i1", **said}],
        schedules=[{"id": "s1", **said}],
        account_users=[{"id": "u1", "user": {"name": "<u>1</u>"}}, {"id": "u2", "user": {"name": "<u>2</u>"}}],
        events=[rota("u1", "u2"), rota("u1", id="<e>", frequency_unit="<unit>")],
    ).rename(tmp_path / "<img src=x>")
    for name in ("teams", "integrations", "schedules"):
        path = folder / f"{name}.ndjson"
        path.write_text(path.read_text().replace("\\ud800", ""))
    text = report(folder)
    page = read(text)
    assert [] == page.all("script") + page.all("img") + page.all("b", onmouseover="alert(1)") + page.all(
        "u"
    ) + page.all("i")
    assert [] == [one for one in page.all() if any(name.startswith("on") for name in one.attributes)]
    shown = HOSTILE.replace("\0", "\ufffd").replace("\ud800", "")
    assert shown in [one.text for one in section(page, "teams").all("bdi")]
    assert [shown] == [one.text for one in section(page, "noise").all("table")[0].all("bdi")]
    assert {"<b>u</b>", "high"} == {one.text for one in section(page, "urgency").all("bdi")}
    assert "<u>2</u>" in section(page, "oncall").text
    assert (
        "1 event could not be read and is left out, such as <e>: it repeats by '<unit>'"
        == section(page, "oncall").one("p", class_="warning").text
    )
    assert not re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", text)


@settings(max_examples=200, deadline=None)
@given(text=st.text(), attribute=st.text(), number=st.floats(-1e6, 1e6))
def test_elements_hold_any_text(text: str, attribute: str, number: float) -> None:
    """What goes into an element comes out of it as text, but for what no page may have."""
    made = el("p", text, el("br"), title=attribute, data_n=number, hidden=None)
    page = read(f"<!doctype html>\n{el('html', made)}")
    bad = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
    element = page.one("p")
    assert bad.sub("\ufffd", text) == element.text
    assert bad.sub("\ufffd", attribute) == element.attributes["title"]
    assert number == pytest.approx(float(element.attributes["data-n"]), abs=1e-4)
    made.encode()


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_contrast(colours: dict[str, str]) -> None:
    """Text stands out by 4.5 to 1 and what is drawn by 3 to 1, as WCAG 2 wants it."""
    heats = {"light": palette.HEAT_LIGHT, "dark": palette.HEAT_DARK}["light" if colours is palette.LIGHT else "dark"]
    texts = [(colours[name], colours[on]) for name in ("text", "faint", "accent") for on in ("page", "panel")]
    texts += [(text, fill) for fill, text in heats] + [(palette.ON_PEOPLE, fill) for fill in palette.PEOPLE]
    drawn = ("accent", "never", "critical", "high", "medium", "low", "silent", "other")
    shapes = [(colours[name], colours["page"]) for name in drawn] + [(one, colours["page"]) for one in palette.PEOPLE]
    assert [] == [pair for pair in texts if contrast(*pair) < 4.5]
    assert [] == [pair for pair in shapes if contrast(*pair) < 3]


def test_every_class_has_its_style(tmp_path: Path) -> None:
    """No class of the page is left without a look."""
    page = read(report(whole(tmp_path, [alert(n, urgency=u) for n, u in enumerate(("odd", "low", None))])))
    used = {name for one in page.all() for name in one.attributes.get("class", "").split()}
    assert set() == {name for name in used if f".{name}" not in STYLE} - {"chart", "axis", "over", "drawn"}
    assert set(re.findall(r"var\(--(\w+)\)", STYLE)) <= set(re.findall(r"--(\w+):", STYLE))


def test_no_alerts_at_all(tmp_path: Path) -> None:
    """An empty export says so, in every section."""
    page = read(report(written(tmp_path, "ndjson", alerts=[])))
    assert (["The export has no alerts."], []) == (missing(page, "days"), page.all("svg"))
    assert ["There is no file of events"] == [one[:26] for one in missing(page, "oncall")]
    page = read(report(written(tmp_path, "ndjson", events=[rota("u1")])))
    assert ["Without alerts there is no period"] == [one[:33] for one in missing(page, "oncall")]


def test_no_alerts_in_the_period(tmp_path: Path) -> None:
    """Who was on call is told all the same."""
    page = read(report(whole(tmp_path, [alert(1)]), since="2026-02-01", until="2026-02-02T12:00"))
    assert ["There are no alerts in this period."] == missing(page, "days")
    facts = [one.text for one in page.all("dd")]
    assert "0 of 1 in" == facts[2][:9]
    assert "2026-02-01 00:00 to 2026-02-02 12:00, 2 days" == facts[3]
    hours = table(section(page, "oncall").all("table")[1])
    assert [["Ada Lovelace", "24.0 h"], ["Grace Hopper", "12.0 h"]] == [[row[0], row[2]] for row in hours[1:]]


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """Where there is nothing to draw, a sentence stands in its place."""
    bare = [{"id": "1", "created_at": iso(MONDAY)}, {"id": "2"}]
    page = read(report(written(tmp_path, "ndjson", alerts=bare, events=[])))
    assert ["1 alert does not say when it was made and is left out."] == [
        one.text for one in page.one("header").all("p", class_="warning")
    ]
    assert ["None of these alerts is for a team."] == missing(page, "teams")
    assert [
        "No alert of this export says when it was acknowledged.",
        "No alert of this export says when it was resolved.",
    ] == missing(page, "times")
    assert ["No alert names its source.", "No alert has a title."] == missing(page, "noise")
    assert ["The export has no events: nobody was planned to be on call."] == missing(page, "oncall")
    assert ["none"] == [one.text for one in section(page, "urgency").all("bdi")]


def test_odd_times_are_said(tmp_path: Path) -> None:
    """What was acknowledged before it was made is left out and told; statuses of the rest are told."""
    early = iso(MONDAY - timedelta(days=1))
    alerts = [
        alert(1, acknowledged_at=early),
        alert(2, resolved_at=None, status="open"),
        alert(3, resolved_at=None, status=None),
    ]
    page = read(report(whole(tmp_path, alerts, teams=[])))
    notes = [one.text for one in section(page, "times").all("p", class_="note")]
    assert "2 alerts were acknowledged, 0 never." in notes
    assert "1 alert says to have been acknowledged before being made: left out." in notes
    assert "1 alert was resolved, 2 never: now 1 open, 1 without a status." in notes
    page = read(report(written(tmp_path / "early", "ndjson", alerts=[alert(1, acknowledged_at=early), {"id": "2"}])))
    assert ["No alert says in a way that can be when it was acknowledged."] == missing(page, "times")
    assert "The teams are not in the export: they are shown by their ids." in section(page, "teams").text


def test_an_unfinished_export_is_said(tmp_path: Path) -> None:
    """A newer export that is not whole is not read, and told."""
    folder = whole(tmp_path, [alert(1)])
    (folder / "alerts.csv.part").write_text("id\n")
    assert "A newer export of the alerts is not finished" in read(report(folder)).one("header").text


def test_two_hundred_teams(tmp_path: Path) -> None:
    """The largest have a bar each, the others one line together in which an alert counts once."""
    several = ["t190", "t191", "t192"]
    alerts = [alert(n, destination_team_ids=[f"t{n % 40}"]) for n in range(60)]
    alerts += [alert(100, destination_team_ids=several), alert(101, destination_team_ids=[])]
    teams = [{"id": f"t{n}", "name": f"Team {n}"} for n in range(200)]
    page = read(report(whole(tmp_path, alerts, teams=teams)))
    drawn, every = map(table, section(page, "teams").all("table"))
    assert 1 + 15 + 2 == len(drawn)
    assert ["28 other teams", "", "31", "50.0 %", "2 min 00 s", "1 h 30 min"] == drawn[-2]
    assert ["no team", "", "1"] == drawn[-1][:3]
    assert 1 + 43 == len(every)
    assert "An alert for several teams counts for each of them." in section(page, "teams").text
    sixteen = read(
        report(whole(tmp_path / "16", [alert(n, destination_team_ids=[f"t{n}"]) for n in range(16)], teams=teams))
    )
    assert 1 + 16 == len(table(section(sixteen, "teams").one("table")))


@pytest.mark.parametrize(
    ("days", "unit", "count", "first"),
    [
        (124, "day", 124, "5 Jan"),
        (125, "week", 18, "5 Jan"),
        (1100, "week", 158, "5 Jan 2026"),
        (2000, "month", 66, "Jan 2026"),
        (9000, "year", 25, "2026"),
    ],
)
def test_columns_of_days_or_longer(tmp_path: Path, days: int, unit: str, count: int, first: str) -> None:
    """Where days would be too many, a column is a week, a month or a year."""
    alerts = [alert(0), alert(24 * (days - 1))]
    page = read(report(written(tmp_path, "ndjson", alerts=alerts)))
    part = section(page, "days")
    assert f"Alerts per {unit}" == part.one("h2").text
    assert count == len(table(part.one("table"))) - 1 == len(part.all("rect", class_="hit"))
    labels = [one.text for one in part.one("svg", role="img").all("text")]
    assert first == labels[0]
    assert len(labels) <= 8


def test_torn_ends_are_said(tmp_path: Path) -> None:
    """It is told when the first or the last column is only a part of what its name says."""
    folder = written(tmp_path, "ndjson", alerts=[alert(30)])
    said = lambda **given: section(read(report(folder, **given)), "days").all("p", class_="note")[0].text  # noqa: E731
    assert "only a part" not in said()
    assert "Of the first day only a part is in the period." in said(since="2026-01-06T05:00")
    assert "Of the first and the last day only" in said(since="2026-01-05T05:00", until="2026-01-07T05:00")


@given(
    st.dates(date(1990, 1, 1), date(2060, 1, 1)),
    st.integers(0, 20_000),
    st.sampled_from(["day", "week", "month", "year"]),
)
def test_columns_follow_each_other(first: date, days: int, unit: str) -> None:
    """Every day of a period is in exactly one column."""
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    period = Period(since=since, until=since + timedelta(days=days + 1), zone=ZoneInfo("UTC"))
    found = buckets.begins(period, unit)
    assert found[0] <= period.first < (found[1] if len(found) > 1 else date.max)
    assert found[-1] <= period.last
    assert all(one < other for one, other in itertools.pairwise(found))
    gaps = {(other - one).days for one, other in itertools.pairwise(found)}
    assert gaps <= {"day": {1}, "week": {7}, "month": {28, 29, 30, 31}, "year": {365, 366}}[unit]


@given(st.integers(0, 10**9))
def test_the_scale_fits(most: int) -> None:
    """The highest column fits below the highest line, and takes more than half of the room where there is a choice."""
    assert steps(most) * 4 >= most
    assert steps(most) == 1 or steps(most) * 4 < 2 * most


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=24, max_size=24), min_size=7, max_size=7))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_week_of_any_numbers(week: list[list[int]]) -> None:
    """Each hour has the colour whose range in the legend it is in, and its count for those who point at it."""
    figure = read(f"<!doctype html>\n{el('html', heat(Ids(), 'title', 'about', week))}")
    ranges: dict[str, tuple[int, int]] = {}
    for key in figure.one("ul").all("li"):
        low, *high = [int(part.replace(",", "")) for part in key.text.split(" to ")]
        ranges[key.one("rect").attributes["class"]] = (low, high[0] if high else low)
    cells = [rect for rect in figure.one("svg", role="img").all("rect")]
    assert 168 == len(cells)
    for cell, count in zip(cells, itertools.chain(*week), strict=True):
        low, high = ranges[cell.attributes["class"]]
        assert low <= count <= high
        assert f": {count:,} alert" in cell.text
    most = max(map(max, week))
    assert not most or STEPS == step(most, most)


def test_a_long_table_is_cut() -> None:
    """A table of numbers has at most a thousand rows, and says how many are left out."""
    rows = [[str(n), "1"] for n in range(MOST_ROWS + 2)]
    page = read(f"<!doctype html>\n{el('html', numbers('All', ['Name', 'Count'], rows))}")
    assert MOST_ROWS + 1 == len(page.all("tr"))
    assert "2 more rows are left out: 1,002 in all." == page.one("p").text


def test_bars_are_drawn_to_scale() -> None:
    """The longest fills its cell, the others their part of it; nothing is not drawn."""
    rows = [Bar(name=str(value), value=value, cells=("x",)) for value in (8, 2, 0)]
    page = read(f"<!doctype html>\n{el('html', bars('Of', ['X'], rows))}")
    assert ["100.000%", "25.000%"] == [one.attributes["width"] for one in page.all("rect")]
    assert [] == read(f"<!doctype html>\n{el('html', bars('Of', ['X'], []))}").all("rect")


def test_columns_are_drawn_to_scale() -> None:
    """Parts stand on each other, each as high as it is much."""
    series = [Series(name="a", colour="high"), Series(name="b", colour="low")]
    drawn = [Column(label="1", title="one", values=(30, 60)), Column(label="2", title="two", values=(0, 0))]
    page = read(f"<!doctype html>\n{el('html', columns(Ids(), 't', 'a', drawn, series))}")
    parts = [one.attributes for one in page.one("svg", role="img").all("rect") if one.attributes["class"] != "hit"]
    assert [("152", "60"), ("32", "120")] == [(one["y"], one["height"]) for one in parts]
    assert ["a", "b"] == [one.text for one in page.one("ul").all("li")]
    alone = read(f"<!doctype html>\n{el('html', columns(Ids(), 't', 'a', drawn[:1], series[:1] * 2))}")
    assert 2 == len(alone.one("ul").all("li"))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (None, "\u2013"),
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (754, "12 min 34 s"),
        (3599.7, "1 h 00 min"),
        (7500, "2 h 05 min"),
        (86_399, "1 d 00 h"),
        (90_000 * 100, "104 d 04 h"),
    ],
)
def test_lengths_of_time(seconds: float | None, expected: str) -> None:
    """They have two units, and never sixty of one."""
    assert expected == duration(seconds)


def test_words() -> None:
    """Numbers and names as they are shown where there is little room."""
    assert ["0", "9999", "10k", "1234k", "12M", "10G"] == [
        short(n) for n in (0, 9999, 10_499, 1_234_567, 12_345_678, 10**10)
    ]
    assert ["0 %", "<0.1 %", "12.5 %", ">99.9 %", "100 %", "0 %"] == [
        share(*one) for one in ((0, 5), (1, 9999), (1, 8), (9998, 9999), (5, 5), (0, 0))
    ]
    assert ["", "A", "AL", "山"] == [initials(one) for one in ("", "Ada", "Ada King Lovelace", "山田")]
    assert ("short", "a long…", "山田…") == (cut("short", 10), cut("a long name", 5), cut("山田太郎", 3.5))
    assert width("山") == 1.0 > width("i")


def test_markup_is_not_escaped_twice() -> None:
    """An element within another stays one."""
    assert Html("<p><b>1 &lt; 2</b></p>") == el("p", el("b", "1 < 2"))
