"""Time zones by both of their names: "Pacific Time (US & Canada)" as Rails has it, ``America/Los_Angeles`` as Python does.

An API may take the names that Rails gives to some 150 zones; Python, and most other software, takes those of the IANA. Either
is taken wherever a zone is wanted, and either is understood where the API sends one.
"""

from __future__ import annotations

import difflib
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pagertree_async.errors import InvalidArgumentError, InvalidResponseError
from pagertree_async.params import Taken

__all__ = ["TIME_ZONES", "rails_name", "zone_info"]

TIME_ZONES: dict[str, str] = {
    "International Date Line West": "Pacific/Midway",
    "Midway Island": "Pacific/Midway",
    "American Samoa": "Pacific/Pago_Pago",
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Tijuana": "America/Tijuana",
    "Mountain Time (US & Canada)": "America/Denver",
    "Arizona": "America/Phoenix",
    "Chihuahua": "America/Chihuahua",
    "Mazatlan": "America/Mazatlan",
    "Central Time (US & Canada)": "America/Chicago",
    "Saskatchewan": "America/Regina",
    "Guadalajara": "America/Mexico_City",
    "Mexico City": "America/Mexico_City",
    "Monterrey": "America/Monterrey",
    "Central America": "America/Guatemala",
    "Eastern Time (US & Canada)": "America/New_York",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Bogota": "America/Bogota",
    "Lima": "America/Lima",
    "Quito": "America/Lima",
    "Atlantic Time (Canada)": "America/Halifax",
    "Caracas": "America/Caracas",
    "La Paz": "America/La_Paz",
    "Santiago": "America/Santiago",
    "Newfoundland": "America/St_Johns",
    "Brasilia": "America/Sao_Paulo",
    "Buenos Aires": "America/Argentina/Buenos_Aires",
    "Montevideo": "America/Montevideo",
    "Georgetown": "America/Guyana",
    "Puerto Rico": "America/Puerto_Rico",
    "Greenland": "America/Nuuk",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Azores": "Atlantic/Azores",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Dublin": "Europe/Dublin",
    "Edinburgh": "Europe/London",
    "Lisbon": "Europe/Lisbon",
    "London": "Europe/London",
    "Casablanca": "Africa/Casablanca",
    "Monrovia": "Africa/Monrovia",
    "UTC": "Etc/UTC",
    "Belgrade": "Europe/Belgrade",
    "Bratislava": "Europe/Bratislava",
    "Budapest": "Europe/Budapest",
    "Ljubljana": "Europe/Ljubljana",
    "Prague": "Europe/Prague",
    "Sarajevo": "Europe/Sarajevo",
    "Skopje": "Europe/Skopje",
    "Warsaw": "Europe/Warsaw",
    "Zagreb": "Europe/Zagreb",
    "Brussels": "Europe/Brussels",
    "Copenhagen": "Europe/Copenhagen",
    "Madrid": "Europe/Madrid",
    "Paris": "Europe/Paris",
    "Amsterdam": "Europe/Amsterdam",
    "Berlin": "Europe/Berlin",
    "Bern": "Europe/Zurich",
    "Zurich": "Europe/Zurich",
    "Rome": "Europe/Rome",
    "Stockholm": "Europe/Stockholm",
    "Vienna": "Europe/Vienna",
    "West Central Africa": "Africa/Algiers",
    "Bucharest": "Europe/Bucharest",
    "Cairo": "Africa/Cairo",
    "Helsinki": "Europe/Helsinki",
    "Kyiv": "Europe/Kyiv",
    "Riga": "Europe/Riga",
    "Sofia": "Europe/Sofia",
    "Tallinn": "Europe/Tallinn",
    "Vilnius": "Europe/Vilnius",
    "Athens": "Europe/Athens",
    "Istanbul": "Europe/Istanbul",
    "Minsk": "Europe/Minsk",
    "Jerusalem": "Asia/Jerusalem",
    "Harare": "Africa/Harare",
    "Pretoria": "Africa/Johannesburg",
    "Kaliningrad": "Europe/Kaliningrad",
    "Moscow": "Europe/Moscow",
    "St. Petersburg": "Europe/Moscow",
    "Volgograd": "Europe/Volgograd",
    "Samara": "Europe/Samara",
    "Kuwait": "Asia/Kuwait",
    "Riyadh": "Asia/Riyadh",
    "Nairobi": "Africa/Nairobi",
    "Baghdad": "Asia/Baghdad",
    "Tehran": "Asia/Tehran",
    "Abu Dhabi": "Asia/Muscat",
    "Muscat": "Asia/Muscat",
    "Baku": "Asia/Baku",
    "Tbilisi": "Asia/Tbilisi",
    "Yerevan": "Asia/Yerevan",
    "Kabul": "Asia/Kabul",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Islamabad": "Asia/Karachi",
    "Karachi": "Asia/Karachi",
    "Tashkent": "Asia/Tashkent",
    "Chennai": "Asia/Kolkata",
    "Kolkata": "Asia/Kolkata",
    "Mumbai": "Asia/Kolkata",
    "New Delhi": "Asia/Kolkata",
    "Kathmandu": "Asia/Kathmandu",
    "Dhaka": "Asia/Dhaka",
    "Sri Jayawardenepura": "Asia/Colombo",
    "Almaty": "Asia/Almaty",
    "Astana": "Asia/Almaty",
    "Novosibirsk": "Asia/Novosibirsk",
    "Rangoon": "Asia/Yangon",
    "Bangkok": "Asia/Bangkok",
    "Hanoi": "Asia/Bangkok",
    "Jakarta": "Asia/Jakarta",
    "Krasnoyarsk": "Asia/Krasnoyarsk",
    "Beijing": "Asia/Shanghai",
    "Chongqing": "Asia/Shanghai",
    "Hong Kong": "Asia/Hong_Kong",
    "Urumqi": "Asia/Urumqi",
    "Kuala Lumpur": "Asia/Kuala_Lumpur",
    "Singapore": "Asia/Singapore",
    "Taipei": "Asia/Taipei",
    "Perth": "Australia/Perth",
    "Irkutsk": "Asia/Irkutsk",
    "Ulaanbaatar": "Asia/Ulaanbaatar",
    "Seoul": "Asia/Seoul",
    "Osaka": "Asia/Tokyo",
    "Sapporo": "Asia/Tokyo",
    "Tokyo": "Asia/Tokyo",
    "Yakutsk": "Asia/Yakutsk",
    "Darwin": "Australia/Darwin",
    "Adelaide": "Australia/Adelaide",
    "Canberra": "Australia/Melbourne",
    "Melbourne": "Australia/Melbourne",
    "Sydney": "Australia/Sydney",
    "Brisbane": "Australia/Brisbane",
    "Hobart": "Australia/Hobart",
    "Vladivostok": "Asia/Vladivostok",
    "Guam": "Pacific/Guam",
    "Port Moresby": "Pacific/Port_Moresby",
    "Magadan": "Asia/Magadan",
    "Srednekolymsk": "Asia/Srednekolymsk",
    "Solomon Is.": "Pacific/Guadalcanal",
    "New Caledonia": "Pacific/Noumea",
    "Fiji": "Pacific/Fiji",
    "Kamchatka": "Asia/Kamchatka",
    "Marshall Is.": "Pacific/Majuro",
    "Auckland": "Pacific/Auckland",
    "Wellington": "Pacific/Auckland",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Tokelau Is.": "Pacific/Fakaofo",
    "Chatham Is.": "Pacific/Chatham",
    "Samoa": "Pacific/Apia",
}
"""The names of Rails with those of the IANA, from the west to the east."""

RENAMED = {
    "America/Godthab": "America/Nuuk",
    "Europe/Kiev": "Europe/Kyiv",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Chongqing": "Asia/Shanghai",
    "US/Alaska": "America/Juneau",
    "US/Arizona": "America/Phoenix",
    "US/Central": "America/Chicago",
    "US/Eastern": "America/New_York",
    "US/Hawaii": "Pacific/Honolulu",
    "US/Mountain": "America/Denver",
    "US/Pacific": "America/Los_Angeles",
    "Etc/UCT": "Etc/UTC",
    "Etc/Zulu": "Etc/UTC",
    "GMT": "Etc/UTC",
    "Etc/GMT": "Etc/UTC",
}
"""Older names of the IANA, some of which a system may be the only ones to know, with those of today."""

FIRST = {
    "Europe/London": "London",
    "Europe/Zurich": "Zurich",
    "Asia/Tokyo": "Tokyo",
    "America/Mexico_City": "Mexico City",
} | {
    "Asia/Kolkata": "Kolkata",
    "Asia/Karachi": "Karachi",
    "Asia/Muscat": "Muscat",
    "Australia/Melbourne": "Melbourne",
    "Pacific/Midway": "Midway Island",
}
"""Of several names for one zone, the one that the IANA's name resembles; elsewhere it is the first of the table."""


ABBREVIATION = 3
"""Up to so many letters a zone is rather PST than a slip of the pen."""


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.strip())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().replace("_", " ")


BY_RAILS = {_folded(name): name for name in TIME_ZONES}
BY_IANA = {_folded(iana): name for name, iana in reversed(TIME_ZONES.items())} | {
    _folded(iana): name for iana, name in FIRST.items()
}
BY_IANA.update({_folded(old): BY_IANA[_folded(new)] for old, new in RENAMED.items()})


def rails_name(zone: str | tzinfo) -> str:
    """The name that PagerTree has for a zone.

    Args:
        zone: A ``ZoneInfo``, ``datetime.UTC``, or a name, as Rails or as the IANA has it; letters' case and accents do not
            matter.

    Raises:
        InvalidArgumentError: It is no zone, or none that PagerTree has; the message names near ones.

    >>> rails_name("America/Los_Angeles")
    'Pacific Time (US & Canada)'
    >>> rails_name("Arizona")
    'Arizona'
    """
    given: object = "UTC" if zone is UTC else zone.key if isinstance(zone, ZoneInfo) else zone
    if not isinstance(given, str):
        message = f"not a time zone: {shown(given)}"
        raise InvalidArgumentError(message, hint="Give a name or a zoneinfo.ZoneInfo")
    folded = _folded(given)
    found = BY_RAILS.get(folded) or BY_IANA.get(folded)
    if found is None:
        near = _near(given, folded)
        message = (
            f"not a time zone that PagerTree has: {shown(given)}{'; near ones: ' + ', '.join(near) if near else ''}"
        )
        raise InvalidArgumentError(message, hint="events.time_zones() lists them all")
    return found


def shown(value: object) -> str:
    """``value`` in an error's message, on one line and not too long."""
    return repr(value)[:80]


def _near(given: str, folded: str) -> list[str]:
    try:
        zone = ZoneInfo(given)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        holding = [name for part, name in _parts().items() if folded and folded in part]
        close = difflib.get_close_matches(folded, _parts(), n=6, cutoff=0.6)
        return list(dict.fromkeys([*holding, *(_parts()[part] for part in close)]))[:5]
    clock = _clock(zone)
    return [name for name in TIME_ZONES if _clock(zone_info(name)) == clock][:5]


@cache
def _parts() -> dict[str, str]:
    """What people write of a name, with the name: without what it has in brackets, and without its continent."""
    of_rails = {part: name for folded, name in BY_RAILS.items() for part in (folded, folded.partition(" (")[0])}
    of_iana = {part: name for folded, name in BY_IANA.items() for part in (folded.rpartition("/")[2], folded)}
    return {**of_rails, **of_iana, **of_rails}


def _clock(zone: ZoneInfo) -> tuple[timedelta | None, ...]:
    """What a zone's clocks show against UTC through the year, by which zones that go alike are known."""
    year = datetime.now(UTC).year
    return tuple(datetime(year, month, 15, 12, tzinfo=zone).utcoffset() for month in range(1, 13))


def near_zone(given: str) -> str | None:
    """The IANA's name of the zone that was probably meant by what is none, None where none is near.

    Args:
        given: What was written: a name with a slip of the pen, a city alone, or a name as Rails has it.

    >>> near_zone("Berlin")
    'Europe/Berlin'
    >>> near_zone("PST")
    """
    if len(given) <= ABBREVIATION:
        return None
    known = _written()
    close = difflib.get_close_matches(_folded(given), known, n=1)
    return known[close[0]] if close else None


@cache
def _written() -> dict[str, str]:
    """What people write of the zones that this system knows, with their names: the city alone, Rails' name, or the whole."""
    whole = available_timezones()
    cities = {_folded(name.rpartition("/")[2]): name for name in sorted(whole)}
    rails = {_folded(rails): name for rails, name in TIME_ZONES.items() if name in whole}
    return cities | rails | {_folded(name): name for name in sorted(whole)}


@lru_cache(maxsize=256)
def zone_info(name: str) -> ZoneInfo:
    """The zone that a name stands for.

    Args:
        name: As Rails or as the IANA has it.

    Raises:
        InvalidResponseError: Nothing that this system knows.

    >>> zone_info("Pacific Time (US & Canada)")
    zoneinfo.ZoneInfo(key='America/Los_Angeles')
    """
    rails = BY_RAILS.get(_folded(name))
    today = name if rails is None else TIME_ZONES[rails]
    for key in (today, *(old for old, new in RENAMED.items() if new == today)):
        try:
            return ZoneInfo(key)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            continue
    message = f"not a time zone that this system knows: {shown(name)}"
    raise InvalidResponseError(message, hint="The package tzdata brings the zones to systems that have none")


class RailsZone(Taken):
    """A zone by the name that PagerTree has for it."""

    __slots__ = ()

    @classmethod
    def take(cls, value: object) -> Self:
        """The name of a zone that was given as a name or a ``ZoneInfo``.

        Raises:
            InvalidArgumentError: It is no zone, or none that PagerTree has.
        """
        return cls(rails_name(value))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - it says so itself


if TYPE_CHECKING:
    Zone: TypeAlias = str | tzinfo
else:
    Zone = RailsZone
"""A time zone as an argument: its name, as Rails or as the IANA has it, or a ``ZoneInfo``."""
