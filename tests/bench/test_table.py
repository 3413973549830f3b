"""The table that the benchmark prints."""

import pytest

from tests.bench.figures import Figure, Goal, Summary, summary
from tests.bench.table import OWN, Row, number, spread, table

TITLES = {OWN: "Ontheway", "node": "Node ws", "nchan": "nchan"}


def runs(*values: float) -> Summary | None:
    """Runs with these figures."""
    return summary([Figure(value, {"updates/s": 40_000.0}) for value in values])


def row(**others: Summary | None) -> Row:
    """A row of ours, with other contenders."""
    goals = (Goal(limit=1.0, stretch=0.8, peer="node"), Goal(limit=1.1, peer="nchan"))
    summaries = {OWN: runs(20, 18, 24), **others}
    return Row(title="Pairs", unit="µs", goals=goals, summaries=summaries, titles=TITLES)


def test_a_row_shows_median_spread_ratio_goal_and_verdict() -> None:
    *_, line = table([row(node=runs(25, 24, 30))]).splitlines()
    assert line == (
        "| Pairs | µs | 20 (18 to 24) | updates/s 40,000 | Node ws 25 (24 to 30), ratio 0.80 "
        "| ≤ 1 times Node ws (stretch 0.8); ≤ 1.1 times nchan "
        "| met, and the stretch too; not measured |"
    )


def test_a_contender_without_a_run_that_counts_has_no_ratio() -> None:
    *_, line = table([row(node=None)]).splitlines()
    assert "| Node ws no run counted |" in line


def test_all_lines_have_as_many_cells_as_the_head() -> None:
    lines = table([row(), row(node=runs(1))]).splitlines()
    assert {line.count(" | ") for line in lines} == {6}


def test_a_single_run_has_no_spread() -> None:
    assert spread(runs(20)) == "20"


@pytest.mark.parametrize(
    ("value", "text"), [(0.1234, "0.123"), (9.876, "9.88"), (42.31, "42.3"), (41234.5, "41,234")]
)
def test_numbers_have_three_digits_or_all_before_the_point(value: float, text: str) -> None:
    assert number(value) == text
