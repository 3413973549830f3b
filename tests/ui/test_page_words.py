"""Which of how many orders a page says it shows, what an import says of what it left
out, and what the share on time is of."""

import pytest

from app.ui.insights.page import on_time_words
from app.ui.kit.parts import DASH
from app.ui.orders.left_out import left_out_words
from app.ui.orders.rows import page_words


@pytest.mark.parametrize(
    ("before", "shown", "count", "said"),
    [
        (0, 0, 0, ""),
        (0, 1, 1, "1 order"),
        (0, 50, 50, "50 orders"),
        (0, 50, None, f"1{DASH}50"),
        (50, 50, 12_340, f"51{DASH}100 of more than 10,000"),
        (50, 50, 10_000, f"51{DASH}100 of 10,000"),
        (9_950, 7, 9_957, f"9,951{DASH}9,957 of 9,957"),
    ],
)
def test_a_page_says_where_it_is(before: int, shown: int, count: int | None, said: str) -> None:
    assert page_words(before, shown, count) == said


def test_lines_that_a_stopped_import_did_not_try_are_not_called_wrong() -> None:
    stopped = left_out_words(0, None, over=True, untried=2)
    assert stopped.startswith("2 lines were not tried, because the import was stopped. Nothing")
    assert "mend" not in stopped
    both = left_out_words(3, None, over=True, untried=1)
    assert both.startswith("1 line was not tried, because the import was stopped. 3 lines of the")
    assert "mend what is wrong" in both
    assert left_out_words(1, None, over=True).endswith("mend it, and import just that.")


def test_the_share_on_time_says_what_it_is_of_and_what_is_late_beside_it() -> None:
    assert on_time_words(12, 0) == "of 12 delivered with a promised time"
    assert on_time_words(12, 1).endswith("; 1 open is late now")
    assert on_time_words(0, 2) == "nothing delivered had a promised time; 2 open are late now"
