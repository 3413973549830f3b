"""Shutting out for a while: the dialog that does it, and the list of what is shut out now."""

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui

from app.domain.access import Action, Kind
from app.domain.errors import OnthewayError
from app.domain.times import SECOND
from app.tracking.blocks import ADDRESS, Block
from app.tracking.monitor import Connection
from app.ui.kit.dialogs import Form, ask, choice_field
from app.ui.kit.parts import button, clock
from app.ui.kit.tables import Column, Table, Update, cell, set_text, text_cell
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

DURATIONS: Final = {"600": "10 minutes", "3600": "1 hour", "86400": "24 hours"}
TOKEN: Final = "token"
WHAT: Final = {
    ADDRESS: "Address",
    Kind.DRIVER.value: "Driver's token",
    Kind.CUSTOMER.value: "Link of order",
    Kind.API_KEY.value: "API key",
}
COLUMNS: Final = (
    Column("What", "minmax(96px, 1fr)"),
    Column("Which", "minmax(120px, 1.4fr)", "card-title"),
    Column("By", "minmax(96px, 1fr)"),
    Column("Since", "minmax(96px, 0.7fr)"),
    Column("Until", "minmax(96px, 0.7fr)"),
    Column("", "max-content", "card-actions"),
)


class BlocksPart:
    """What is shut out now; nothing is shown while nothing is."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with ui.element("section").classes("blocks") as self._part:
            words("h2", "Blocked for a while").classes("part-title")
            self._table = Table("Blocked", COLUMNS, lambda block: block.id, self._row)
        self._part.set_visibility(False)

    def refresh(self) -> None:
        """Show what is so now."""
        found = self._visit.services.monitor.blocks.listed()
        self._table.show(found)
        self._part.set_visibility(bool(found))

    def _row(self) -> Update[Block]:
        visit, shown = self._visit, list[Block]()
        what, which = text_cell("whole muted"), text_cell("whole strong")
        by, since, until = text_cell(), text_cell("whole muted"), text_cell()
        with cell():
            lift = button("Lift", visit.act(lambda: self._lift(shown[0])), "btn-small btn-quiet")

        def update(block: Block) -> None:
            shown[:] = [block]
            now = visit.services.now()
            set_text(what, WHAT.get(str(block.key[0]), str(block.key[0])))
            set_text(which, block.name)
            set_text(by, block.by)
            set_text(since, clock(block.since, visit.zone, now))
            set_text(until, clock(block.until, visit.zone, now))
            lift.props["aria-label"] = f"Lift the block of {block.name}"

        return update

    def _lift(self, block: Block) -> None:
        self._visit.services.monitor.lift(block.id, self._visit.actor)
        self._visit.say(f"{block.name} may come again.")
        self.refresh()


class BlockDialog:
    """Asks what to shut out and for how long; ``done`` is called afterwards."""

    def __init__(
        self, visit: Visit, connection: Connection, name: str, done: Callable[[], Any]
    ) -> None:
        self._visit = visit
        self._connection = connection
        self._name = name
        self._done = done
        choices = self._choices()
        if not choices:
            raise OnthewayError("conflict", f"There is nothing of {name} that you may block.")
        form = Form(visit, f"Block {name}", "Block", self._send, danger=True)
        with form.body:
            more = "Open sockets are closed at once, and new ones and requests are refused. "
            words("p", f"{more}A restart of the server lifts it.").classes("muted")
            self._what = choice_field("What", choices, next(iter(choices)))
            self._seconds = choice_field("For", DURATIONS, next(iter(DURATIONS)))

    def _choices(self) -> dict[str, str]:
        """What this person may shut out of this connection."""
        one, found = self._connection, dict[str, str]()
        key = one.token
        if key is not None and (key[0] != Kind.API_KEY or self._visit.may(Action.BLOCK)):
            found[TOKEN] = f"{WHAT.get(str(key[0]), 'Token')} ({self._name})"
        if one.address is not None and self._visit.may(Action.BLOCK):
            found[ADDRESS] = f"Address {one.address}, with everybody behind it"
        return found

    async def _send(self) -> None:
        seconds = str(self._seconds.value)
        if seconds not in DURATIONS:
            raise OnthewayError("invalid_field", "Please choose for how long.", field="seconds")
        if self._what.value == TOKEN:
            monitor = self._visit.services.monitor
            monitor.block_token(self._connection, self._name, int(seconds), self._visit.actor)
            self._said(self._name, seconds)
        elif self._connection.address == self._visit.actor.address:
            self._ask_own(seconds)
        else:
            self._block_address(seconds)

    def _ask_own(self, seconds: str) -> None:
        async def really() -> None:
            self._block_address(seconds, even_own=True)

        address = self._connection.address
        now = self._visit.services.now()
        until = clock(now + int(seconds) * SECOND, self._visit.zone, now)
        ask(
            self._visit,
            f"Block your own address {address}?",
            f"You and everybody behind {address} are shut out until {until}. This tab can lift it "
            "only while it stays open; else an admin elsewhere can, or a restart of the server.",
            f"Block {address}",
            really,
        )

    def _block_address(self, seconds: str, *, even_own: bool = False) -> None:
        address = self._connection.address or ""
        monitor = self._visit.services.monitor
        monitor.block_address(address, int(seconds), self._visit.actor, even_own=even_own)
        self._said(address, seconds)

    def _said(self, name: str, seconds: str) -> None:
        self._visit.say(f"{name} is blocked for {DURATIONS[seconds]}.")
        self._done()
