"""Playing recorded tracks through a real driver socket."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection

from app.client import DriverRefused, NotDelivered
from app.domain.times import SECOND, format_time, parse_time
from app.simulator.replay import ending_at, replay
from app.simulator.tracks import TrackError, TrackPoint
from tests.simulator.test_tracks import write
from tests.stand_in import TOKEN, Json, StandIn, reject, standing_in

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
needs_traces = pytest.mark.skipif(
    not (DATA / "traces").is_dir(), reason=f"recorded traces not found at {DATA}"
)
NOON = parse_time("2026-03-01T12:00:00Z")


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with standing_in() as stand_in:
        yield stand_in


def drive(folder: Path, seconds: list[float], name: str = "drive.gpx", lat: float = 48.0) -> Path:
    points = (
        f'<trkpt lat="{lat + n / 10_000}" lon="11.5">'
        f"<time>{format_time(NOON + round(second * SECOND))}</time></trkpt>"
        for n, second in enumerate(seconds)
    )
    return write(folder, "".join(points), name=name)


async def test_every_point_arrives_in_order_with_its_recorded_time(
    server: StandIn, tmp_path: Path
) -> None:
    path = drive(tmp_path, list(range(1_200)))
    (summary,) = await replay([path], url=server.url, token=TOKEN, order_id="A1", speed=None)
    assert (summary.points, summary.distinct, summary.acked, summary.rejected) == (
        1_200,
        1_200,
        1_200,
        0,
    )
    stored = server.points()
    assert [point["recordedAt"] for point in stored] == [
        format_time(NOON + n * SECOND) for n in range(1_200)
    ]
    assert {point["orderId"] for point in stored} == {"A1"}
    first = server.frames[0]
    assert (first["type"], first["orderId"], first["status"]) == (
        "status_update",
        "A1",
        "in_transit",
    )


async def test_a_second_replay_adds_nothing(server: StandIn, tmp_path: Path) -> None:
    path = drive(tmp_path, list(range(100)))
    for _ in range(2):
        (summary,) = await replay([path], url=server.url, token=TOKEN, order_id="A1", speed=None)
        assert summary.acked == 100
    assert len(server.points()) == 100


async def test_a_fix_that_the_file_repeats_is_one_fix(server: StandIn, tmp_path: Path) -> None:
    point = '<trkpt lat="48" lon="11"><time>2026-03-01T12:00:00Z</time></trkpt>'
    later = point.replace("12:00:00", "12:00:01")
    path = write(tmp_path, point * 3 + later)
    (summary,) = await replay([path], url=server.url, token=TOKEN, speed=None)
    assert (summary.points, summary.distinct, summary.acked) == (4, 2, 2)
    assert len(server.points()) == 2


async def test_points_are_sent_at_the_recorded_pace_times_speed(
    server: StandIn, tmp_path: Path
) -> None:
    begin = asyncio.get_running_loop().time()
    arrivals = []

    async def note_time(_socket: ServerConnection, _frame: Json) -> bool:
        arrivals.append(asyncio.get_running_loop().time() - begin)
        return False

    server.script = note_time
    await replay([drive(tmp_path, [0, 10, 20, 30])], url=server.url, token=TOKEN, speed=100)
    assert len(arrivals) == 4
    assert all(arrival >= due for arrival, due in zip(arrivals, (0, 0.1, 0.2, 0.3), strict=True))
    assert arrivals[-1] < 2


async def test_now_moves_the_track_so_that_it_ends_now(server: StandIn, tmp_path: Path) -> None:
    path = drive(tmp_path, [0, 60, 90.5])
    await replay([path], url=server.url, token=TOKEN, speed=None, now=True)
    times = [parse_time(point["recordedAt"]) for point in server.points()]
    assert abs(times[-1] - time.time() * SECOND) < 5 * SECOND
    assert [moment - times[0] for moment in times] == [0, 60 * SECOND, 90.5 * SECOND]


def test_several_tracks_follow_each_other_and_the_last_ends_at_the_time() -> None:
    tracks = [[TrackPoint(0, 0, t * SECOND) for t in times] for times in ([5, 9], [1, 3])]
    moved = ending_at(tracks, 100 * SECOND)
    assert [[point.time // SECOND for point in track] for track in moved] == [[93, 97], [98, 100]]


async def test_a_break_of_the_connection_loses_nothing(server: StandIn, tmp_path: Path) -> None:
    frames = 0

    async def break_sometimes(socket: ServerConnection, frame: Json) -> bool:
        nonlocal frames
        frames += 1
        if frames in (2, 5):
            await server.answer(socket, frame)
            socket.transport.abort()
            return True
        if frames == 3:
            socket.transport.abort()
            return True
        return False

    server.script = break_sometimes
    path = drive(tmp_path, list(range(3_000)))
    (summary,) = await replay([path], url=server.url, token=TOKEN, speed=None)
    assert summary.acked == 3_000
    assert len(server.points()) == 3_000
    assert server.handshakes == 4


async def test_rejected_points_are_counted_with_their_reason(
    server: StandIn, tmp_path: Path
) -> None:
    async def off_duty(socket: ServerConnection, frame: Json) -> bool:
        for message in frame.get("locations", [frame]):
            if message["lat"] > 48.00025:
                answer = {"type": "reject", "id": message["id"], "code": "off_duty", "message": ""}
                await socket.send(json.dumps(answer))
            else:
                await server.answer(socket, message)
        return True

    server.script = off_duty
    files = [drive(tmp_path, [0, 1, 2, 3, 4]), drive(tmp_path, [5, 6], "next.gpx", lat=47.0)]
    first, second = await replay(files, url=server.url, token=TOKEN, speed=None)
    assert (first.acked, first.rejected, first.reasons) == (3, 2, {"off_duty": 2})
    assert (second.path.name, second.acked, second.rejected) == ("next.gpx", 2, 0)


async def test_an_order_that_is_further_is_played_as_it_is(server: StandIn, tmp_path: Path) -> None:
    async def further(socket: ServerConnection, frame: Json) -> bool:
        if frame.get("type") == "status_update":
            await reject(socket, frame["id"], "illegal_step")
        return frame.get("type") == "status_update"

    server.script = further
    path = drive(tmp_path, [0, 1])
    (summary,) = await replay([path], url=server.url, token=TOKEN, order_id="A1", speed=None)
    assert (summary.acked, summary.rejected) == (2, 0)


async def test_progress_ends_with_every_point_of_every_file(
    server: StandIn, tmp_path: Path
) -> None:
    calls: list[tuple[str, int, int]] = []
    files = [drive(tmp_path, list(range(50))), drive(tmp_path, [0, 1], "next.gpx", lat=47)]
    await replay(
        files,
        url=server.url,
        token=TOKEN,
        speed=500,
        progress=lambda path, done, total: calls.append((path.name, done, total)),
    )
    assert ("drive.gpx", 50, 50) in calls
    assert calls[-1] == ("next.gpx", 2, 2)
    counts = [done for name, done, _ in calls if name == "drive.gpx"]
    assert counts == sorted(counts)


async def test_nothing_is_sent_when_one_file_is_bad(server: StandIn, tmp_path: Path) -> None:
    files = [drive(tmp_path, [0, 1]), tmp_path / "none.gpx"]
    with pytest.raises(TrackError, match="none"):
        await replay(files, url=server.url, token=TOKEN)
    assert server.handshakes == 0


async def test_a_wrong_token_and_a_missing_server_are_told(server: StandIn, tmp_path: Path) -> None:
    path = drive(tmp_path, [0])
    with pytest.raises(DriverRefused, match="4501"):
        await replay([path], url=server.url, token="wrong")
    with pytest.raises(NotDelivered, match="No connection"):
        await replay([path], url="http://127.0.0.1:1", token=TOKEN, connect_within=0.2)


async def test_a_speed_of_nothing_is_refused(server: StandIn, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="speed"):
        await replay([drive(tmp_path, [0])], url=server.url, token=TOKEN, speed=0)


@needs_traces
async def test_every_distinct_fix_of_the_recorded_traces_arrives_once(server: StandIn) -> None:
    trips = json.loads((DATA / "index.json").read_text())["trips"]
    files = [DATA / trip["file"] for trip in trips]
    summaries = await replay(files, url=server.url, token=TOKEN, order_id="A1", speed=None)
    assert [(summary.path.name, summary.points, summary.acked) for summary in summaries] == [
        (Path(trip["file"]).name, trip["points"], trip["points"] - trip["sameTimeAndPosition"])
        for trip in trips
    ]
    stored = {(point["recordedAt"], point["lat"], point["lng"]) for point in server.points()}
    assert len(stored) == len(server.points())
