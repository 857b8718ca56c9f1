"""Moments as some calls of API v4 want them: on the clocks of a zone that stands beside them, or of UTC without saying so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self, TypeAlias

from pagertree_async.errors import InvalidArgumentError
from pagertree_async.params import Taken
from pagertree_async.timezones import shown, zone_info


class LocalTime(Taken):
    """A moment on the clocks of a zone that is given beside it."""

    __slots__ = ()

    @classmethod
    def take(cls, value: object) -> Self:
        """A moment that was given as a ``datetime``, or as ``YYYY-MM-DD HH:mm``.

        Raises:
            InvalidArgumentError: It is neither.
        """
        return cls(_moment(value, "a datetime, or YYYY-MM-DD HH:mm").isoformat())

    def on(self, zone: str) -> str:
        """What the clocks of ``zone`` show at that moment; without an offset, it is what they show."""
        moment = datetime.fromisoformat(self)
        if moment.tzinfo is not None:
            moment = moment.astimezone(zone_info(zone))
        return f"{moment:%Y-%m-%d %H:%M}"


class UTCTime(Taken):
    """A moment as the clocks of UTC show it, without saying so."""

    __slots__ = ()

    @classmethod
    def take(cls, value: object) -> Self:
        """A moment that was given as an aware ``datetime``, or as ``YYYY-MM-DD HH:MM:SS`` in UTC.

        Raises:
            InvalidArgumentError: It is neither.
        """
        moment = _moment(value, "an aware datetime, or YYYY-MM-DD HH:MM:SS in UTC")
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
        elif isinstance(value, datetime):
            message = f"this datetime has no time zone: {shown(value)}"
            raise InvalidArgumentError(message, hint="Say which with tzinfo=, as in datetime.now(UTC)")
        return cls(f"{moment:%Y-%m-%d %H:%M:%S}")


def _moment(value: object, wanted: str) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - caught below
    except (TypeError, ValueError):
        message = f"not {wanted}: {shown(value)}"
        raise InvalidArgumentError(message) from None


if TYPE_CHECKING:
    LocalMoment: TypeAlias = datetime | str
    UTCMoment: TypeAlias = datetime | str
else:
    LocalMoment = LocalTime
    UTCMoment = UTCTime
