"""How often a driver's phone should report: as often as somebody looks, and no more.

Pure: one rule over what is known of the driver now. All times are whole seconds.
"""

from typing import Final, NamedTuple

from msgspec import Struct

NEAR: Final = 500.0
"""Metres from the door within which an order is near its end."""
ON_REQUEST: Final = 1
"""A phone that is asked for its place reports as fast as the rules allow anybody to."""


class ReportRules(Struct, frozen=True, kw_only=True):
    """Seconds between two reports: ``near`` an order's end while somebody follows it; while an
    order is ``watched``; while only the fleet is looked at on the ``overview``; ``unwatched`` when
    nobody looks; and at least ``saving`` with a battery below ``low_battery`` percent."""

    near: int = 3
    watched: int = 5
    overview: int = 15
    unwatched: int = 30
    saving: int = 20
    low_battery: int = 15


class Attention(NamedTuple):
    """What is known of a driver now.

    ``watched``: somebody follows one of his orders and gets his positions; ``near``: such an order
    is about to end; ``overview``: the map of the fleet is open somewhere; ``asked``: somebody waits
    for his place; ``battery`` of his phone, 0 to 1, None for unknown.
    """

    watched: bool = False
    near: bool = False
    overview: bool = False
    asked: bool = False
    battery: float | None = None


def interval_of(rules: ReportRules, attention: Attention) -> int:
    """Seconds from one report to the next."""
    if attention.asked:
        return ON_REQUEST
    battery = attention.battery
    saving = battery is not None and battery * 100 < rules.low_battery
    return max(_wanted(rules, attention), rules.saving if saving else 0)


def _wanted(rules: ReportRules, attention: Attention) -> int:
    if attention.watched:
        return rules.near if attention.near else rules.watched
    return rules.overview if attention.overview else rules.unwatched
