"""Single decisions about phone apps: units, times, which app it is, and how each is set up."""

import json
from base64 import b64decode
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from app.domain.position import Fix
from app.domain.times import SECOND
from app.protocol.apps import table, values
from app.protocol.apps.doubt import RUNNING, Doubt
from app.protocol.apps.message import NotKnown, Phone, Setup, Wish
from app.protocol.apps.owntracks import initials, tell

AT = 1_777_622_400
PHONE = Phone("https://go.example.com/ingest/T0-k_n", "Ana Petrović 🚲")


def key_of(query: str, body: bytes = b"", method: str = "GET") -> str:
    app, _ = table.read(method, query.encode(), body)
    return app.key


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("app=osmand&id=1&lat=1&lon=2", "osmand"),
        ("app=traccar&lat=1&lon=2&timestamp=1777622400000", "traccar"),
        ("app=nothing&id=1&lat=1&lon=2", "traccar"),
        ("lat=1&longitude=2&id=1", "gpslogger"),
        ("lat=1&lon=2&spd=3", "gpslogger"),
        ("lat=1&lon=2&deviceid=x&hdop=3", "traccar"),
        ("lat=1&lon=2&hdop=3", "osmand"),
        ("lat=1&lon=2&timestamp=2147483648", "osmand"),
        ("lat=1&lon=2&timestamp=2147483647", "unsure"),
        ("location=1,2", "unsure"),
        ("notificationToken=x", "unsure"),
    ],
)
def test_names_tell_the_app(query: str, key: str) -> None:
    assert key_of(query) == key


def test_a_form_is_traccars_unless_a_name_says_otherwise() -> None:
    assert key_of("", b"lat=1&lon=2", "POST") == "traccar"
    assert key_of("", b" \r\n lat=1&lon=2&aid=x", "POST") == "gpslogger"


@pytest.mark.parametrize(
    ("method", "query", "body"),
    [
        ("GET", "", b""),
        ("GET", "id=1&accuracy=high&interval=10", b""),
        ("POST", "", b"[]"),
        ("POST", "", b"{"),
        ("POST", "", b"{}"),
        ("POST", "lat=1&lon=2", b'{"lat": 1}'),
        ("POST", "", b'{"locations": {}}'),
        ("POST", "", b"\x00\x01\xff"),
        ("POST", "", b"hello=world"),
        ("POST", "", b"a=b&" * 300),
    ],
)
def test_other_bytes_are_not_known(method: str, query: str, body: bytes) -> None:
    with pytest.raises(NotKnown):
        table.read(method, query.encode(), body)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1777622400", AT * SECOND),
        ("1777622400.25", AT * SECOND + 250_000),
        ("1777622400250", AT * SECOND + 250_000),
        ("2026-05-01T08:00:00Z", AT * SECOND),
        ("2026-05-01T10:00:00+0200", AT * SECOND),
        ("2026-05-01T10:00:00 02:00", AT * SECOND),
        ("2026-05-01T08:00:00", AT * SECOND),
        ("2026-05-01 08:00:00", AT * SECOND),
        ("{2}", None),
        ("", None),
        ("-5", None),
        ("1e30", None),
        ("1e306", None),
        ("-1e308", None),
        ("NaN", None),
        ("inf", None),
        ("9" * 30, None),
    ],
)
def test_times_are_read_as_they_are_written(text: str, at: int | None) -> None:
    assert values.moment(text) == at


@pytest.mark.parametrize(
    "unknown", ["", "null", "NaN", "inf", "{7}", "%ACC", "-1", "1_0", None, True]
)
def test_what_no_phone_can_mean_is_unknown(unknown: object) -> None:
    assert values.speed(unknown, values.KNOTS) is None
    assert values.course(unknown) is None
    assert values.accuracy(unknown) is None
    assert values.percent(unknown) is None


def test_units_become_ours() -> None:
    assert values.speed("10", values.KNOTS) == pytest.approx(5.14444)
    assert values.speed(36, values.KILOMETRES_PER_HOUR) == pytest.approx(10)
    assert values.course("360") == 0
    assert values.percent("100") == 1
    assert values.share(0.25) == 0.25


def test_what_an_app_says_of_itself_is_kept() -> None:
    event = {"type": "Feature", "geometry": None, "properties": {"action": "will_terminate"}}
    _, reading = table.read("POST", b"", json.dumps({"locations": [event]}).encode())
    assert reading.words == "app closed"
    status = {"_type": "status", "android": {"loc": -4, "ps": 0}}
    assert (
        table.read("POST", b"", json.dumps(status).encode())[1].words == "location permission lost"
    )
    quiet = {"_type": "location", "lat": 1, "lon": 2, "m": -1}
    assert (
        table.read("POST", b"", json.dumps(quiet).encode())[1].words == "the app is in Quiet mode"
    )
    assert table.read("GET", b"id=1&lat=1&lon=2&alarm=sos", b"")[1].words == "alarm: sos"


def drive(doubt: Doubt, speed: float, said: float, count: int) -> bool:
    """Straight north at ``speed`` m/s, a fix every 5 s; whether it is doubted at the end."""
    degree = 111_195.0
    found = False
    for step in range(count):
        at = (AT + 5 * step) * SECOND
        found = doubt.look(Fix(48 + 5 * step * speed / degree, 11, at, None, said))
    return found


def test_speeds_that_contradict_the_way_are_doubted_after_ten() -> None:
    assert not drive(Doubt(), 10, 5.14444, RUNNING)
    assert drive(Doubt(), 10, 5.14444, RUNNING + 1)
    assert not drive(Doubt(), 10, 10, 30)
    assert not drive(Doubt(), 1, 0.5, 30)


def setups() -> dict[str, Setup]:
    return {app.key: app.setup(PHONE) for app in table.APPS if app.setup is not None}


def test_every_app_is_set_up_with_the_whole_address() -> None:
    assert set(setups()) == {"traccar", "owntracks", "osmand", "gpslogger", "overland"}
    for setup in setups().values():
        assert any(text.startswith(PHONE.address) for _, text in setup.texts)
        assert setup.steps


def test_traccar_reads_its_settings_from_the_address() -> None:
    setup = setups()["traccar"]
    query = parse_qs(urlsplit(setup.picture).query)
    assert setup.picture.startswith(f"{PHONE.address}?")
    assert query["id"] == [PHONE.name]
    assert (query["interval"], query["distance"]) == (["10"], ["10"])
    assert query["stop_detection"] == ["false"]
    assert parse_qs(urlsplit(str(setup.link)).query)["url"] == [PHONE.address]


def test_owntracks_takes_its_configuration_from_the_link() -> None:
    setup = setups()["owntracks"]
    inline = str(setup.link).partition("inline=")[2]
    assert "+" not in inline
    configuration = json.loads(b64decode(unquote(inline)))
    assert configuration["url"] == PHONE.address
    assert (configuration["mode"], configuration["monitoring"]) == (3, 2)
    assert configuration["tid"] == "AP"
    assert setup.file == ("driver.otrc", json.dumps(configuration))
    assert configuration["moveModeLocatorInterval"] == configuration["locatorInterval"] == 10
    assert all(
        configuration[name] for name in ("cmd", "remoteConfiguration", "allowRemoteLocation")
    )


def test_owntracks_is_told_in_its_list_what_is_wished_and_nothing_else() -> None:
    wanted = {"locatorInterval": 5, "moveModeLocatorInterval": 5, "locatorDisplacement": 75}
    pace = {"_type": "cmd", "action": "setConfiguration"}
    pace |= {"configuration": {"_type": "configuration", **wanted}}  # type: ignore[dict-item]
    where = {"_type": "cmd", "action": "reportLocation"}
    told = tell(Wish(seconds=5))
    assert (json.loads(told.body), told.json) == ([pace], True)
    assert json.loads(tell(Wish(seconds=5, place=True)).body) == [pace, where]
    assert json.loads(tell(Wish(place=True)).body) == [where]
    assert b'"locatorDisplacement":15}' in tell(Wish(seconds=1)).body


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Petrović", "AP"), ("Bo", "BO"), ("李", "XX"), ("Éva K", "VA"), ("q", "QX")],
)
def test_two_letters_stand_for_a_name(name: str, letters: str) -> None:
    assert initials(name) == letters
