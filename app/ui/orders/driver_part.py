"""Who drives one order: a part of its card."""

from collections.abc import Callable

from nicegui import ui

from app.domain.access import Action
from app.domain.geo import Place
from app.domain.order import FINAL, UNDERWAY
from app.tracking.board import LiveDriver
from app.tracking.records import Order
from app.ui.kit.candidates import meeting_place
from app.ui.kit.driver_field import DriverField
from app.ui.kit.facts import Facts, phone_fact
from app.ui.kit.measures import fix_facts
from app.ui.kit.parts import age, set_age
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.orders.assigning import Handover


class DriverPart:
    """Who drives, how fresh his place is; and, for those who may, the choice of another."""

    def __init__(self, visit: Visit, open_driver: Callable[[str], object]) -> None:
        self._visit = visit
        self._order: Order | None = None
        self._chosen_by: Order | None = None
        self._shown_flags: list[str] = []
        self._choice: DriverField | None = None
        if visit.may(Action.DISPATCH):
            self._choice = DriverField(visit, self._assign, meet=self._place)
            self._choice.on_open(self._begin)
        with ui.element("p").classes("card-driver") as self._line:
            self._name = ui.element("button").classes("link").props("type=button")
            self._name.on("click", visit.act(lambda: open_driver(self._driver_id)), [])
            with self._name:
                self._name_text = words("span", "")
            with ui.element("span") as self._seen:
                words("span", "seen ")
                self._age = age(None, ago=True)
        self._driver_id = ""
        self._facts = Facts()
        self._flags = ui.element("ul").classes("flags")
        self._none = words("p", "Nobody has this order.").classes("muted")

    def show(self, order: Order, driver: LiveDriver | None, name: str) -> None:
        """Show who drives now; ``name`` is his, also where he was removed since."""
        self._order = order
        self._driver_id = driver.driver.id if driver else ""
        over = order.status in FINAL
        if self._choice is not None:
            self._choice.nobody = "" if order.status in UNDERWAY else "Nobody"
            self._choice.choose(
                order.driver_id or "", enabled=not over, removed=f"{name} (removed)"
            )
        marker = driver.marker if driver else None
        seen = marker is not None and not over
        self._seen.set_visibility(seen)
        named = seen or self._choice is None  # a field to choose in says who drives as well
        self._line.set_visibility(driver is not None and named)
        self._none.set_visibility(driver is None and self._choice is None)
        self._none.set_text(f"{name}, who was deactivated." if name else "Nobody has this order.")
        self._name_text.set_text(name)
        set_age(self._age, marker.at if marker else None)
        services = self._visit.services
        facts = fix_facts(
            None if over else driver,
            online=self._online(driver),
            now=services.now(),
            thresholds=services.preferences.current.thresholds,
        )
        number = phone_fact(driver.driver.phone if driver and not over else None)
        self._facts.show({**facts, "Number": number})

    def begin(self) -> None:
        """Let the person choose a driver."""
        if self._choice is not None:
            self._choice.begin()

    def show_flags(self, sentences: list[str]) -> None:
        """Explain what is remarkable about the newest positions."""
        if sentences == self._shown_flags:
            return
        self._shown_flags = sentences
        self._flags.clear()
        with self._flags:
            for sentence in sentences:
                words("li", sentence)

    def _online(self, driver: LiveDriver | None) -> bool:
        return driver is not None and self._visit.services.hub.online(driver.driver.num)

    def _place(self) -> Place | None:
        return meeting_place(self._order) if self._order is not None else None

    def _begin(self) -> None:
        """Somebody begins to choose: by the order as it is shown now."""
        self._chosen_by = self._order

    async def _assign(self, driver_id: str) -> bool:
        seen = self._chosen_by or self._order
        self._chosen_by = None
        return seen is None or await Handover(self._visit, seen, driver_id).begin()
