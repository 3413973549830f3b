"""What customers see of the courier, and from when on."""

from itertools import pairwise

import pytest

from app.domain.order import FINAL, PATH, Status
from app.domain.sight import SEEN, SeenFrom, changed, sight


@pytest.mark.parametrize("status", Status)
def test_usually_the_courier_is_seen_from_pick_up_to_the_end(status: Status) -> None:
    underway = status in {"picked_up", "in_transit", "arriving"}
    assert (status in SEEN[SeenFrom.PICKED_UP]) is underway
    assert (status in SEEN[SeenFrom.ASSIGNED]) is (underway or status == "assigned")


def test_what_is_seen_later_is_seen_less_and_nothing_is_seen_after_the_end() -> None:
    for earlier, later in pairwise(SeenFrom):
        assert SEEN[later] < SEEN[earlier]
    for since in SeenFrom:
        assert not SEEN[since] & (FINAL | {Status.PENDING})
        if since is not SeenFrom.NEVER:
            assert min(SEEN[since], key=PATH.index) == since.value
    assert SEEN[SeenFrom.NEVER] == frozenset()


def test_a_change_concerns_the_statuses_in_which_another_part_is_seen() -> None:
    usual = sight(SeenFrom.PICKED_UP, SeenFrom.PICKED_UP, SeenFrom.PICKED_UP)
    assert changed(usual, usual) == frozenset()
    other = sight(SeenFrom.ASSIGNED, SeenFrom.PICKED_UP, SeenFrom.ARRIVING)
    assert changed(usual, other) == {Status.ASSIGNED, Status.PICKED_UP, Status.IN_TRANSIT}
    assert changed(other, usual) == changed(usual, other)
