"""What becomes of a thing that two people change at once."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.merge import merge

Parts = dict[str, int | None]

NAMES = "abcd"
PARTS: st.SearchStrategy[Parts] = st.fixed_dictionaries(
    dict.fromkeys(NAMES, st.none() | st.integers(0, 2))
)


def test_what_only_one_changed_is_kept_and_what_both_changed_is_asked_about() -> None:
    base = dict(a=1, b=1, c=1, d=1)
    both = merge(base, {**base, "a": 2, "c": 2, "d": 2}, {**base, "b": 3, "c": 3, "d": 2})
    assert both.values == dict(a=2, b=3, c=2, d=2)
    assert (set(both.taken), set(both.clashes)) == ({"b"}, {"c"})


def test_a_part_that_was_touched_is_never_taken_over_unasked() -> None:
    assert merge({"a": 1}, {"a": 1}, {"a": 2}, {"a"}).clashes == {"a"}
    assert merge({"a": 1}, {"a": 2}, {"a": 2}, {"a"}).clashes == set()


@given(PARTS, PARTS, PARTS)
def test_nothing_that_one_of_two_did_is_lost_without_a_question(
    base: Parts, mine: Parts, theirs: Parts
) -> None:
    both = merge(base, mine, theirs)
    assert both.values.keys() == base.keys()
    assert not both.taken & both.clashes
    for part in base:
        made = {one[part] for one in (mine, theirs) if one[part] != base[part]}
        assert (part in both.clashes) == (len(made) == 2)
        if part not in both.clashes:
            assert {both.values[part]} == (made or {base[part]})


@given(PARTS, PARTS, PARTS)
def test_who_comes_first_makes_no_difference(base: Parts, mine: Parts, theirs: Parts) -> None:
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert one.clashes == other.clashes
    agreed = base.keys() - one.clashes
    assert [one.values[part] for part in agreed] == [other.values[part] for part in agreed]


@given(PARTS, PARTS, PARTS)
def test_what_was_merged_meets_theirs_once_more_without_a_question(
    base: Parts, mine: Parts, theirs: Parts
) -> None:
    both = merge(base, mine, theirs)
    again = merge(theirs, both.values, theirs)
    assert (again.values, again.clashes) == (both.values, frozenset())
