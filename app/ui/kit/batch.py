"""A dialog that does the same for many things: how far it is, a way to stop, what was refused."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Generic, TypeVar

import structlog
from nicegui import background_tasks, ui

from app.domain.errors import OnthewayError
from app.tracking.batch import Tally, carry_out
from app.ui.kit.dialog import Dialog
from app.ui.kit.parts import button
from app.ui.kit.tables import Column, Pager, Pages, Table, Update, set_text, text_cell
from app.ui.kit.visit import Visit
from app.ui.kit.words import words

REASONS: Final = 50
"""Reasons on one page."""

_log = structlog.get_logger("pages")

T = TypeVar("T")
Reason = tuple[str, str, str]
"""Of what, about what of it, and why."""


class Reasons:
    """A list of what cannot be done, page by page; ``fields``: and about what of it."""

    def __init__(self, visit: Visit, name: str, what: str, *, fields: bool = True) -> None:
        self._reasons: Sequence[tuple[int, Reason]] = ()
        self._pages = Pages()
        columns = (
            Column(what, "minmax(72px, auto)", "card-title"),
            *([Column("Field", "minmax(0, 0.5fr)")] if fields else ()),
            Column("Why", "minmax(0, 2fr)", "reason"),
        )
        self._fields = fields
        self._table = Table(name, columns, lambda item: item[0], self._build)
        self._pager = Pager(self._pages, visit.act(self._turn), back="Back", forward="More")
        self.show(())

    def show(self, reasons: Sequence[Reason]) -> None:
        """Show these from the beginning."""
        self._reasons = list(enumerate(reasons))
        self._pages.first()
        self._turn()

    def _turn(self) -> None:
        self._table.show(self._pages.of(self._reasons, REASONS))
        self._pager.show()

    def _build(self) -> Update[tuple[int, Reason]]:
        what = text_cell()
        field = text_cell() if self._fields else None
        why = text_cell("")

        def update(item: tuple[int, Reason]) -> None:
            for element, text in zip((what, field, why), item[1], strict=True):
                if element is not None:
                    set_text(element, text)

        return update


class Work(Generic[T]):
    """A deed on many things within a dialog: its bar, and at its end what was refused.

    ``more`` takes what else there is to say about the end.
    """

    def __init__(
        self,
        visit: Visit,
        items: Sequence[T],
        deed: Callable[[T], Awaitable[Any]],
        name: Callable[[T], str],
        finished: Callable[[Tally[T]], Awaitable[object]],
    ) -> None:
        self._visit = visit
        self._items = items
        self._deed = deed
        self._name = name
        self._finished = finished
        self._stopped = False
        self._count = words("p", "").classes("batch-count").props("role=status")
        self._bar = ui.element("progress").classes("batch-bar")
        self._bar.props["max"] = max(1, len(items))
        self._bar.props["aria-label"] = "Progress"
        self.more = ui.element("div").classes("batch-more")
        self._reasons = Reasons(visit, "Refused", "Order", fields=False)
        self._show(Tally(len(items)))

    def start(self) -> None:
        """Begin; goes on by itself until it is done, stopped, or nobody is there any more."""
        background_tasks.create(self._run(), name="batch")

    def stop(self) -> None:
        """End it after what is under way."""
        self._stopped = True

    async def _run(self) -> None:
        tally = await carry_out(self._items, self._deed, self._show, self._goes_on)
        if tally.error is not None:
            _log.error("a deed on many broke off", at=tally.count, exc_info=tally.error)
        if self._visit.client.is_deleted:
            return
        with self._visit.client:
            self._bar.set_visibility(False)
            self._reasons.show([(self._name(item), "", why) for item, why in tally.refused])
            try:
                await self._finished(tally)
            except OnthewayError as error:
                self._visit.say(error.message, bad=True)

    def _goes_on(self) -> bool:
        visit = self._visit
        holds = visit.services.signin.holds(visit.person.login.num)
        return holds and not self._stopped and not visit.client.is_deleted

    def _show(self, tally: Tally[T]) -> None:
        self._bar.props["value"] = tally.count
        self._count.set_text(f"{tally.count:,} of {tally.total:,}")

    def say(self, text: str) -> None:
        """Say how it ended, in place of the count."""
        self._count.set_text(text)


def do_for_each(
    visit: Visit,
    title: str,
    items: Sequence[T],
    deed: Callable[[T], Awaitable[Any]],
    name: Callable[[T], str],
    done_word: str,
    after: Callable[[Tally[T]], Awaitable[object]],
) -> None:
    """Open the dialog and begin; ``done_word`` ends "12 orders …", ``after`` hears once how it
    ended."""
    dialog = Dialog(visit, title, lasting=True)

    async def finished(tally: Tally[T]) -> None:
        work.say(summary(tally, done_word))
        stop.set_visibility(False)
        close.set_visibility(True)
        await after(tally)

    with dialog.body:
        work = Work(visit, items, deed, name, finished)
    with dialog.foot:
        stop = button("Stop", visit.act(work.stop))
        close = button("Done", dialog.close, "btn-primary")
        close.set_visibility(False)
    work.start()


def summary(tally: Tally[T], done_word: str) -> str:
    """How it ended: "12 orders assigned, 2 refused. Stopped: 3 were not tried."

    What somebody changed meanwhile is not called refused: it was left as it is.

    After an error that nobody expected it says so, and that the rest is as it was.
    """
    done = counted(len(tally.done), "order", "orders")
    changed, refused = len(tally.changed), len(tally.refused) - len(tally.changed)
    left_out = f", {refused:,} refused" if refused else ""
    if changed:
        them = "it" if changed == 1 else "them"
        left_out += f", {changed:,} left alone because somebody changed {them} meanwhile"
    left = tally.total - tally.count
    if tally.error is not None:
        rest = f" {left:,} were not tried and are as they were." if left else ""
        stopped = f" Something went wrong, so it ended here.{rest} The server's log has the error."
    else:
        stopped = f" Stopped: {left:,} were not tried." if left else ""
    return f"{done} {done_word}{left_out}.{stopped}"


def counted(count: int, one: str, many: str) -> str:
    """The number with its word: "1 order", "2 orders"."""
    return f"{count:,} {one if count == 1 else many}"
