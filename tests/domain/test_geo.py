"""Places, distances and courses."""

from math import inf, nan, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geo import (
    EARTH_RADIUS,
    Place,
    bearing,
    distance,
    furthest,
    is_place,
    near_distance,
)
from tests.domain.strategies import places

MUNICH = Place(48.1372, 11.5755)
BERLIN = Place(52.5186, 13.4083)
HALF_ROUND = 3.14159265358979 * EARTH_RADIUS


@pytest.mark.parametrize(("lat", "lng"), [(90, 180), (-90, -180), (0, 0), (48.1, 11.5)])
def test_places_on_the_earth_up_to_its_edges(lat: float, lng: float) -> None:
    assert is_place(lat, lng)


@pytest.mark.parametrize("wrong", [inf, -inf, nan, nextafter(180, 181), -181.0])
def test_no_place_beyond_the_edges(wrong: float) -> None:
    assert not is_place(wrong, 0)
    assert not is_place(0, wrong)


def test_latitude_ends_at_the_poles() -> None:
    assert not is_place(nextafter(90, 91), 0)
    assert not is_place(nextafter(-90, -91), 0)


def test_distance_between_two_cities() -> None:
    assert distance(MUNICH, BERLIN) == pytest.approx(504_400, rel=0.001)


def test_one_degree_of_latitude_is_111_kilometres() -> None:
    assert distance(Place(0, 0), Place(1, 0)) == pytest.approx(111_195, rel=0.0001)


def test_distance_across_the_date_line_is_short() -> None:
    assert distance(Place(0, 179.999), Place(0, -179.999)) < 300


def test_opposite_places_are_half_the_earth_apart() -> None:
    assert distance(Place(0, 0), Place(0, 180)) == pytest.approx(HALF_ROUND)
    assert distance(Place(90, 0), Place(-90, 77)) == pytest.approx(HALF_ROUND)


@given(places, places)
def test_distance_is_the_same_both_ways_and_never_more_than_half_round(a: Place, b: Place) -> None:
    assert 0 <= distance(a, b) <= HALF_ROUND + 1
    assert distance(a, b) == pytest.approx(distance(b, a), abs=0.001)


@given(places)
def test_a_place_is_no_distance_from_itself(place: Place) -> None:
    assert distance(place, place) == 0


@pytest.mark.parametrize(
    ("to", "course"),
    [(Place(1, 0), 0), (Place(0, 1), 90), (Place(-1, 0), 180), (Place(0, -1), 270)],
)
def test_courses_to_the_four_winds(to: Place, course: float) -> None:
    assert bearing(Place(0, 0), to) == pytest.approx(course)


def test_course_a_hair_west_of_north_is_no_360() -> None:
    assert bearing(Place(0, 0), Place(1, -1e-18)) == 0


@given(places, places)
def test_course_is_from_0_to_below_360(a: Place, b: Place) -> None:
    assert 0 <= bearing(a, b) < 360


@given(places, places)
def test_the_bound_is_never_exceeded(a: Place, b: Place) -> None:
    assert distance(a, b) <= furthest(*a, *b) * (1 + 1e-9) + 1e-6


@given(st.floats(-60, 60), st.floats(-180, 180), st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_near_distance_is_close_within_a_region(
    lat: float, lng: float, d_lat: float, d_lng: float
) -> None:
    a = Place(lat, lng)
    b = Place(max(-60.0, min(60.0, lat + d_lat)), (lng + d_lng + 180) % 360 - 180)
    assert near_distance(a, b) == pytest.approx(distance(a, b), rel=1e-3, abs=0.01)
