"""Times and days as people of one country and one time zone write them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_interval, format_skeleton, format_time, get_datetime_format

from app.domain.eta import Window
from app.domain.times import DAY, to_datetime

HALF_DAYS: Final = "h"
"""What a pattern of hours up to 12 holds (CLDR)."""


@dataclass(frozen=True, slots=True)
class Times:
    """``today`` decides whether the day is said."""

    locale: Locale
    zone: ZoneInfo
    today: date

    def clock(self, moment: int) -> str:
        """ "14:26", "2:26 PM"."""
        return format_time(to_datetime(moment), "short", self.zone, self.locale)

    def day(self, moment: int) -> str:
        """ "23 November"."""
        return self._date(moment, "MMMMd")

    def short(self, moment: int) -> str:
        """The clock, with its day unless that is today."""
        return self._with_day(moment, self.clock(moment))

    def window(self, window: Window) -> str:
        """ "14:20-14:30" with an en dash, with its day unless that is today."""
        if self._local(window.begin).date() != self._local(window.end).date():
            # Over one midnight CLDR would name both days, as if they were far apart.
            near = window.end - window.begin < DAY
            until = self.clock(window.end) if near else self.short(window.end)
            return f"{self.short(window.begin)} \u2013 {until}"
        pattern = self.locale.time_formats["short"].pattern
        hours = "hm" if HALF_DAYS in pattern else "Hm"
        begin, end = map(to_datetime, window)
        span = format_interval(begin, end, hours, self.zone, locale=self.locale)
        return self._with_day(window.begin, span)

    def is_today(self, moment: int) -> bool:
        """Whether ``moment`` lies on today's date here."""
        return self._local(moment).date() == self.today

    def _with_day(self, moment: int, clock: str) -> str:
        if self.is_today(moment):
            return clock
        return day_and_time(self.locale).format(clock, self._date(moment, "MMMd"))

    def _date(self, moment: int, skeleton: str) -> str:
        return format_skeleton(skeleton, to_datetime(moment), self.zone, locale=self.locale)

    def _local(self, moment: int) -> datetime:
        return to_datetime(moment).astimezone(self.zone)


def day_and_time(locale: Locale) -> str:
    """How a day, ``{1}``, and a time, ``{0}``, stand together."""
    return str(get_datetime_format("medium", locale=locale)).replace("'", "")
