"""What of the orders needs somebody: groups, lateness, and the words of each row.

Reads the board, draws nothing.
"""

from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from app.domain.eta import Window
from app.domain.order import OPEN, UNDERWAY, Status, waits_failed
from app.domain.preferences import Thresholds
from app.domain.times import MINUTE
from app.tracking.blocks import Block, Blocks
from app.tracking.board import Board, LiveDriver, LiveOrder
from app.tracking.records import Order
from app.ui.kit.parts import ICONS, WORDS, age_words, clock, place_words, title_of, window_words
from app.ui.kit.silence import block_of, clues
from app.ui.kit.words import contained

NORMAL: Final = Thresholds()


class Group(StrEnum):
    """Why an order stands where it stands in the list."""

    LATE = "Late"
    QUESTION = "Questions"
    NO_SIGNAL = "No signal"
    UNASSIGNED = "Unassigned"
    FAILED = "Failed"
    ON_THE_WAY = "On the way"
    WAITING = "Waiting"


NEEDS_YOU: Final = frozenset(Group) - {Group.ON_THE_WAY, Group.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One order in the list.

    ``level`` is "", "warn" or "bad"; ``seen_at`` (microseconds) is a time whose age goes on in
    the browser: with ``age_leads`` in place of ``when``, else in place of ``note``. ``rank``
    sorts within the group, ``found_by`` is what the search looks through.
    """

    order_id: str
    group: Group
    status: Status
    icon: str
    title: str
    about: str
    rank: int
    level: str = ""
    when: str = ""
    note: str = ""
    driver_id: str = ""
    seen_at: int | None = None
    age_leads: bool = False
    found_by: str = ""


def late_by(board: Board, live: LiveOrder, now: int, thresholds: Thresholds = NORMAL) -> int | None:
    """How late an open order is or will be, in microseconds; None: in time, or nothing promised."""
    window = live.order.details.window
    if window is None:
        return None
    late = max(expected(board, live) or now, now) - window.end
    return late if late > thresholds.late_after else None


def expected(board: Board, live: LiveOrder) -> int | None:
    """When it will probably arrive: the middle of the arrival window."""
    eta = board.eta(live)
    return None if eta is None else (eta.begin + eta.end) // 2


def seen_at(driver: LiveDriver | None) -> int | None:
    """When the driver was where his marker is."""
    return driver.marker.at if driver is not None and driver.marker is not None else None


def has_signal(
    live: LiveOrder, driver: LiveDriver | None, now: int, thresholds: Thresholds = NORMAL
) -> bool:
    """Whether the driver of an order on its way was seen lately; true before the pick-up.

    One who was never seen gets as long from the last change of the order.
    """
    if live.order.status not in UNDERWAY:
        return True
    seen = seen_at(driver)
    since = live.order.updated_at if seen is None else seen
    return now - since <= thresholds.silent_after


def row(
    board: Board,
    live: LiveOrder,
    zone: tzinfo,
    now: int,
    thresholds: Thresholds = NORMAL,
    blocks: Blocks | None = None,
) -> Row:
    """One order in the list; ``blocks`` tell who is shut out."""
    order = live.order
    driver = board.drivers.get(order.driver_num) if order.driver_num is not None else None
    block = block_of(driver, blocks) if driver is not None and blocks is not None else None
    facts = _Facts(live, driver, expected(board, live), zone, now, block)
    late = late_by(board, live, now, thresholds) if order.status in OPEN else None
    if late is not None:
        found = _late(facts, late)
    elif waits_failed(order.status, order.ended_at, now):
        found = _failed(facts)
    elif order.asked_at is not None:
        found = _question(facts, order.asked_at)
    elif not has_signal(live, driver, now, thresholds):
        found = _no_signal(facts)
    elif order.status is Status.PENDING:
        found = _unassigned(facts)
    elif order.status in UNDERWAY:
        found = _on_the_way(facts)
    else:
        found = _waiting(facts)
    words = (found.title, found.about, facts.name, facts.address)
    return replace(found, found_by=" ".join(words).casefold())


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rows are made of."""

    live: LiveOrder
    driver: LiveDriver | None
    eta: int | None
    zone: tzinfo
    now: int
    block: Block | None

    @property
    def order(self) -> Order:
        return self.live.order

    @property
    def window(self) -> Window | None:
        return self.order.details.window

    @property
    def name(self) -> str:
        return self.driver.driver.name if self.driver else ""

    @property
    def address(self) -> str:
        return place_words(self.order.details.destination)

    @property
    def promised(self) -> str:
        return f"promised {window_words(self.window, self.zone, self.now)}" if self.window else ""

    @property
    def plain(self) -> Row:
        """What every row says; the groups say more."""
        return Row(
            order_id=self.order.id,
            group=Group.WAITING,
            status=self.order.status,
            icon=ICONS[self.order.status],
            title=title_of(self.order),
            about="",
            rank=self.order.created_at,
            driver_id=self.driver.driver.id if self.driver is not None else "",
        )

    @property
    def promised_plain(self) -> Row:
        """The same of an order that nobody brings yet: the end of its promise leads."""
        if self.window is None:
            return self.plain
        return replace(self.plain, when=self.clock(self.window.end), rank=self.window.end)

    @property
    def question(self) -> str:
        """That the customer asks, where another reason leads."""
        return "question" if self.order.asked_at is not None else ""

    def clock(self, at: int | None) -> str:
        return clock(at, self.zone, self.now) if at is not None else ""


def _late(facts: _Facts, late: int) -> Row:
    return replace(
        facts.plain,
        group=Group.LATE,
        icon="alarm",
        level="bad",
        about=_joined(facts.question, facts.name or "No driver", facts.promised),
        when=facts.clock(max(facts.eta, facts.now) if facts.eta is not None else None),
        note=f"+{age_words(max(late, MINUTE))}",
        rank=-(late // MINUTE),
    )


def _question(facts: _Facts, asked_at: int) -> Row:
    return replace(
        facts.plain,
        group=Group.QUESTION,
        icon="chat",
        level="warn",
        about=_joined(facts.name, WORDS[facts.order.status].lower()),
        when=facts.clock(facts.eta),
        note=f"since {facts.clock(asked_at)}",
        rank=asked_at,
    )


def _no_signal(facts: _Facts) -> Row:
    driver, seen = facts.driver, seen_at(facts.driver)
    why = clues(driver, facts.block, facts.zone, facts.now) if driver is not None else ()
    return replace(
        facts.plain,
        group=Group.NO_SIGNAL,
        icon="wifi_off",
        level="warn",
        about=_joined(facts.name, *why),
        note=f"last {facts.clock(seen)}" if seen is not None else "never seen",
        seen_at=seen,
        age_leads=True,
        rank=seen or 0,
    )


def _unassigned(facts: _Facts) -> Row:
    return replace(
        facts.promised_plain,
        group=Group.UNASSIGNED,
        icon="person_off",
        about=contained(facts.address) or "No address",
        note=f"since {facts.clock(facts.order.created_at)}",
    )


def _failed(facts: _Facts) -> Row:
    ended_at = facts.order.ended_at or facts.now
    reason = facts.live.reason or "No reason given"
    return replace(
        facts.plain,
        group=Group.FAILED,
        level="bad",
        about=_joined(facts.question, reason, facts.name),
        when=facts.clock(ended_at),
        rank=-ended_at,
    )


def _on_the_way(facts: _Facts) -> Row:
    return replace(
        facts.plain,
        group=Group.ON_THE_WAY,
        about=_joined(facts.name, WORDS[facts.order.status].lower()),
        when=facts.clock(facts.eta),
        seen_at=seen_at(facts.driver),
        rank=facts.eta or facts.order.created_at,
    )


def _waiting(facts: _Facts) -> Row:
    return replace(
        facts.promised_plain,
        about=_joined(facts.name, facts.address),
        note=f"since {facts.clock(facts.order.updated_at)}",
    )


def _joined(*parts: str) -> str:
    return " · ".join(contained(part) for part in parts if part)
