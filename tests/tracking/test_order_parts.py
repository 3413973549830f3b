"""The parts of what people enter about an order, and the changes of two who enter at once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.domain.eta import Window
from app.domain.geo import Place
from app.tracking.order_parts import (
    PARTS,
    changed_parts,
    details_of,
    fields_of,
    merged_changes,
    parts_of,
)
from app.tracking.records import Customer, OrderDetails, Spotted

LINE = st.none() | st.sampled_from(["x", "y"])
SPOT = st.none() | st.builds(
    Spotted,
    place=st.none() | st.builds(Place, st.sampled_from([0.0, 48.1]), st.just(11.5)),
    address=LINE,
)
DETAILS = st.builds(
    OrderDetails,
    customer=st.none() | st.builds(Customer, name=LINE, phone=LINE, email=LINE),
    destination=SPOT,
    pickup=SPOT,
    window=st.none() | st.builds(Window, st.just(1), st.sampled_from([2, 3])),
    note=LINE,
)


@given(DETAILS)
def test_details_come_back_from_their_parts(details: OrderDetails) -> None:
    parts = parts_of(details)
    assert tuple(parts) == PARTS
    assert parts_of(details_of(parts)) == parts
    assert fields_of(parts) == set(OrderDetails.__slots__)


@given(DETAILS, DETAILS, DETAILS)
def test_of_two_who_change_an_order_both_are_kept_or_one_is_asked(
    seen: OrderDetails, mine: OrderDetails, there: OrderDetails
) -> None:
    by_me, by_them = changed_parts(seen, mine), changed_parts(seen, there)
    changes = {name: getattr(mine, name) for name in fields_of(by_me)}
    wanted, theirs = parts_of(mine), parts_of(there)
    clash = any(wanted[part] != theirs[part] for part in by_me & by_them)
    try:
        stored = parts_of(replace(there, **merged_changes(seen, changes, there)))
    except OnthewayError as error:
        assert error.code == "conflict"
        assert clash
    else:
        assert not clash
        assert stored == {part: (wanted if part in by_me else theirs)[part] for part in PARTS}


def test_an_address_and_its_pin_are_one_part() -> None:
    seen = OrderDetails(destination=Spotted(place=Place(1, 2), address="Street 1"))
    pin = {"destination": Spotted(place=Place(1, 3), address="Street 1")}
    there = OrderDetails(destination=Spotted(place=Place(1, 2), address="Street 2"))
    with pytest.raises(OnthewayError, match="same part"):
        merged_changes(seen, pin, there)
