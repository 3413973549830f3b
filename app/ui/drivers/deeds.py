"""What can be done with drivers: dialogs and menu items over the fleet's services."""

from collections.abc import Callable

from nicegui import ui

from app.domain.access import Action
from app.tracking.fleet import MadeDriver
from app.tracking.records import Driver
from app.ui.drivers.inactive import InactiveDrivers
from app.ui.drivers.pairing import Pairing
from app.ui.kit.dialogs import Form, ask, line_of, text_field
from app.ui.kit.order_links import few, numbers_words
from app.ui.kit.raw_view import RawView
from app.ui.kit.row_menu import Deed, RowMenu
from app.ui.kit.visit import Visit
from app.ui.kit.words import contained


class DriverFields:
    """What is entered about a driver."""

    def __init__(self, driver: Driver | None) -> None:
        self._name = text_field("Name", driver.name if driver else None, autofocus="")
        with ui.element("div").classes("fields"):
            self._vehicle = text_field("Vehicle", driver.vehicle if driver else None)
            self._phone = text_field("Phone", driver.phone if driver else None, type="tel")
        self._vehicle.props["placeholder"] = "bike, car, van"

    def values(self) -> dict[str, str | None]:
        """By field name; ``invalid_field``."""
        return {
            "name": line_of(self._name, "name", needed=True),
            "vehicle": line_of(self._vehicle, "vehicle"),
            "phone": line_of(self._phone, "phone number"),
        }


class DriverDeeds:
    """What can be done with drivers."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._fleet = visit.services.fleet

    def menu(self) -> Callable[[Driver], None]:
        """The button of a row with everything that can be done; returns what tells it of whom."""
        shown: list[Driver] = []
        menu = RowMenu(self._visit, lambda: self._offer(shown[0]))

        def show(driver: Driver) -> None:
            shown[:] = [driver]
            menu.name(f"Actions for {driver.name}")

        return show

    def _offer(self, driver: Driver) -> list[Deed]:
        duty = "Take off duty" if driver.on_duty else "Put on duty"
        deeds = [
            Deed("edit", "Edit", lambda: self.edit(driver)),
            Deed("smartphone", "Connect a phone", lambda: self.connect(driver)),
            Deed("my_location", "Locate now", lambda: self.ask_place(driver)),
            Deed("schedule", duty, lambda: self.duty(driver)),
        ]
        if self._visit.may(Action.CONNECTIONS):
            deeds.append(Deed("terminal", "Watch messages", lambda: self._watch(driver)))
        end = Deed("person_off", "Deactivate", lambda: self._deactivate(driver), danger=True)
        return [*deeds, end]

    def add(self) -> None:
        """Ask who he is, then show his token."""

        async def make() -> None:
            values = fields.values()
            made = await self._fleet.create(
                values["name"] or "", values["vehicle"], values["phone"], self._visit.actor
            )
            self._show_token(made, f"{contained(made.driver.name)} is added")

        form = Form(self._visit, "Add driver", "Add driver", make, draft="this driver")
        with form.body:
            fields = DriverFields(None)

    def edit(self, driver: Driver) -> None:
        """Ask what of him is another now."""

        async def change() -> None:
            values = fields.values()
            changes = {key: new for key, new in values.items() if new != getattr(driver, key)}
            if changes:
                await self._fleet.edit(driver.id, changes, self._visit.actor)
            self._visit.say(f"{contained(values['name'] or '')} is saved.")

        title = f"Edit {contained(driver.name)}"
        form = Form(self._visit, title, "Save", change, draft="your changes")
        with form.body:
            fields = DriverFields(driver)

    def connect(self, driver: Driver) -> None:
        """Ask, then make a new token and show how a phone is connected with it."""

        async def rotate() -> None:
            made = await self._fleet.rotate(driver.id, self._visit.actor)
            self._show_token(made, f"A new token for {contained(driver.name)}")

        more = (
            "The old token ends at once, and with it the driver's page and every app that was set "
            "up with it, until they have the new one."
        )
        ask(
            self._visit,
            f"Connect a phone of {contained(driver.name)}?",
            more,
            "Make new token",
            rotate,
        )

    def ask_place(self, driver: Driver) -> None:
        """Ask his phone, and say when that reaches it."""
        if self._visit.services.reporting.ask(driver.id, self._visit.actor):
            self._visit.say(
                f"The phone of {contained(driver.name)} is asked; it answers within seconds."
            )
        else:
            self._visit.say(f"{contained(driver.name)} will be asked when the phone reports next.")

    def _watch(self, driver: Driver) -> None:
        RawView(self._visit, driver.num, driver.name)

    async def duty(self, driver: Driver) -> None:
        """Put him on duty, or take him off it."""
        await self._set_duty(driver.num, on=not driver.on_duty, undo=True)

    async def _set_duty(self, num: int, *, on: bool, undo: bool) -> None:
        now = await self._fleet.set_duty(num, on, self._visit.actor)
        word = "on duty" if now.on_duty else "off duty: positions are not stored"

        async def back() -> None:
            live = self._visit.services.board.drivers.get(num)
            if live is not None and live.driver.on_duty is on:  # and nobody was quicker
                await self._set_duty(num, on=not on, undo=False)

        self._visit.say(f"{contained(now.name)} is {word}.", undo=back if undo else None)

    def _deactivate(self, driver: Driver) -> None:
        """Ask, unless orders are in the way: then say which."""
        ids = [one.order.id for one in self._visit.services.board.orders_of(driver.num)]
        if ids:
            which = numbers_words(*few(ids))
            self._visit.say(
                f"{contained(driver.name)} still has {which}: give or end that first.", bad=True
            )
            return

        async def deactivate() -> None:
            await self._fleet.remove(driver.id, self._visit.actor)
            self._visit.say(f"{contained(driver.name)} is deactivated.")

        more = (
            "The token ends and the phone is disconnected. The history stays, and you can activate "
            "the driver again with a new token."
        )
        ask(self._visit, f"Deactivate {contained(driver.name)}?", more, "Deactivate", deactivate)

    async def show_inactive(self) -> None:
        """Show who was deactivated."""
        found = await self._fleet.inactive(self._visit.actor)
        InactiveDrivers(self._visit, found, self._activate)

    async def _activate(self, driver: Driver) -> None:
        """One who was deactivated drives again; show the new token."""
        made = await self._fleet.restore(driver.id, self._visit.actor)
        self._show_token(made, f"{contained(made.driver.name)} is active again")

    def _show_token(self, made: MadeDriver, title: str) -> None:
        Pairing(self._visit, made, title)
