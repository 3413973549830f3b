"""What an import leaves out: how many lines, and a file with them to mend and import."""

from collections.abc import Iterable
from typing import Final

from nicegui import ui

from app.protocol.left_out import Refusal, problems_of
from app.protocol.order_csv import OrderFile
from app.ui.kit.batch import counted
from app.ui.kit.parts import button
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

NAME: Final = "orders-left-out.csv"


class LeftOut:
    """A notice with a button; hidden while nothing is left out."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._file = OrderFile()
        self._problems: dict[int, list[str]] = {}
        with ui.element("div").classes("notice notice-warn left-out") as self._notice:
            self._words = words("p", "")
            self._button = button(
                "Download these lines", visit.act(self._download), "btn-small", "download"
            )
        self._notice.set_visibility(False)

    def show(
        self,
        file: OrderFile,
        refused: Iterable[Refusal] = (),
        *,
        over: bool = False,
        untried: int = 0,
    ) -> None:
        """Show what of a file cannot be imported, or, when that is ``over``, what was not; so many
        of the ``refused`` were never tried."""
        self._file = file
        self._problems = problems_of(file, refused)
        wrong = len(self._problems) - untried
        self._words.set_text(left_out_words(wrong, file.unread, over=over, untried=untried))
        self._button.set_visibility(bool(self._problems))
        self._notice.set_visibility(bool(self._problems) or file.unread is not None)

    async def _download(self) -> None:
        data = await self._visit.services.order_files.left_out(self._file, self._problems)
        ui.download.content(data, NAME, "text/csv")


def left_out_words(count: int, unread: int | None, *, over: bool, untried: int = 0) -> str:
    """How many lines are left out, and what to do with them; from the line ``unread`` on nothing
    could be read. ``untried`` more have no fault: the import was stopped before."""
    said = []
    if untried:
        lines = counted(untried, "line was", "lines were")
        said.append(f"{lines} not tried, because the import was stopped.")
    if count:
        lines = counted(count, "line", "lines")
        be = "would be" if not over else "was" if count == 1 else "were"
        them, these = ("it", "just that") if count == 1 else ("them", "just these")
        said.append(f"{lines} of the file {be} left out.")
        if untried:
            said.append("Download all of these, mend what is wrong, and import just these.")
        else:
            said.append(f"Download {them} with what is wrong, mend {them}, and import {these}.")
    elif untried:
        said.append("Nothing is wrong with them: download them to import them later.")
    if unread is not None:
        said.append(f"From line {unread:,} on the file could not be read: mend that in the file.")
    return " ".join(said)
