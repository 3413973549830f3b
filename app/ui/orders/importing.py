"""The dialog that imports orders from a CSV file: the file, what it would do, the doing of it.

Nothing is stored before the person has seen what would be, and what cannot be and why.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import events, ui

from app.domain.errors import OnthewayError
from app.protocol import csv_text
from app.protocol.left_out import Refusal
from app.protocol.order_csv import (
    COLUMNS,
    MOST_LINES,
    MOST_READ,
    Fault,
    OrderFile,
    OrderLine,
    too_large,
)
from app.tracking.batch import Tally
from app.tracking.order_files import details_of
from app.tracking.records import Spotted
from app.ui.kit.batch import Reasons, Work, counted, summary
from app.ui.kit.dialog import Dialog
from app.ui.kit.parts import button, icon_for_eye, place_words, window_words
from app.ui.kit.tables import Chips, Column, Pager, Pages, Table, Update, set_text, text_cell
from app.ui.kit.upload import Upload
from app.ui.kit.visit import Visit
from app.ui.kit.words import Words, words
from app.ui.orders.left_out import LeftOut

ROWS: Final = 20
"""Orders on one page of the preview."""
EXAMPLE: Final = (
    ("2001", "Ada Lovelace", "+49 89 1234", "", "Marienplatz 8, Munich", "48.1374", "11.5755"),
    ("2002", "Zoë 🎁 Müller", "", "zoe@example.com", "Sendlinger Str. 2, Munich", "", ""),
)
NOT_TRIED: Final = "Nothing is wrong with this line. The import was stopped before it."
WOULD, CANNOT = "would", "cannot"
PREVIEW: Final = (
    Column("Line", "minmax(56px, auto)"),
    Column("Order", "minmax(80px, 0.6fr)", "card-title"),
    Column("Customer", "minmax(0, 1fr)"),
    Column("Destination", "minmax(0, 1.4fr)"),
    Column("Driver", "minmax(0, 1fr)"),
    Column("Promised", "minmax(148px, 0.8fr)"),
)


class ImportOrders:
    """One open dialog; ``done`` is called once orders were made."""

    def __init__(self, visit: Visit, done: Callable[[], Awaitable[object]]) -> None:
        self._visit = visit
        self._done = done
        self._file = OrderFile()
        self._work: Work[OrderLine] | None = None
        self._pages = Pages()
        self._dialog = Dialog(visit, "Import orders", lasting=True)
        with self._dialog.body:
            self._build_choice()
            with ui.element("div").classes("import-part") as self._preview:
                self._build_preview()
            self._progress = ui.element("div").classes("import-part")
        with self._dialog.foot:
            self._wrong = words("p", "").classes("field-error dialog-wrong").props("role=alert")
            self._stop = button("Stop", visit.act(self._stopped))
            self._other = button("Another file", visit.act(self._again))
            self._close = button("Cancel", self._dialog.close)
            self._go = button("Import", visit.act(self._import), "btn-primary")
            (self._go_word,) = (one for one in self._go if isinstance(one, Words))
        self._again()

    # choosing a file

    def _build_choice(self) -> None:
        with ui.element("div").classes("import-part") as self._choice:
            words(
                "p",
                "A CSV file in UTF-8, with commas or semicolons. Its first line names the columns; "
                "each line below is one order. You see what would be imported before anything is.",
            ).classes("muted")
            upload = Upload(
                auto_upload=True,
                max_file_size=MOST_READ,
                on_upload=self._visit.act(self._uploaded),
                on_rejected=self._visit.act(self._too_large),
            )
            upload.classes("drop").props('accept=".csv,.txt,text/csv" flat')
            with upload.add_slot("list"), ui.element("div").classes("drop-inside"):
                icon_for_eye("upload_file")
                choose = button("Choose a file", None, "btn-primary")
                words("span", f"or drop it here: up to {MOST_LINES:,} orders, 1 MB").classes(
                    "muted small"
                )
            choose.on("click", js_handler=f"() => getElement({upload.id}).pickFiles()")
            self._upload = upload
            with ui.element("details").classes("import-columns"):
                words("summary", "The columns")
                with ui.element("dl").classes("facts"):
                    for name, meaning in COLUMNS.items():
                        words("dt", name).classes("mono")
                        words("dd", meaning)
                zone = self._visit.zone.key
                words("p", f"Times without an offset are in {zone}.").classes("muted small")
            button("Download an example", self._visit.act(_example), "btn-small", "download")

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        self._upload.reset()
        self._wrong.set_text("")
        try:
            if event.file.size() > MOST_READ:
                raise too_large()
            data = await event.file.read()
            file = await self._visit.services.order_files.preview(data, self._visit.zone)
        except OnthewayError as error:
            self._wrong.set_text(error.message)
            return
        self._file = file
        self._show_preview()

    def _too_large(self) -> None:
        self._wrong.set_text(too_large().message)

    # looking at it

    def _build_preview(self) -> None:
        self._sum = words("p", "").classes("import-sum").props("role=status")
        self._ignored = words("p", "").classes("muted small")
        choices = {WOULD: "To import", CANNOT: "Cannot be imported"}
        self._chips = Chips("Lines", choices, WOULD, self._visit.act(self._show_lines))
        with ui.element("div").classes("import-part") as self._would:
            self._table = Table("To import", PREVIEW, lambda line: line.line, self._row)
            self._pager = Pager(
                self._pages, self._visit.act(self._show_page), back="Back", forward="More"
            )
        with ui.element("div").classes("import-part") as self._cannot:
            self._left_out = LeftOut(self._visit)
            self._reasons = Reasons(self._visit, "Cannot be imported", "Line")

    def _row(self) -> Update[OrderLine]:
        number = words("div", "").classes("muted")
        order, customer = text_cell(), text_cell()
        place, driver, promised = text_cell("few-lines"), text_cell(), text_cell()

        def update(line: OrderLine) -> None:
            now, zone = self._visit.services.now(), self._visit.zone
            number.set_text(str(line.line))
            set_text(order, line.order_id or "new number")
            set_text(customer, line.name or "")
            set_text(place, place_words(Spotted(place=line.place, address=line.address)))
            live = self._visit.services.board.driver_by_id(line.driver or "")
            set_text(driver, live.driver.name if live else "")
            set_text(promised, window_words(line.window, zone, now) if line.window else "")

        return update

    def _show_preview(self) -> None:
        good, bad = len(self._file.lines), len({fault.line for fault in self._file.faults})
        text = f"{counted(good, 'order', 'orders')} can be imported"
        if bad:
            text += f", {counted(bad, 'line', 'lines')} cannot"
        self._sum.set_text(f"{text}. Nothing is stored yet.")
        ignored = ", ".join(title[:40] for title in self._file.ignored[:10])
        self._ignored.set_text(f"Columns that are not used: {ignored}" if ignored else "")
        self._chips.count({WOULD: good, CANNOT: bad})
        self._chips.choose(CANNOT if bad else WOULD)
        self._left_out.show(self._file)
        self._reasons.show([_reason(fault) for fault in self._file.faults])
        self._pages.first()
        self._show_page()
        self._show_lines()
        self._go_word.set_text(f"Import {counted(good, 'order', 'orders')}")
        self._only(self._preview)
        self._buttons(self._other, self._close, *([self._go] if good else []))

    def _show_page(self) -> None:
        self._table.show(self._pages.of(self._file.lines, ROWS))
        self._pager.show()

    def _show_lines(self) -> None:
        self._would.set_visibility(self._chips.on == WOULD)
        self._cannot.set_visibility(self._chips.on == CANNOT)

    # doing it

    def _import(self) -> None:
        if self._work is not None:
            return
        with self._progress:
            self._work = Work(self._visit, self._file.lines, self._make, _named, self._finished)
        self._only(self._progress)
        self._buttons(self._stop)
        self._work.start()

    async def _make(self, line: OrderLine) -> None:
        visit = self._visit
        await visit.services.orders.create(
            line.order_id, details_of(line), line.driver, visit.actor
        )

    async def _finished(self, tally: Tally[OrderLine]) -> None:
        visit = self._visit
        if tally.done:
            visit.services.monitor.note(
                "order.imported", visit.actor, detail={"orders": len(tally.done)}
            )
        if self._work is not None:
            self._work.say(summary(tally, "imported"))
            with self._work.more:
                untried = len(self._file.lines) - tally.count
                LeftOut(visit).show(self._file, self._refused(tally), over=True, untried=untried)
        self._close.clear()
        with self._close:
            words("span", "Done").classes("btn-word")
        self._close.classes("btn-primary")
        self._buttons(self._close)
        self._dialog.hold(bool(self._refused(tally) or self._file.faults))
        await self._done()

    def _refused(self, tally: Tally[OrderLine]) -> list[Refusal]:
        """The good lines that were not imported."""
        untried = self._file.lines[tally.count :]
        return [
            *((line.line, why) for line, why in tally.refused),
            *((line.line, NOT_TRIED) for line in untried),
        ]

    def _stopped(self) -> None:
        if self._work is not None:
            self._work.stop()

    # what is shown

    def _again(self) -> None:
        self._wrong.set_text("")
        self._only(self._choice)
        self._buttons(self._close)

    def _only(self, part: ui.element) -> None:
        for one in (self._choice, self._preview, self._progress):
            one.set_visibility(one is part)
        self._dialog.hold(part is not self._choice)  # a file that was read is not lost by Escape

    def _buttons(self, *shown: ui.element) -> None:
        for one in (self._stop, self._other, self._close, self._go):
            one.set_visibility(one in shown)


def _reason(fault: Fault) -> tuple[str, str, str]:
    return f"Line {fault.line}", fault.field, fault.reason


def _named(line: OrderLine) -> str:
    return f"Line {line.line}" + (f", #{line.order_id}" if line.order_id else "")


def _example() -> None:
    """A file to begin with."""
    text = csv_text.lines([list(COLUMNS)[:7], *EXAMPLE])
    ui.download.content((csv_text.BOM + text).encode(), "orders-example.csv", "text/csv")
