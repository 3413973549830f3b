"""The demo's city and its rides."""

from itertools import pairwise
from random import Random

import pytest

from app.domain.geo import Place, distance
from app.simulator.city import (
    VEHICLES,
    Corner,
    Fix,
    Ride,
    nearest_corner,
    ordinal,
    random_corner,
    route,
)

SHOP = Corner(7, 28)
OFFICE = Corner(5, 42)


def ride(vehicle: str, seed: int, goal: Corner = OFFICE) -> list[Fix]:
    rng = Random(seed)
    return list(Ride(route(SHOP, goal, rng), VEHICLES[vehicle], rng).fixes())


@pytest.mark.parametrize(
    ("corner", "place"),
    [
        (Corner(5, 42), Place(40.7537, -73.9808)),
        (Corner(5, 23), Place(40.7411, -73.9897)),
        (Corner(8, 42), Place(40.7573, -73.9898)),
    ],
)
def test_the_grid_meets_the_known_crossings(corner: Corner, place: Place) -> None:
    assert distance(corner.place, place) < 1
    assert nearest_corner(place) == corner


def test_blocks_have_the_size_of_blocks() -> None:
    assert 70 < distance(Corner(6, 30).place, Corner(6, 31).place) < 90
    assert 240 < distance(Corner(6, 30).place, Corner(7, 30).place) < 320


@pytest.mark.parametrize(
    ("corner", "address"),
    [
        (Corner(8, 34), "W 34th St & 8th Ave"),
        (Corner(3, 21), "E 21st St & 3rd Ave"),
        (Corner(4, 52), "E 52nd St & Park Ave"),
        (Corner(5, 43), "W 43rd St & 5th Ave"),
    ],
)
def test_a_corner_has_an_address(corner: Corner, address: str) -> None:
    assert corner.address == address


def test_ordinals_know_their_teens() -> None:
    assert [ordinal(n) for n in (1, 11, 12, 13, 22, 113)] == [
        "1st",
        "11th",
        "12th",
        "13th",
        "22nd",
        "113th",
    ]


def test_a_route_follows_the_grid_without_detour() -> None:
    start, goal = Corner(9, 20), Corner(4, 50)
    for seed in range(30):
        path = route(start, goal, Random(seed))
        assert (path[0], path[-1], len(path)) == (start, goal, 1 + 5 + 30)
        for a, b in pairwise(path):
            assert abs(a.avenue - b.avenue) + abs(a.street - b.street) == 1


def test_routes_vary_and_the_same_chance_gives_the_same_ride() -> None:
    assert len({tuple(route(SHOP, Corner(4, 45), Random(seed))) for seed in range(20)}) > 5
    assert ride("bike", 3) == ride("bike", 3)
    assert ride("bike", 3) != ride("bike", 4)


def test_a_corner_to_deliver_to_is_so_far_away() -> None:
    rng = Random(1)
    for _ in range(50):
        goal = random_corner(rng, near=SHOP, blocks=(9, 24))
        blocks = abs(goal.street - SHOP.street) + 3 * abs(goal.avenue - SHOP.avenue)
        assert 9 <= blocks <= 24


@pytest.mark.parametrize("vehicle", sorted(VEHICLES))
def test_a_ride_is_one_that_a_phone_could_have_recorded(vehicle: str) -> None:
    for seed in range(5):
        fixes = ride(vehicle, seed)
        places = [Place(fix.lat, fix.lng) for fix in fixes]
        assert distance(places[0], SHOP.place) < 60
        assert distance(places[-1], Corner(5, 42).place) < 60
        assert max(distance(a, b) for a, b in pairwise(places)) < 25
        assert all(0 <= fix.speed < 16 for fix in fixes)
        assert all(fix.heading is None or 0 <= fix.heading < 360 for fix in fixes)
        assert all(3 <= fix.accuracy < 60 for fix in fixes)
        standing = [fix for fix in fixes if fix.speed == 0]
        assert all(fix.heading is None for fix in standing)


def test_rides_stop_at_some_lights() -> None:
    stops = [sum(fix.speed == 0 for fix in ride("car", seed)) for seed in range(8)]
    assert max(stops) > 10


def test_a_bike_takes_longer_than_a_car_without_lights() -> None:
    bike = sum(sum(f.speed > 0 for f in ride("bike", seed)) for seed in range(8))
    car = sum(sum(f.speed > 0 for f in ride("car", seed)) for seed in range(8))
    assert bike > car


def test_a_ride_can_begin_on_the_way() -> None:
    rng = Random(2)
    path = route(SHOP, Corner(5, 42), rng)
    late = Ride(path, VEHICLES["bike"], rng)
    late.skip(0.5)
    assert late.place == path[8].place
    assert 0 < len(list(late.fixes())) < len(ride("bike", 2))


def test_a_ride_to_where_one_is_has_no_fix() -> None:
    assert list(Ride([SHOP], VEHICLES["van"], Random(1)).fixes()) == []


def test_a_place_outside_the_city_has_a_nearest_corner() -> None:
    assert nearest_corner(Place(48.0, 11.0)) in {
        Corner(avenue, street) for avenue in (3, 10) for street in (14, 59)
    }
