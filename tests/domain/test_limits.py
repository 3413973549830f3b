"""Budgets of messages, and of failed sign-ins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.limits import MAX_DELAY, Bucket, FailureGauge, Failures, Rate

DRIVER = Rate(100, 1000)
ACCOUNT = Failures(5, 900)


def test_burst_is_taken_at_once_then_the_rate_counts() -> None:
    bucket = Bucket(DRIVER, 0)
    assert [bucket.take(1, 0) for _ in range(1000)] == [0] * 1000
    assert bucket.take(1, 0) == pytest.approx(0.01)
    assert bucket.take(1, 0.01) == 0
    assert bucket.take(1, 0.01) > 0


def test_refused_message_costs_nothing() -> None:
    bucket = Bucket(Rate(1, 1), 0)
    assert bucket.take(1, 0) == 0
    for _ in range(100):
        assert bucket.take(1, 0.5) == pytest.approx(0.5)
    assert bucket.take(1, 1) == 0


def test_batch_above_the_burst_is_taken_when_full_and_paid_back_later() -> None:
    bucket = Bucket(Rate(10, 20), 0)
    assert bucket.take(50, 0) == 0
    assert bucket.take(1, 0) == pytest.approx(3.1)
    assert bucket.take(1, 3.1) == 0


def test_bucket_never_holds_more_than_its_burst() -> None:
    bucket = Bucket(Rate(10, 20), 0)
    assert bucket.take(20, 1_000_000) == 0
    assert bucket.take(1, 1_000_000) > 0


def test_rate_of_zero_is_no_limit() -> None:
    bucket = Bucket(Rate(0, 0), 0)
    assert bucket.take(10**9, 0) == 0
    assert bucket.idle(0)


def test_bucket_is_idle_once_full_again() -> None:
    bucket = Bucket(Rate(10, 20), 0)
    assert bucket.idle(0)
    bucket.take(20, 0)
    assert not bucket.idle(1.9)
    assert bucket.idle(2)


steps = st.lists(st.tuples(st.floats(0, 10), st.floats(0.1, 30)), max_size=60)


@given(st.floats(0.5, 100), st.floats(30, 200), steps)
def test_no_holder_gets_more_than_burst_and_rate_together(
    per_second: float, burst: float, asked: list[tuple[float, float]]
) -> None:
    bucket, now, granted = Bucket(Rate(per_second, burst), 0), 0.0, 0.0
    for pause, amount in asked:
        now += pause
        if bucket.take(amount, now) == 0:
            granted += amount
    assert granted <= burst + per_second * now + 1e-6


@given(st.floats(0.5, 100), st.floats(1, 50), steps)
def test_who_waits_as_long_as_told_is_served(
    per_second: float, burst: float, asked: list[tuple[float, float]]
) -> None:
    bucket, now = Bucket(Rate(per_second, burst), 0), 0.0
    for pause, amount in asked:
        now += pause
        wait = bucket.take(amount, now)
        if wait:
            now += wait + 1e-6
            assert bucket.take(amount, now) == 0


def test_first_failures_are_free() -> None:
    gauge = FailureGauge(ACCOUNT, 0)
    for _ in range(4):
        gauge.failed(0)
    assert gauge.wait(0) == 0


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    gauge = FailureGauge(ACCOUNT, 0)
    waits = []
    for _ in range(20):
        gauge.failed(0)
        waits.append(gauge.wait(0))
    assert waits[4:14] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert set(waits[14:]) == {MAX_DELAY}


def test_failures_are_forgotten_one_by_one() -> None:
    gauge = FailureGauge(ACCOUNT, 0)
    for _ in range(4):
        gauge.failed(0)
    gauge.failed(180)
    assert gauge.wait(180) == 0
    gauge.failed(180)
    assert gauge.wait(180) == 1


def test_nobody_is_locked_out_for_good_by_a_storm_of_failures() -> None:
    gauge = FailureGauge(ACCOUNT, 0)
    for _ in range(100_000):
        gauge.failed(0)
    assert gauge.wait(0) == MAX_DELAY
    assert gauge.wait(MAX_DELAY) == 0
    gauge.failed(MAX_DELAY + 3600)
    assert gauge.wait(MAX_DELAY + 3600) == 0


def test_limit_of_zero_never_waits() -> None:
    gauge = FailureGauge(Failures(0, 0), 0)
    for _ in range(100):
        gauge.failed(0)
    assert gauge.wait(0) == 0
    assert gauge.forgotten(0)


def test_gauge_may_be_forgotten_after_its_window_and_its_wait() -> None:
    gauge = FailureGauge(ACCOUNT, 0)
    gauge.failed(10)
    assert not gauge.forgotten(900)
    assert gauge.forgotten(910)
    short = FailureGauge(Failures(1, 1), 0)
    for _ in range(3):
        short.failed(0)
    assert not short.forgotten(2)
    assert short.forgotten(4)


@given(st.lists(st.floats(0, 2000), max_size=50))
def test_wait_after_a_failure_is_never_above_a_quarter_of_an_hour(pauses: list[float]) -> None:
    gauge, now = FailureGauge(ACCOUNT, 0), 0.0
    for pause in pauses:
        now += pause
        gauge.failed(now)
        assert 0 <= gauge.wait(now) <= MAX_DELAY
