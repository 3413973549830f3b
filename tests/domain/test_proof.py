"""Proof of delivery: kinds, phases, the distance from the door."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.domain.geo import Place
from app.domain.order import Status
from app.domain.position import NO_FLAG, Flag
from app.domain.proof import (
    LATEST,
    Proof,
    check_proof,
    customer_sees_code,
    customer_sees_proof,
    is_code,
    metres_from_door,
    proof_kind,
)


@dataclass
class Seen:
    """A position."""

    lat: float
    lng: float
    flags: Flag = NO_FLAG


@given(st.text(max_size=12))
def test_a_kind_is_one_of_three(text: str) -> None:
    if text in set(Proof):
        assert proof_kind(text) == text
        return
    with pytest.raises(OnthewayError) as refused:
        proof_kind(text)
    assert refused.value.field == "kind"


@given(st.text(max_size=6) | st.from_regex(r"\d{4}", fullmatch=True))
def test_a_code_is_four_digits_of_ascii(text: str) -> None:
    assert is_code(text) is (len(text) == 4 and text.isascii() and text.isdigit())


def test_proof_is_taken_from_when_a_driver_has_the_order_until_a_day_after_it() -> None:
    for status in set(Status) - {Status.PENDING, Status.CANCELLED}:
        check_proof(status, None, 5)
    check_proof(Status.DELIVERED, 5, 5 + LATEST)
    for status, ended_at in (
        (Status.PENDING, None),
        (Status.CANCELLED, 5),
        (Status.DELIVERED, 4),
        (Status.FAILED, 4),
    ):
        with pytest.raises(OnthewayError) as refused:
            check_proof(status, ended_at, 5 + LATEST)
        assert refused.value.code == "illegal_step"


def test_the_code_is_shown_until_the_end_and_the_proof_after_the_delivery() -> None:
    shown = {status for status in Status if customer_sees_code(status)}
    assert shown == {Status.ASSIGNED, Status.PICKED_UP, Status.IN_TRANSIT, Status.ARRIVING}
    assert [status for status in Status if customer_sees_proof(status)] == [Status.DELIVERED]


def test_the_distance_is_that_of_the_last_good_fix() -> None:
    door = Place(48.0, 11.0)
    near, far = Seen(48.0001, 11.0), Seen(48.01, 11.0)
    wrong = Seen(49.0, 11.0, Flag.TELEPORT)
    assert metres_from_door([far, near, wrong], door) == pytest.approx(11.1, abs=0.1)
    assert metres_from_door([near, Seen(48.01, 11.0, Flag.LATE)], door) == pytest.approx(
        1112, abs=1
    )
    assert metres_from_door([], door) is None
    assert metres_from_door([wrong], door) is None
    assert metres_from_door([near], None) is None
