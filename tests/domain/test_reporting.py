"""How often phones report, and what it saves by a stated model."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reporting import Attention, ReportRules, interval_of

RULES = ReportRules()
LOW = 0.14


@pytest.mark.parametrize(
    ("attention", "seconds"),
    [
        (Attention(), 30),
        (Attention(overview=True), 15),
        (Attention(watched=True), 5),
        (Attention(watched=True, overview=True), 5),
        (Attention(watched=True, near=True), 3),
        (Attention(near=True), 30),
        (Attention(battery=LOW), 30),
        (Attention(watched=True, battery=LOW), 20),
        (Attention(watched=True, near=True, battery=LOW), 20),
        (Attention(watched=True, battery=0.15), 5),
        (Attention(asked=True), 1),
        (Attention(asked=True, battery=LOW), 1),
    ],
)
def test_a_phone_reports_as_often_as_somebody_looks(attention: Attention, seconds: int) -> None:
    assert interval_of(RULES, attention) == seconds


@given(
    st.builds(
        Attention,
        watched=st.booleans(),
        near=st.booleans(),
        overview=st.booleans(),
        battery=st.none() | st.floats(0, 1),
    )
)
def test_more_attention_never_slows_a_phone_down(attention: Attention) -> None:
    seconds = interval_of(RULES, attention)
    for more in ({"watched": True}, {"overview": True}, {"asked": True}, {"battery": 1.0}):
        assert interval_of(RULES, attention._replace(**more)) <= seconds


# The model of docs/driver-guide.md. A report wakes the radio, which stays awake for a while after
# it, so reports that are nearer together than that keep it awake all the time.

WAKING = (0.26, 1.21)
AWAKE = (11.6, 1.06)
"""Seconds and watts (Huang et al., MobiSys 2012: LTE's promotion and tail)."""
BATTERY = 15.0
"""Watt-hours of a usual phone."""


def hour(shares: dict[int, float]) -> tuple[float, float]:
    """Reports, and percent of the battery for the radio, of an hour; interval -> its share."""
    reports = percent = 0.0
    for interval, share in shares.items():
        joules = WAKING[0] * WAKING[1] + AWAKE[0] * AWAKE[1]
        watts = min(joules / interval, AWAKE[1])
        reports += share * 3600 / interval
        percent += share * watts / BATTERY * 100
    return reports, percent


HOURS = {
    "a fixed 5 s": {5: 1.0},
    "nobody looks": {30: 1.0},
    "the fleet's map is open": {15: 1.0},
    "three orders, each watched for four minutes, one of them near": {30: 0.8, 5: 0.15, 3: 0.05},
    "the same, with the fleet's map open": {15: 0.8, 5: 0.15, 3: 0.05},
}


# A day of the guide: so many hours on duty, so many deliveries, each followed by its customer for
# so many minutes at its end, the last of them near the door.

ON_DUTY, DELIVERIES, FOLLOWED, NEAR = 8, 12, 10, 2
FAST = DELIVERIES * (FOLLOWED - NEAR) / 60 / ON_DUTY
FASTEST = DELIVERIES * NEAR / 60 / ON_DUTY


def day(attention: Attention) -> dict[int, float]:
    """The shares of a day, in whose other hours there is this attention."""
    with_customer = attention._replace(watched=True)
    shares: dict[int, float] = {}
    for kind, share in (
        (attention, 1 - FAST - FASTEST),
        (with_customer, FAST),
        (with_customer._replace(near=True), FASTEST),
    ):
        interval = interval_of(RULES, kind)
        shares[interval] = shares.get(interval, 0.0) + share
    return shares


DAYS = {
    "that day at a fixed 5 s": {5: 1.0},
    "that day, nobody else looks": day(Attention()),
    "that day, the fleet's map open all the time": day(Attention(overview=True)),
    "that day on a low battery": day(Attention(battery=LOW)),
}


def test_the_guide_tells_what_the_model_gives() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "driver-guide.md").read_text()
    rows = {
        cells[0]: cells[1:] for cells in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", guide, re.M)
    }
    for name, shares in HOURS.items():
        reports, percent = hour(shares)
        assert rows[name] == (f"{reports:.0f}", f"{percent:.1f} %"), name
    for name, shares in DAYS.items():
        reports, percent = (ON_DUTY * each for each in hour(shares))
        assert rows[name] == (f"{reports:,.0f}", f"{percent:.0f} %"), name
