"""What explains a silence: the report of each driver, on the board, in the store, and in words."""

from datetime import UTC
from pathlib import Path
from typing import Any

from app.domain.errors import Close
from app.domain.position import Fix
from app.domain.times import MINUTE, SECOND
from app.protocol.apps import owntracks
from app.protocol.apps.message import Reading
from app.protocol.point import Point
from app.storage.store import open_store
from app.tracking.blocks import Block, Blocks
from app.tracking.board import Board, LiveDriver, Marker
from app.tracking.records import Driver, PhoneReport
from app.tracking.reports import PAGE, Reports, app_of
from app.ui.kit.measures import fix_facts
from app.ui.kit.silence import battery_of, block_of, clues, is_quiet, phone_facts, silence
from tests.tracking.conftest import Desk

NOON = 1_800_014_400 * SECOND
POINT = Point(Fix(48, 11), None, None)
HEARTBEAT = Reading()


class Kept:
    """A store that remembers what it is told."""

    def __init__(self) -> None:
        self.reports: list[PhoneReport] = []

    def keep(self, report: PhoneReport) -> None:
        """Remember it."""
        self.reports.append(report)

    async def all(self) -> list[PhoneReport]:
        """All of them."""
        return self.reports


def driver(num: int = 1, *, on_duty: bool = True) -> Driver:
    return Driver(
        num=num,
        id=f"d{num}",
        name="Ana",
        vehicle=None,
        phone=None,
        on_duty=on_duty,
        created_at=0,
    )


def marker(at: int = NOON, battery: float | None = None) -> Marker:
    return Marker(48, 11, at, None, None, None, battery)


class Scene:
    """One driver on a board, and a clock."""

    def __init__(self) -> None:
        self.now = NOON
        self.kept = Kept()
        self.board = Board(None)  # type: ignore[arg-type]
        self.live = self.board.drivers[1] = LiveDriver(driver())
        self.reports = Reports(self.kept, self.board, lambda: self.now)
        self.told: list[tuple[str, int]] = []
        self.board.watch(lambda kind, num: self.told.append((kind, num)))

    def hear(self, reading: Reading = HEARTBEAT, verdict: str = "stored") -> PhoneReport:
        self.reports.heard(1, "OwnTracks", reading, verdict, doubtful=False)
        assert self.live.report is not None
        return self.live.report


def test_what_only_goes_on_is_stored_once_a_minute_and_told_to_nobody() -> None:
    scene = Scene()
    for second in range(0, 120, 10):
        scene.now = NOON + second * SECOND
        scene.hear(Reading(points=[POINT], battery=0.5 - second / 1_000))
    assert len(scene.kept.reports) == 2
    assert scene.told == [("driver", 1)]
    assert scene.live.heard_at == NOON + 110 * SECOND


def test_new_words_are_stored_and_told_at_once() -> None:
    scene = Scene()
    scene.hear()
    scene.now += SECOND
    report = scene.hear(Reading(words="app closed"))
    assert (report.words, report.words_at) == ("app closed", scene.now)
    assert len(scene.kept.reports) == 2
    assert len(scene.told) == 2


def test_words_are_the_last_only_while_nothing_follows_them() -> None:
    scene = Scene()
    scene.hear(Reading(words="app in background"))
    scene.now += MINUTE
    assert scene.hear(Reading(points=[POINT])).words == "app in background"
    scene.now += 2 * MINUTE
    assert scene.hear(HEARTBEAT).words == "app in background"
    assert scene.hear(Reading(points=[POINT])).words is None


def test_what_an_app_leaves_out_is_as_before() -> None:
    scene = Scene()
    scene.hear(Reading(battery=0.4, charging=True, device="pixel", unused=1, reason="x"))
    report = scene.hear(Reading(unused=1))
    assert (report.battery, report.charging, report.device) == (0.4, True, "pixel")
    assert report.unused == 2


def test_a_socket_says_its_program_and_why_it_ended() -> None:
    scene = Scene()
    scene.reports.socket_opened(1, "Fleet/2.1 (Android 15)")
    scene.reports.socket_closed(1, Close.TIMED_OUT, None)
    report = scene.live.report
    assert report is not None
    assert (report.app, report.words) == (
        "Fleet/2.1 (Android 15)",
        "the phone did not answer any more",
    )
    scene.reports.socket_closed(1, Close.RESTARTING, None)
    scene.reports.socket_closed(1, 3999, None)
    assert scene.live.report is report
    scene.reports.socket_opened(1, None)
    assert scene.live.report.words is None
    scene.reports.socket_opened(99, None)


def test_one_whom_staff_shut_out_is_told_from_one_who_sent_too_much() -> None:
    scene = Scene()
    blocks = Blocks(lambda: scene.now)
    until = NOON + 30 * MINUTE
    address = Block(
        id="b", key=("address", "192.0.2.1"), name="", by="ana", since=NOON, until=until
    )
    blocks.add(address)
    scene.reports.socket_opened(1, "OwnTracks")
    scene.reports.socket_closed(1, Close.TOO_MANY_SOCKETS, address)
    block = block_of(scene.live, blocks)
    assert clues(scene.live, block, UTC, NOON) == ["blocked until 12:30"]
    assert silence(scene.live, block, UTC, NOON) == "Blocked by ana since 12:00, until 12:30."
    scene.now = until
    assert block_of(scene.live, blocks) is None  # it is over; what ended his socket stays true
    assert clues(scene.live, None, UTC, until) == ["blocked by ana", "OwnTracks"]
    scene.reports.socket_opened(1, "OwnTracks")
    scene.now = NOON
    assert block_of(scene.live, blocks) is None
    scene.reports.socket_closed(1, Close.TOO_MANY_SOCKETS, None)
    assert clues(scene.live, None, UTC, NOON)[0] == "the app sent too much at once"


def test_programs_on_sockets_have_short_names() -> None:
    assert app_of(None) is None
    assert app_of("Mozilla/5.0 (iPhone; …)") == PAGE
    assert app_of("a\x00b" * 100) == "ab" * 32


async def test_a_report_outlives_a_restart(desk: Desk, tmp_path: Path) -> None:
    driver_id, token = await desk.driver()
    services = desk.services
    num = await services.phone_door.identify(token, None)
    said = Reading(points=[POINT], battery=0.09, words="location permission lost")
    await services.phone_door.take(num, owntracks.APP, said)
    await services.store.close()
    again = await open_store(tmp_path / "data")
    board = Board(again)
    await board.load(services.now())
    live = board.driver_by_id(driver_id)
    assert live is not None
    assert live.report == services.board.drivers[num].report
    await again.close()


def quiet(**facts: Any) -> LiveDriver:
    report = PhoneReport(driver_num=1, at=NOON, **facts)
    return LiveDriver(driver(), marker=marker(NOON, 0.2), report=report)


def test_a_silence_is_told_with_all_that_is_known_of_it() -> None:
    live = quiet(app="OwnTracks", battery=0.09, words="location permission lost", words_at=NOON)
    assert silence(live, None, UTC, NOON + MINUTE) == (
        "Quiet since 12:00, battery 9 % then, with OwnTracks. "
        "Last words: location permission lost, 12:00."
    )
    assert clues(live, None, UTC, NOON) == ["location permission lost", "battery 9 %", "OwnTracks"]
    live.heard_at = NOON + 10 * MINUTE
    assert silence(live, None, UTC, NOON + 11 * MINUTE).startswith(
        "No place since 12:00, last heard of 12:10, battery 9 % then"
    )
    nothing = LiveDriver(driver())
    assert silence(nothing, None, UTC, NOON) == "Nothing was ever heard from this phone."
    assert silence(quiet(), None, UTC, NOON) == "Quiet since 12:00, battery 20 % then."


def test_the_newest_word_about_the_battery_counts() -> None:
    assert battery_of(LiveDriver(driver())) is None
    assert battery_of(LiveDriver(driver(), marker=marker(NOON, 0.5))) == 0.5
    assert battery_of(quiet(battery=0.4)) == 0.4
    assert battery_of(quiet()) == 0.2


def test_who_is_off_duty_owes_no_sign() -> None:
    off = LiveDriver(driver(on_duty=False))
    assert not is_quiet(off, online=False, now=NOON)
    seen = LiveDriver(driver(), marker=marker())
    assert is_quiet(seen, online=False, now=NOON)
    assert not is_quiet(seen, online=True, now=NOON + MINUTE)
    assert is_quiet(seen, online=True, now=NOON + 2 * MINUTE)


def test_a_speed_is_told_only_while_it_is_one_of_now() -> None:
    fix = Marker(48, 11, NOON, 90.0, 10.0, 12.0, None)
    on, off = LiveDriver(driver(), fix), LiveDriver(driver(on_duty=False), fix)

    def facts(live: LiveDriver, minutes: int, *, online: bool = True) -> dict[str, str | None]:
        return fix_facts(live, online=online, now=NOON + minutes * MINUTE)

    assert facts(on, 0)["Speed"] == "36 km/h"
    for told in (facts(on, 2), facts(on, 0, online=False), facts(off, 0)):
        assert told["Speed"] is None
        assert told["Accuracy"] == "± 12 m"


def test_facts_of_the_phone_name_verdict_and_doubt() -> None:
    live = quiet(app="a phone app", verdict="stored, late", unused=1, doubtful=True)
    facts = phone_facts(live, UTC, NOON)
    assert facts["Last message"] == "stored, late, 12:00"
    assert facts["Not used"] == "1 message"
    assert "app=" in str(facts["Speeds"])
    assert phone_facts(LiveDriver(driver()), UTC, NOON)["App"] is None
