"""An arrival as a calendar reads it: RFC 5545, read back by a reader of its own."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.eta import Window
from app.domain.times import HOUR, SECOND
from app.ui.track.calendar import event

AT = 1_795_440_000 * SECOND
"""2026-11-23T13:20:00Z"""


def made(summary: str = "Your order", place: str | None = None) -> bytes:
    return event(
        uid="A1@track.example.com",
        now=AT - HOUR,
        when=Window(AT, AT + HOUR),
        summary=summary,
        place=place,
        url="https://track.example.com/track/abc",
    )


def properties(calendar: bytes) -> dict[str, str]:
    """Unfolded (3.1), and TEXT as it was meant (3.3.11)."""
    whole = calendar.replace(b"\r\n ", b"").decode()
    assert whole.endswith("\r\n")
    return dict(line.split(":", 1) for line in whole.split("\r\n")[:-1])


def meant(text: str) -> str:
    signs = iter(text)
    return "".join(
        {"n": "\n"}.get(found := next(signs), found) if sign == "\\" else sign for sign in signs
    )


def test_an_event_has_what_calendars_ask_for() -> None:
    assert made(place="Haupt 9").decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Ontheway//Ontheway//EN",
        "BEGIN:VEVENT",
        "UID:A1@track.example.com",
        "DTSTAMP:20261123T122000Z",
        "DTSTART:20261123T132000Z",
        "DTEND:20261123T142000Z",
        "SUMMARY:Your order",
        "LOCATION:Haupt 9",
        "URL:https://track.example.com/track/abc",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_nothing_in_a_text_can_begin_a_line_of_its_own() -> None:
    calendar = made("Your order\r\nATTENDEE:mailto:x@example.com; a, b\\n\x00")
    assert b"\n" not in calendar.replace(b"\r\n", b"")
    found = properties(calendar)
    assert "ATTENDEE" not in found
    assert meant(found["SUMMARY"]) == "Your order\nATTENDEE:mailto:x@example.com; a, b\\n"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300))
def test_every_text_comes_back_and_no_line_is_too_long(text: str) -> None:
    calendar = made(text)
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))
    for line in calendar.split(b"\r\n"):
        line.decode()  # cut between characters, never inside one
    assert meant(properties(calendar)["SUMMARY"]) == text
