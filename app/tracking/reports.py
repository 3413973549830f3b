"""What drivers' phones say of themselves: so that a silence can be explained.

One report for each driver, on the board and in the store; what only goes on is stored once a
minute.
"""

from typing import Any, Final

from msgspec import structs

from app.domain.errors import Close
from app.domain.times import MINUTE
from app.protocol.apps.message import Reading
from app.tracking.blocks import Block
from app.tracking.board import Board, LiveDriver
from app.tracking.monitor import Now
from app.tracking.ports import PhoneReports
from app.tracking.records import PhoneReport

STORED_EVERY: Final = MINUTE
LAST_FOR: Final = 2 * MINUTE
"""Who goes on reporting for so long has said something since: those words were not his last."""
LONGEST_AGENT: Final = 64
PAGE: Final = "the driver's page"
CLOSES: Final = {
    Close.NORMAL: "the app closed the connection",
    Close.GOING_AWAY: "the connection broke off",
    Close.TIMED_OUT: "the phone did not answer any more",
    Close.INVALID_DATA: "the app sent bytes that are no text",
    Close.TOO_BIG: "the app sent a message that is too large",
    Close.SLOW_READER: "the phone took nothing in any more",
    Close.DISCONNECTED: "the staff ended the connection",
    Close.TOO_MANY_SOCKETS: "the app sent too much at once",
    Close.REVOKED: "the token was ended",
}
"""Close code -> last words of one who is not blocked; others say nothing of the phone."""


class Reports:
    """The reports of all drivers."""

    def __init__(self, store: PhoneReports, board: Board, now: Now) -> None:
        self._store = store
        self._board = board
        self._now = now
        self._stored: dict[int, PhoneReport] = {}

    def heard(
        self, driver_num: int, app: str, reading: Reading, verdict: str, *, doubtful: bool
    ) -> None:
        """An app sent something; ``verdict`` says what became of it."""
        live = self._board.drivers.get(driver_num)
        if live is None:
            return
        at = live.heard_at = self._now()
        before = live.report
        unused = before.unused if before is not None else 0
        words, words_at = _words(before, reading, at)
        report = PhoneReport(
            driver_num=driver_num,
            at=at,
            app=app,
            device=reading.device or _same_app(before, app, "device"),
            battery=_or_before(reading.battery, before, "battery"),
            charging=_or_before(reading.charging, before, "charging"),
            words=words,
            words_at=words_at,
            verdict=verdict,
            unused=unused + reading.unused,
            doubtful=doubtful,
        )
        self._keep(live, report)

    def socket_opened(self, driver_num: int, agent: str | None) -> None:
        """A driver is connected: what was said before is over."""
        live = self._board.drivers.get(driver_num)
        if live is not None:
            live.cut_by = None
            report = PhoneReport(driver_num=driver_num, at=self._now(), app=app_of(agent))
            self._keep(live, report)

    def socket_closed(self, driver_num: int, code: int, block: Block | None) -> None:
        """His socket is gone; the code may say why, and ``block`` who shut him out."""
        live = self._board.drivers.get(driver_num)
        words = CLOSES.get(Close(code)) if code in CLOSES else None
        if live is None or words is None:
            return
        if block is not None and code == Close.TOO_MANY_SOCKETS:
            live.cut_by = block.key
            words = f"blocked by {block.by}"
        at = self._now()
        before = live.report or PhoneReport(driver_num=driver_num, at=at)
        self._keep(live, structs.replace(before, at=at, words=words, words_at=at))

    def _keep(self, live: LiveDriver, report: PhoneReport) -> None:
        before = live.report
        live.report = report
        num = report.driver_num
        stored = self._stored.get(num)
        if stored is None or report.at - stored.at >= STORED_EVERY or _differ(stored, report):
            self._stored[num] = report
            self._store.keep(report)
        if before is None or _differ(before, report):
            self._board.changed("driver", num)


def app_of(agent: str | None) -> str | None:
    """What a program on a socket is called, by its User-Agent."""
    if agent is None:
        return None
    if agent.startswith("Mozilla/"):
        return PAGE
    return "".join(char for char in agent if char.isprintable())[:LONGEST_AGENT] or None


def _words(before: PhoneReport | None, reading: Reading, at: int) -> tuple[str | None, int | None]:
    """The last words, and when they were said."""
    if reading.words is not None:
        return reading.words, at
    if before is None or before.words_at is None:
        return None, None
    if reading.points and at - before.words_at > LAST_FOR:
        return None, None
    return before.words, before.words_at


def _or_before(value: float | bool | None, before: PhoneReport | None, name: str) -> Any:
    return value if value is not None or before is None else getattr(before, name)


def _same_app(before: PhoneReport | None, app: str, name: str) -> Any:
    return getattr(before, name) if before is not None and before.app == app else None


def _differ(one: PhoneReport, other: PhoneReport) -> bool:
    """Whether more has changed than time, battery and counts."""
    return (one.app, one.device, one.charging, one.words, one.verdict, one.doubtful) != (
        other.app,
        other.device,
        other.charging,
        other.words,
        other.verdict,
        other.doubtful,
    )
