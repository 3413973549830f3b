"""The benchmark of arrivals looks at each trip as it was known then, and says what it finds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.eta import Window
from app.domain.geo import Place
from app.domain.times import MINUTE, SECOND
from tests.bench_eta import __main__ as terminal
from tests.bench_eta.figures import figures
from tests.bench_eta.foretell import Foretold, baseline, cross_validated, looks, product
from tests.bench_eta.trips import EVERY, Trip, read_trips

METRE = 1 / 111_195
NOW = 1_795_604_400 * SECOND


def trip(name: str, speed: float, minutes: int, begin: int = NOW) -> Trip:
    """Straight north at one speed, a fix every five seconds."""
    seconds = range(0, minutes * 60 + 1, 5)
    fixes = [(Place(48.0 + speed * s * METRE, 11.0), begin + s * SECOND) for s in seconds]
    return Trip(name, fixes)


def write(folder: Path, name: str, speed: float, minutes: int, hour: int) -> None:
    """A trip as a file."""
    begin = datetime(2026, 11, 24, hour, tzinfo=UTC)
    points = "".join(
        f'<trkpt lat="{48.0 + speed * s * METRE}" lon="11.0">'
        f"<time>{(begin + timedelta(seconds=s)).isoformat()}</time></trkpt>"
        for s in range(0, minutes * 60 + 1, 10)
    )
    text = f'<gpx version="1.1" creator="test"><trk><trkseg>{points}</trkseg></trk></gpx>'
    (folder / name).write_text(text)


def test_prediction_knows_nothing_of_what_comes_later() -> None:
    whole = trip("whole", 8.0, 20)
    half = Trip("half", whole.fixes[:121])
    for way in (baseline, product):
        at_once, later = way(half)[0], way(whole)[0]
        assert at_once.truly == 600
        assert at_once.seconds < later.seconds
    assert [one.left.turn for one in looks(half, EVERY)] == pytest.approx(
        [one.left.turn for one in looks(whole, EVERY)[:40]]
    )


def test_baseline_is_the_line_times_1_3_at_the_recent_speed() -> None:
    last = baseline(trip("steady", 10.0, 60))[-1]
    assert last.truly == 15
    assert last.seconds == pytest.approx(15 * 1.3, rel=0.02)


def test_thirds_are_of_the_time_and_of_the_way() -> None:
    steady = trip("steady", 10.0, 15)
    assert steady.parts["time"] == [0] * 20 + [1] * 20 + [2] * 20
    lengths = [steady.parts["distance"].count(third) for third in (0, 1, 2)]
    assert lengths == pytest.approx([20, 20, 20], abs=1)
    assert steady.parts["distance"] == sorted(steady.parts["distance"])


def test_same_drive_at_another_rate_teaches_nothing_about_itself() -> None:
    one, again = trip("one", 3.0, 40), trip("again", 3.0, 40, NOW + SECOND)
    others = [trip(f"t{place}", 12.0, 10, NOW + place * 90 * MINUTE) for place in range(1, 4)]
    with_twin, without = cross_validated([one, again, *others]), cross_validated([one, *others])
    assert [x.seconds for x in with_twin(one)] == [x.seconds for x in without(one)]


def test_every_trip_counts_alike() -> None:
    window = Window(NOW, NOW + 4 * MINUTE)
    good = [Foretold(NOW, 120.0, 120.0, 60.0, 180.0, window)] * 9
    bad = [Foretold(NOW, 400.0, 100.0, 50.0, 200.0, window)]
    found = figures([good, bad])
    assert (found.error, found.bias, found.pooled) == (150, -150, 30)
    assert (found.inside, found.shown, found.late, found.early) == (0.5, 0.5, 0.5, 0)
    assert (found.share, found.width, found.said) == (0.375, 240, 1)
    assert found.doubt == (0, 1)
    assert figures([good, good]).doubt == (1, 1)


def test_report_tells_of_files_and_of_those_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "a.gpx", 9.0, 20, 8)
    write(tmp_path, "b.gpx", 6.0, 12, 17)
    write(tmp_path, "short.gpx", 6.0, 1, 17)
    (tmp_path / "broken.gpx").write_text("<gpx>")
    trips, refused = read_trips(tmp_path)
    assert [one.name for one in trips] == ["a", "b"]
    assert [line.split(":")[0] for line in refused] == ["broken.gpx", "short.gpx"]
    monkeypatch.setattr("sys.argv", ["bench_eta", str(tmp_path)])
    terminal.main()
    told = capsys.readouterr().out
    assert "2 trips, 128 predictions" in told
    assert "| learned" in told
    assert told.count("last third of the time") == 3


def test_absent_folder_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bench_eta", "nowhere"])
    with pytest.raises(SystemExit, match=r"No two recorded trips .* at nowhere; name a folder"):
        terminal.main()
