"""Which of how many orders a page says it shows."""

import pytest

from app.ui.kit.parts import DASH
from app.ui.orders.page import page_words


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
