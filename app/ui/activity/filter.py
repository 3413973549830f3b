"""What the activity page shows: its fields, as they stand in the address of the page."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final
from urllib.parse import urlencode

from nicegui import events, ui

from app.domain.errors import OnthewayError
from app.domain.times import SECOND
from app.tracking.records import ActivityFilter
from app.ui.activity.words import GROUPS, kinds_of
from app.ui.kit.parts import Handler
from app.ui.kit.tables import MAX_SEARCH, SEARCH_PAUSE, Chips
from app.ui.kit.visit import Visit

FILE: Final = "/api/v1/activity"
MOST_PEOPLE: Final = 8
"""People whose names hold what was typed; more are not looked for."""


class FilterFields:
    """Person, order, kind and time; ``changed`` is called with each change."""

    def __init__(self, visit: Visit, query: Mapping[str, str], changed: Handler) -> None:
        self._visit = visit
        self._changed = changed
        self._values = {
            name: query.get(name, "").strip()[:MAX_SEARCH]
            for name in ("who", "order", "q", "from", "to")
        }
        self._field("q", "Kind", "Search").props("data-search")
        self._field("who", "Person or key", "Person")
        self._field("order", "Order", "Order")
        self._field("from", "", "From").props("type=datetime-local prefix=From").classes("moment")
        self._field("to", "", "To").props("type=datetime-local prefix=To").classes("moment")
        self._group = query.get("group", "") if query.get("group", "") in GROUPS else ""
        self._chips: Chips | None = None

    def make_chips(self) -> None:
        """The groups of kinds, on a line of their own."""
        choices = {key: word for key, (word, _) in GROUPS.items()}
        self._chips = Chips("Kind", choices, self._group, self._visit.act(self._chosen))

    def _chosen(self) -> Any:
        self._group = self._chips.on if self._chips else ""
        return self._changed()

    def _field(self, name: str, placeholder: str, label: str) -> ui.input:
        async def typed(event: events.ValueChangeEventArguments[str | None]) -> None:
            value = event.value
            self._values[name] = value.strip()[:MAX_SEARCH] if isinstance(value, str) else ""
            await self._changed()

        field = ui.input(value=self._values[name], placeholder=placeholder)
        field.props(f"outlined dense clearable maxlength={MAX_SEARCH} debounce={SEARCH_PAUSE}")
        field.props["aria-label"] = label
        return field.classes("log-field").on_value_change(self._visit.act(typed))

    @property
    def chosen(self) -> dict[str, str]:
        """As the address of the page has it."""
        return {**self._values, "group": self._group}

    async def wanted(self) -> ActivityFilter:
        """What to look for; ``invalid_field`` for a time that is none."""
        values, zone = self._values, self._visit.zone
        return ActivityFilter(
            kinds=kinds_of(self._group, values["q"]),
            actors=await self._people(values["who"]),
            subject=values["order"] or None,
            since=moment_of(values["from"], zone),
            until=moment_of(values["to"], zone),
        )

    async def _people(self, text: str) -> frozenset[str] | None:
        """The ids of those who are called so, else of those whose names hold it, else itself: of
        somebody who is gone only the log knows."""
        if not text:
            return None
        services = self._visit.services
        names = {live.driver.id: live.driver.name for live in services.board.drivers.values()}
        names |= {user.name: user.name for user in await services.store.people.users()}
        names |= {key.name: key.name for key in await services.store.people.keys()}
        typed = text.casefold()
        exact = [one for one, name in names.items() if typed in {one.casefold(), name.casefold()}]
        similar = [one for one, name in names.items() if typed in name.casefold()]
        return frozenset((exact or sorted(similar) or [text])[:MOST_PEOPLE])


def file_address(wanted: ActivityFilter) -> str:
    """Where the browser gets all of this as a file."""
    query: list[tuple[str, str]] = [("format", "csv")]
    if wanted.kinds is not None:
        query += [("kind", kind) for kind in sorted(wanted.kinds) or ("",)]
    query += [("person", actor) for actor in sorted(wanted.actors or ())]
    if wanted.subject is not None:
        query.append(("order", wanted.subject))
    for name, at in (("from", wanted.since), ("to", wanted.until)):
        if at is not None:
            query.append((name, f"{at / SECOND:.6f}"))
    return f"{FILE}?{urlencode(query)}"


def moment_of(text: str, zone: tzinfo) -> int | None:
    """Microseconds of a local time as a browser's field writes it ("2026-11-26T14:30").

    Raises ``invalid_field``.
    """
    if not text:
        return None
    try:
        there = datetime.fromisoformat(text)
        there = there if there.tzinfo is not None else there.replace(tzinfo=zone)
        seconds = there.timestamp()
    except (ValueError, OverflowError):
        raise OnthewayError("invalid_field", "Please enter a date and a time.") from None
    return round(seconds * SECOND)
