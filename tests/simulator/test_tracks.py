"""Reading recorded tracks."""

from pathlib import Path

import pytest

from app.domain.times import parse_time
from app.simulator.tracks import TrackError, TrackPoint, read_track

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="test"'
    ' xmlns="http://www.topografix.com/GPX/1/1"'
    ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2"'
    ' xmlns:otw="urn:ontheway:gpx:1">'
)
GOOD = '<trkpt lat="48.1" lon="11.5"><time>2026-03-01T12:00:00Z</time></trkpt>'


def write(folder: Path, points: str, *, name: str = "drive.gpx") -> Path:
    path = folder / name
    path.write_text(f"{HEAD}<trk><trkseg>{points}</trkseg></trk></gpx>", encoding="utf-8")
    return path


def extended(inside: str, outside: str = "") -> str:
    return (
        '<trkpt lat="48.1" lon="11.5"><ele>519.5</ele><time>2026-03-01T12:00:00Z</time><extensions>'
        f"<gpxtpx:TrackPointExtension>{inside}</gpxtpx:TrackPointExtension>{outside}"
        "</extensions></trkpt>"
    )


def test_coordinates_and_times_are_as_in_the_file(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '<trkpt lat="48.137123456789" lon="-11.575000000000001">'
        "<time>2026-03-01T12:00:00.250Z</time></trkpt>"
        '<trkpt lat="48" lon="11"><time>2026-03-01T14:00:00.000001+02:00</time></trkpt>'
        '<trkpt lat="48" lon="11"><time>2026-03-01T12:00:00</time></trkpt>',
    )
    noon = parse_time("2026-03-01T12:00:00Z")
    assert read_track(path) == [
        TrackPoint(48.137123456789, -11.575000000000001, noon + 250_000),
        TrackPoint(48.0, 11.0, noon + 1),
        TrackPoint(48.0, 11.0, noon),
    ]


def test_speed_course_accuracy_and_height_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        extended(
            "<gpxtpx:speed>13.88</gpxtpx:speed><gpxtpx:course>149</gpxtpx:course>",
            "<otw:accuracy>3</otw:accuracy>",
        ),
    )
    (point,) = read_track(path)
    assert (point.speed, point.heading, point.accuracy, point.altitude) == (13.88, 149, 3, 519.5)


@pytest.mark.parametrize("value", ["", "fast", "nan", "inf", "-1", "1e9"])
def test_an_extension_that_no_phone_means_is_left_out(tmp_path: Path, value: str) -> None:
    path = write(tmp_path, extended(f"<gpxtpx:speed>{value}</gpxtpx:speed>"))
    assert read_track(path)[0].speed is None


def test_all_segments_and_repeated_points_are_kept_in_order(tmp_path: Path) -> None:
    path = tmp_path / "two.gpx"
    path.write_text(
        f"{HEAD}<trk><trkseg>{GOOD * 2}</trkseg><trkseg>{GOOD}</trkseg></trk>"
        f"<trk><trkseg>{GOOD.replace('48.1', '49')}</trkseg></trk></gpx>"
    )
    assert [point.lat for point in read_track(path)] == [48.1, 48.1, 48.1, 49]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ('<trkpt lat="1" lon="2"></trkpt>', "point 3 has no usable time"),
        ('<trkpt lat="1" lon="2"><time>noon</time></trkpt>', "point 3 has no usable time"),
        (GOOD.replace("48.1", "91"), "point 3 lies at no place on earth"),
        (GOOD.replace("48.1", "nan"), "point 3 lies at no place on earth"),
        (GOOD.replace("2026", "1926"), "point 3 has a time outside 1970 to 2099"),
    ],
)
def test_a_bad_point_is_named_with_its_file(tmp_path: Path, bad: str, why: str) -> None:
    path = write(tmp_path, GOOD * 2 + bad)
    with pytest.raises(TrackError, match=rf"^drive\.gpx: {why}$"):
        read_track(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xfe\x00",
        b"<gpx><trk>",
        (HEAD + '<trk><trkseg><trkpt lat="x" lon="2"/></trkseg></trk></gpx>').encode(),
        (HEAD + '<trk><trkseg><trkpt lon="2"/></trkseg></trk></gpx>').encode(),
    ],
)
def test_what_is_no_gpx_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.gpx"
    path.write_bytes(content)
    with pytest.raises(TrackError, match=r"^odd\.gpx: is not a GPX file"):
        read_track(path)


def test_a_file_without_points_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrackError, match="has no track points"):
        read_track(write(tmp_path, ""))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrackError, match=r"none\.gpx: cannot be read"):
        read_track(tmp_path / "none.gpx")
    with pytest.raises(TrackError, match="cannot be read"):
        read_track(tmp_path)
