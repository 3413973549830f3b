"""The positions that the load sends are such as a server has to take and to show."""

import json

from tests.bench.frames import read
from tests.bench.track import BATCH_STEP, STEP, Track, batches, updates


def test_updates_have_ids_of_their_own_and_times_that_grow() -> None:
    found = [json.loads(payload) for payload in read(b"".join(updates("B1", 20)))]
    assert len({update["id"] for update in found}) == 20
    times = [update["recordedAt"] for update in found]
    assert times == sorted(set(times))
    assert {update["orderId"] for update in found} == {"B1"}


def test_no_track_is_faster_than_a_car() -> None:
    track = Track(None, 0)
    first, second = (json.loads(f"{{{track.point()}}}") for _ in range(2))
    metres = (second["lat"] - first["lat"]) * 111_000
    assert metres / STEP < 15
    assert metres / BATCH_STEP < 15


def test_a_batch_holds_so_many_points_without_an_order() -> None:
    [payload] = read(b"".join(batches(1, 20)))
    points = json.loads(payload)["locations"]
    assert len(points) == 20
    assert not any("orderId" in point for point in points)


def test_the_place_of_a_track_is_as_it_is_written_again_by_others() -> None:
    track = Track("B1", 0)
    for _ in range(30):
        [payload] = read(track.update())
        assert track.place in json.dumps(json.loads(payload), separators=(",", ":"))
