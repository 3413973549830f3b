"""Medians, ratios and verdicts of the benchmark."""

import pytest

from tests.bench.figures import Figure, Goal, Summary, ratio, reached, summary, verdict


def runs(*values: float) -> Summary:
    """Runs with these figures."""
    made = summary([Figure(value) for value in values])
    assert made is not None
    return made


def test_summary_is_the_median_between_least_and_most() -> None:
    made = summary([Figure(value, {"rate": value * 10}) for value in (3.0, 1.0, 9.0)])
    assert made == Summary(3.0, 1.0, 9.0, 3, {"rate": 30.0})


def test_there_is_no_summary_when_no_run_counted() -> None:
    assert summary([]) is None


def test_ratio_is_ours_over_theirs() -> None:
    assert ratio(runs(6), runs(8)) == 0.75


def test_there_is_no_ratio_without_both_or_over_nothing() -> None:
    assert ratio(None, runs(8)) is None
    assert ratio(runs(6), None) is None
    assert ratio(runs(6), runs(0)) is None


@pytest.mark.parametrize(
    ("goal", "number"),
    [
        (Goal(limit=14), 6.0),
        (Goal(limit=1, peer="node"), 0.75),
        (Goal(limit=1, peer="nchan"), None),
    ],
)
def test_a_goal_is_about_the_figure_or_about_a_ratio(goal: Goal, number: float | None) -> None:
    assert reached(goal, {"own": runs(6), "node": runs(8)}, "own") == number


@pytest.mark.parametrize(
    ("goal", "number", "words"),
    [
        (Goal(limit=1), 1.0, "met"),
        (Goal(limit=1), 1.01, "not met"),
        (Goal(limit=1, stretch=0.8), 0.9, "met"),
        (Goal(limit=1, stretch=0.8), 0.8, "met, and the stretch too"),
        (Goal(limit=40_000, at_least=True), 39_999, "not met"),
        (Goal(limit=40_000, at_least=True), 40_000, "met"),
        (Goal(limit=1), None, "not measured"),
    ],
)
def test_a_verdict_is_in_plain_words(goal: Goal, number: float | None, words: str) -> None:
    assert verdict(goal, number) == words
