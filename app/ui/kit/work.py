"""The words of each row of the work list. Reads the board, draws nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from app.domain.eta import Window
from app.domain.order import Status
from app.domain.preferences import NORMAL, Thresholds
from app.domain.times import MINUTE
from app.tracking.blocks import Block, Blocks
from app.tracking.board import Board, LiveDriver, LiveOrder
from app.tracking.lateness import expected, late_by
from app.tracking.records import Order
from app.ui.kit.needs import Away, Group, away, group_of, seen_at
from app.ui.kit.parts import ICONS, WORDS, age_words, clock, place_words, title_of, window_words
from app.ui.kit.silence import block_of, clues, heard_at
from app.ui.kit.words import contained


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


Connected = Callable[[int], bool]
"""Whether the driver of this number is connected."""


def row(
    board: Board,
    live: LiveOrder,
    zone: tzinfo,
    now: int,
    thresholds: Thresholds = NORMAL,
    blocks: Blocks | None = None,
    connected: Connected = lambda _: True,
) -> Row:
    """One order in the list; ``blocks`` tell who is shut out."""
    order = live.order
    driver = board.drivers.get(order.driver_num) if order.driver_num is not None else None
    block = block_of(driver, blocks) if driver is not None and blocks is not None else None
    online = driver is not None and connected(driver.driver.num)
    late = late_by(board, live, now, thresholds)
    group = group_of(live, driver, late, online=online, now=now, thresholds=thresholds)
    gone = None
    if group is Group.AWAY:
        gone = away(order, driver, online=online, now=now, thresholds=thresholds)
    eta = expected(board, live)
    facts = _Facts(live, driver, eta, zone, now, block, late or 0, gone)
    found = replace(_SAID[group](facts), group=group)
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
    late: int
    away: Away | None

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


def _late(facts: _Facts) -> Row:
    return replace(
        facts.plain,
        icon="alarm",
        level="bad",
        about=_joined(facts.question, facts.name or "No driver", facts.promised),
        when=facts.clock(max(facts.eta, facts.now) if facts.eta is not None else None),
        note=f"+{age_words(max(facts.late, MINUTE))}",
        rank=-(facts.late // MINUTE),
    )


def _question(facts: _Facts) -> Row:
    asked_at = facts.order.asked_at or facts.now
    return replace(
        facts.plain,
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
        icon="wifi_off",
        level="warn",
        about=_joined(facts.name, *why),
        note=f"last {facts.clock(seen)}" if seen is not None else "never seen",
        seen_at=seen,
        age_leads=True,
        rank=seen or 0,
    )


def _away(facts: _Facts) -> Row:
    driver, heard = facts.driver, heard_at(facts.driver) if facts.driver is not None else None
    off_duty = facts.away is Away.OFF_DUTY
    why = clues(driver, facts.block, facts.zone, facts.now) if driver and not off_duty else ()
    return replace(
        facts.promised_plain,
        icon="do_not_disturb_on" if off_duty else "cloud_off",
        level="warn",
        about=_joined(facts.away or "", facts.name, *why),
        note=f"last {facts.clock(heard)}" if heard is not None else "never seen",
    )


def _unassigned(facts: _Facts) -> Row:
    return replace(
        facts.promised_plain,
        icon="person_off",
        about=contained(facts.address) or "No address",
        note=f"since {facts.clock(facts.order.created_at)}",
    )


def _failed(facts: _Facts) -> Row:
    ended_at = facts.order.ended_at or facts.now
    reason = facts.live.reason or "No reason given"
    return replace(
        facts.plain,
        level="bad",
        about=_joined(facts.question, reason, facts.name),
        when=facts.clock(ended_at),
        rank=-ended_at,
    )


def _on_the_way(facts: _Facts) -> Row:
    return replace(
        facts.plain,
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


_SAID: Final[dict[Group, Callable[[_Facts], Row]]] = {
    Group.LATE: _late,
    Group.QUESTION: _question,
    Group.NO_SIGNAL: _no_signal,
    Group.AWAY: _away,
    Group.UNASSIGNED: _unassigned,
    Group.FAILED: _failed,
    Group.ON_THE_WAY: _on_the_way,
    Group.WAITING: _waiting,
}
"""What is said in each group."""
