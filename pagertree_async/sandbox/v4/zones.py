"""The time zones of API v4, by the names that Rails gives them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

_NAMES = """
Pacific/Midway: International Date Line West, Midway Island
Pacific/Pago_Pago: American Samoa
Pacific/Honolulu: Hawaii
America/Juneau: Alaska
America/Los_Angeles: Pacific Time (US & Canada)
America/Tijuana: Tijuana
America/Phoenix: Arizona
America/Chihuahua: Chihuahua
America/Mazatlan: Mazatlan
America/Denver: Mountain Time (US & Canada)
America/Guatemala: Central America
America/Chicago: Central Time (US & Canada)
America/Mexico_City: Guadalajara, Mexico City
America/Monterrey: Monterrey
America/Regina: Saskatchewan
America/Bogota: Bogota
America/New_York: Eastern Time (US & Canada)
America/Indiana/Indianapolis: Indiana (East)
America/Lima: Lima, Quito
America/Halifax: Atlantic Time (Canada)
America/Caracas: Caracas
America/Guyana: Georgetown
America/La_Paz: La Paz
America/Puerto_Rico: Puerto Rico
America/Santiago: Santiago
America/St_Johns: Newfoundland
America/Sao_Paulo: Brasilia
America/Argentina/Buenos_Aires: Buenos Aires
America/Montevideo: Montevideo
America/Nuuk: Greenland
Atlantic/South_Georgia: Mid-Atlantic
Atlantic/Azores: Azores
Atlantic/Cape_Verde: Cape Verde Is.
Europe/London: Edinburgh, London
Europe/Lisbon: Lisbon
Africa/Monrovia: Monrovia
Etc/UTC: UTC
Europe/Amsterdam: Amsterdam
Europe/Belgrade: Belgrade
Europe/Berlin: Berlin
Europe/Zurich: Bern, Zurich
Europe/Bratislava: Bratislava
Europe/Brussels: Brussels
Europe/Budapest: Budapest
Africa/Casablanca: Casablanca
Europe/Copenhagen: Copenhagen
Europe/Dublin: Dublin
Europe/Ljubljana: Ljubljana
Europe/Madrid: Madrid
Europe/Paris: Paris
Europe/Prague: Prague
Europe/Rome: Rome
Europe/Sarajevo: Sarajevo
Europe/Skopje: Skopje
Europe/Stockholm: Stockholm
Europe/Vienna: Vienna
Europe/Warsaw: Warsaw
Africa/Algiers: West Central Africa
Europe/Zagreb: Zagreb
Europe/Athens: Athens
Europe/Bucharest: Bucharest
Africa/Cairo: Cairo
Africa/Harare: Harare
Europe/Helsinki: Helsinki
Asia/Jerusalem: Jerusalem
Europe/Kaliningrad: Kaliningrad
Europe/Kyiv: Kyiv
Africa/Johannesburg: Pretoria
Europe/Riga: Riga
Europe/Sofia: Sofia
Europe/Tallinn: Tallinn
Europe/Vilnius: Vilnius
Asia/Baghdad: Baghdad
Europe/Istanbul: Istanbul
Asia/Kuwait: Kuwait
Europe/Minsk: Minsk
Europe/Moscow: Moscow, St. Petersburg
Africa/Nairobi: Nairobi
Asia/Riyadh: Riyadh
Europe/Volgograd: Volgograd
Asia/Tehran: Tehran
Asia/Muscat: Abu Dhabi, Muscat
Asia/Baku: Baku
Europe/Samara: Samara
Asia/Tbilisi: Tbilisi
Asia/Yerevan: Yerevan
Asia/Kabul: Kabul
Asia/Almaty: Almaty, Astana
Asia/Yekaterinburg: Ekaterinburg
Asia/Karachi: Islamabad, Karachi
Asia/Tashkent: Tashkent
Asia/Kolkata: Chennai, Kolkata, Mumbai, New Delhi
Asia/Colombo: Sri Jayawardenepura
Asia/Kathmandu: Kathmandu
Asia/Dhaka: Dhaka
Asia/Urumqi: Urumqi
Asia/Yangon: Rangoon
Asia/Bangkok: Bangkok, Hanoi
Asia/Jakarta: Jakarta
Asia/Krasnoyarsk: Krasnoyarsk
Asia/Novosibirsk: Novosibirsk
Asia/Shanghai: Beijing, Chongqing
Asia/Hong_Kong: Hong Kong
Asia/Irkutsk: Irkutsk
Asia/Kuala_Lumpur: Kuala Lumpur
Australia/Perth: Perth
Asia/Singapore: Singapore
Asia/Taipei: Taipei
Asia/Ulaanbaatar: Ulaanbaatar
Asia/Tokyo: Osaka, Sapporo, Tokyo
Asia/Seoul: Seoul
Asia/Yakutsk: Yakutsk
Australia/Adelaide: Adelaide
Australia/Darwin: Darwin
Australia/Brisbane: Brisbane
Australia/Melbourne: Canberra, Melbourne
Pacific/Guam: Guam
Australia/Hobart: Hobart
Pacific/Port_Moresby: Port Moresby
Australia/Sydney: Sydney
Asia/Vladivostok: Vladivostok
Asia/Magadan: Magadan
Pacific/Noumea: New Caledonia
Pacific/Guadalcanal: Solomon Is.
Asia/Srednekolymsk: Srednekolymsk
Pacific/Auckland: Auckland, Wellington
Pacific/Fiji: Fiji
Asia/Kamchatka: Kamchatka
Pacific/Majuro: Marshall Is.
Pacific/Chatham: Chatham Is.
Pacific/Tongatapu: Nuku'alofa
Pacific/Apia: Samoa
Pacific/Fakaofo: Tokelau Is.
"""

ZONES: dict[str, str] = {
    name: zone
    for zone, names in (line.split(": ") for line in _NAMES.strip().splitlines())
    for name in names.split(", ")
}
"""The zone by the name that Rails has for it, from west to east."""


def zone_of(name: str | None) -> ZoneInfo:
    """The time zone of a name.

    Args:
        name: One of `ZONES`; none, or any other, counts as UTC.
    """
    return ZoneInfo(ZONES.get(name or "UTC", "Etc/UTC"))
