"""The lists that are measured are those of the API."""

from pathlib import Path

import pytest

from tests.bench.business import Business
from tests.bench.questions import Question, questions_of

BUSINESS = Business(Path(), "key", "L0", "driver0")


def test_each_list_has_a_name_of_its_own() -> None:
    names = [question.name for question in questions_of(BUSINESS, 1_700_000_000)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/a", "/a?cursor=c&limit=5"),
        ("/a?q=x", "/a?q=x&cursor=c&limit=5"),
    ],
)
def test_a_page_keeps_the_query(address: str, page: str) -> None:
    question = Question("a", address)
    assert question.page("c", 5) == page
    assert question.page() == address
