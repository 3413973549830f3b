"""What is known of a driver's phone, and, where he is quiet, what explains it. In words."""

from datetime import tzinfo
from typing import Final

from app.domain.access import Kind
from app.domain.preferences import NORMAL, Thresholds
from app.domain.times import MINUTE
from app.tracking.blocks import Block, Blocks
from app.tracking.board import LiveDriver
from app.ui.kit.parts import clock

NO_PLACE_FROM: Final = 2 * MINUTE
"""So long a phone may go on speaking without a place before that is told apart."""


def battery_of(live: LiveDriver) -> float | None:
    """His phone's battery as it was said last, 0 to 1."""
    marker, report = live.marker, live.report
    seen = marker.battery if marker is not None else None
    said = report.battery if report is not None else None
    if marker is None or report is None or seen is None or said is None:
        return seen if said is None else said
    return seen if marker.at > report.at else said


def heard_at(live: LiveDriver) -> int | None:
    """When anything came from him, as far as it is known; microseconds."""
    times = (
        live.heard_at,
        live.report.at if live.report else None,
        live.marker.at if live.marker else None,
    )
    known = [at for at in times if at is not None]
    return max(known, default=None)


def is_quiet(live: LiveDriver, *, online: bool, now: int, thresholds: Thresholds = NORMAL) -> bool:
    """Whether a driver on duty gives no sign that he should give."""
    if not live.driver.on_duty:
        return False
    seen = live.marker.at if live.marker is not None else None
    return not online or (seen is not None and now - seen > thresholds.silent_after)


def block_of(live: LiveDriver, blocks: Blocks) -> Block | None:
    """The block that keeps him out now: of his token, or of the address he came from last."""
    return blocks.of((Kind.DRIVER, live.driver.num), live.cut_by)


def clues(live: LiveDriver, block: Block | None, zone: tzinfo, now: int) -> list[str]:
    """What explains that he is quiet: "blocked until 14:30"; or else what may: "permission lost",
    "battery 9%", "OwnTracks"."""
    if block is not None:
        return [f"blocked until {clock(block.until, zone, now)}"]
    battery, report = battery_of(live), live.report
    words, app = (report.words, report.app) if report is not None else (None, None)
    charge = f"battery {100 * battery:.0f} %" if battery is not None else None
    return [clue for clue in (words, charge, app) if clue]


def silence(live: LiveDriver, block: Block | None, zone: tzinfo, now: int) -> str:
    """The sentence about a driver who is quiet: since when, and what may explain it."""
    if block is not None:
        since, until = clock(block.since, zone, now), clock(block.until, zone, now)
        return f"Blocked by {block.by} since {since}, until {until}."
    heard, battery, report = heard_at(live), battery_of(live), live.report
    if heard is None:
        return "Nothing was ever heard from this phone."
    parts = [_since(live, heard, zone, now)]
    if battery is not None:
        parts.append(f"battery {100 * battery:.0f} % then")
    if report is not None and report.app is not None:
        parts.append(f"with {report.app}")
    sentence = f"{', '.join(parts)}."
    if report is None or report.words is None or report.words_at is None:
        return sentence
    return f"{sentence} Last words: {report.words}, {clock(report.words_at, zone, now)}."


def _since(live: LiveDriver, heard: int, zone: tzinfo, now: int) -> str:
    """A phone may be heard of and tell no place."""
    seen = live.marker.at if live.marker is not None else None
    if seen is None or heard - seen < NO_PLACE_FROM:
        return f"Quiet since {clock(heard, zone, now)}"
    return f"No place since {clock(seen, zone, now)}, last heard of {clock(heard, zone, now)}"


def phone_facts(live: LiveDriver, zone: tzinfo, now: int) -> dict[str, str | None]:
    """What the phone said of itself, by name."""
    report = live.report
    if report is None:
        return dict.fromkeys(("App", "Device", "Last message", "Not used", "Speeds"))
    doubt = (
        "too slow for the way: the address in the app needs its app=" if report.doubtful else None
    )
    verdict = f"{report.verdict}, {clock(report.at, zone, now)}" if report.verdict else None
    unused = f"{report.unused:,} messages" if report.unused > 1 else "1 message"
    return {
        "App": report.app,
        "Device": report.device,
        "Last message": verdict,
        "Not used": unused if report.unused else None,
        "Speeds": doubt,
    }
