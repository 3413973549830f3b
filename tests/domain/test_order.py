"""An order's life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.domain.errors import OnthewayError
from app.domain.order import (
    DRIVER_MAY_SET,
    FINAL,
    OPEN,
    PATH,
    UNDERWAY,
    Status,
    check_driver_step,
    check_step,
    is_order_id,
    status_after_assigning,
    words,
)

statuses = st.sampled_from(list(Status))
ENDS = ["failed", "cancelled", "returned"]
WAY = ["pending", "assigned", "picked_up", "in_transit", "arriving", "delivered"]


def legal(current: Status, new: Status) -> bool:
    """The rule of the contract, written out once more."""
    if current == new:
        return True
    if current in {"delivered", *ENDS}:
        return False
    return new in ENDS or WAY.index(new) > WAY.index(current)


@pytest.mark.parametrize("current", Status)
@pytest.mark.parametrize("new", Status)
def test_step_is_legal_as_the_rule_says_and_always_with_force(current: Status, new: Status) -> None:
    check_step(current, new, force=True)
    if legal(current, new):
        check_step(current, new)
        return
    with pytest.raises(OnthewayError) as refusal:
        check_step(current, new)
    assert refusal.value.code == "illegal_step"
    assert words(current) in refusal.value.message


@pytest.mark.parametrize("current", Status)
@pytest.mark.parametrize("new", Status)
def test_driver_sets_only_what_happens_on_the_way(current: Status, new: Status) -> None:
    may = new in {"picked_up", "in_transit", "arriving", "delivered", "failed", "returned"}
    assert may is (new in DRIVER_MAY_SET)
    if may and legal(current, new):
        check_driver_step(current, new)
        return
    with pytest.raises(OnthewayError) as refusal:
        check_driver_step(current, new)
    assert refusal.value.code == "illegal_step"


def test_statuses_are_sorted_into_path_final_open_and_underway() -> None:
    assert list(PATH) == WAY
    assert {"delivered", *ENDS} == FINAL
    assert set(Status) == OPEN | FINAL
    assert not OPEN & FINAL
    assert {"picked_up", "in_transit", "arriving"} == UNDERWAY


@pytest.mark.parametrize("current", ["pending", "assigned"])
def test_assigning_moves_between_pending_and_assigned(current: str) -> None:
    assert status_after_assigning(Status(current), to_driver=True) is Status.ASSIGNED
    assert status_after_assigning(Status(current), to_driver=False) is Status.PENDING


@pytest.mark.parametrize("current", sorted(UNDERWAY))
def test_order_underway_goes_to_another_driver_but_not_to_none(current: Status) -> None:
    assert status_after_assigning(current, to_driver=True) is current
    with pytest.raises(OnthewayError, match="not to none"):
        status_after_assigning(current, to_driver=False)


@pytest.mark.parametrize("current", sorted(FINAL))
@pytest.mark.parametrize("to_driver", [True, False])
def test_finished_order_is_given_to_nobody(current: Status, to_driver: bool) -> None:
    with pytest.raises(OnthewayError) as refusal:
        status_after_assigning(current, to_driver=to_driver)
    assert refusal.value.code == "illegal_step"


@pytest.mark.parametrize("text", ["1", "A1", "a.b", "...", "~_-.", "a" * 64, ".a"])
def test_order_id_is_safe_in_a_path(text: str) -> None:
    assert is_order_id(text)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a" * 65, "a b", "a/b", "a\n", "ä", "%41", "a\0", "\u0661", "#"]
)
def test_text_that_cannot_name_an_order(text: str) -> None:
    assert not is_order_id(text)


@given(st.text(max_size=70))
def test_order_id_is_never_more_than_its_alphabet(text: str) -> None:
    if is_order_id(text):
        assert 1 <= len(text) <= 64
        assert all(char.isascii() and (char.isalnum() or char in "._~-") for char in text)


def test_statuses_are_said_in_words() -> None:
    assert words(Status.PICKED_UP) == "picked up"


class OrderLife(RuleBasedStateMachine):
    """Whatever is tried without force: an order goes forward, and ends once."""

    def __init__(self) -> None:
        super().__init__()
        self.status = Status.PENDING
        self.furthest = 0
        self.ended: Status | None = None
        self.picked_up = False

    @rule(new=statuses, by_driver=st.booleans())
    def set_status(self, new: Status, by_driver: bool) -> None:
        check = check_driver_step if by_driver else check_step
        try:
            check(self.status, new)
        except OnthewayError:
            return
        self.status = new

    @rule(to_driver=st.booleans())
    def assign(self, to_driver: bool) -> None:
        try:
            self.status = status_after_assigning(self.status, to_driver=to_driver)
        except OnthewayError:
            return

    @invariant()
    def final_stays_final(self) -> None:
        if self.ended is not None:
            assert self.status is self.ended
        if self.status in FINAL:
            self.ended = self.status

    @invariant()
    def picked_up_never_goes_back_to_the_shop(self) -> None:
        self.picked_up = self.picked_up or self.status in UNDERWAY
        if self.picked_up:
            assert self.status not in {Status.PENDING, Status.ASSIGNED}

    @invariant()
    def path_is_walked_forward_after_pick_up(self) -> None:
        if self.picked_up and self.status in PATH:
            assert PATH.index(self.status) >= self.furthest
            self.furthest = PATH.index(self.status)


TestOrderLife = OrderLife.TestCase
