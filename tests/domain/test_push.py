"""Addresses of browsers, taken from whoever names one; what push services answer; what is told."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.domain.notice import BY_STATUS, LAST, LASTS, Event, reached
from app.domain.order import FINAL, PATH, Status
from app.domain.push import (
    SERVICES,
    PushAddress,
    Reply,
    Verdict,
    is_served,
    push_address,
    reply,
    to_base64,
)

# A point of the curve, from RFC 8291.
KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
FCM = "https://fcm.googleapis.com/fcm/send/dQw4:APA91b-x_y"

GOOD = [
    FCM,
    "https://fcm.googleapis.com:443/wp/x",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%2bfoo%3d%3d",
    "https://web.push.apple.com/QOx",
]
BAD: list[tuple[Any, Any, Any, str]] = [
    ("http://fcm.googleapis.com/x", KEY, AUTH, "endpoint"),
    ("https://fcm.googleapis.com", KEY, AUTH, "endpoint"),
    ("https://localhost/x", KEY, AUTH, "endpoint"),
    ("https://127.0.0.1/x", KEY, AUTH, "endpoint"),
    ("https://[::1]/x", KEY, AUTH, "endpoint"),
    ("https://169.254.169.254/latest/meta-data", KEY, AUTH, "endpoint"),
    ("https://2130706433/x", KEY, AUTH, "endpoint"),
    ("https://push.example.com/x", KEY, AUTH, "endpoint"),
    ("https://fcm.googleapis.com.evil.example/x", KEY, AUTH, "endpoint"),
    ("https://evil.example/fcm.googleapis.com/", KEY, AUTH, "endpoint"),
    ("https://fcm.googleapis.com@evil.example/x", KEY, AUTH, "endpoint"),
    ("https://evil.example\\@fcm.googleapis.com/x", KEY, AUTH, "endpoint"),
    ("https://evil.example#.push.apple.com/x", KEY, AUTH, "endpoint"),
    ("https://evilpush.apple.com/x", KEY, AUTH, "endpoint"),
    ("https://.push.apple.com/x", KEY, AUTH, "endpoint"),
    ("https://push.apple.com/x", KEY, AUTH, "endpoint"),
    ("https://web..push.apple.com/x", KEY, AUTH, "endpoint"),
    (f"https://{'w' * 64}.push.apple.com/x", KEY, AUTH, "endpoint"),
    ("https://fcm.googleapis.com:8443/x", KEY, AUTH, "endpoint"),
    ("https://FCM.googleapis.com/x", KEY, AUTH, "endpoint"),
    (f"{FCM}\r\nHost: evil.example", KEY, AUTH, "endpoint"),
    (f"{FCM} x", KEY, AUTH, "endpoint"),
    (f"{FCM}\x00", KEY, AUTH, "endpoint"),
    (f"{FCM}é", KEY, AUTH, "endpoint"),
    (f"{FCM}\n", KEY, AUTH, "endpoint"),
    (f"{FCM}#x", KEY, AUTH, "endpoint"),
    (f"{FCM}{'x' * 1_024}", KEY, AUTH, "endpoint"),
    (None, KEY, AUTH, "endpoint"),
    (FCM, None, AUTH, "keys.p256dh"),
    (FCM, KEY[:-1], AUTH, "keys.p256dh"),
    (FCM, KEY[:-4], AUTH, "keys.p256dh"),
    (FCM, "A" + KEY[1:], AUTH, "keys.p256dh"),
    (FCM, KEY[:-1] + "A", AUTH, "keys.p256dh"),
    (FCM, to_base64(bytes([4]) + bytes(64)), AUTH, "keys.p256dh"),
    (FCM, to_base64(bytes([4]) + b"\xff" * 64), AUTH, "keys.p256dh"),
    (FCM, KEY, AUTH[:-2], "keys.auth"),
    (FCM, KEY, AUTH + "AA", "keys.auth"),
    (FCM, KEY, "+" + AUTH[1:], "keys.auth"),
    (FCM, KEY, AUTH + "=" * 3, "keys.auth"),
    (FCM, KEY, 7, "keys.auth"),
]


@pytest.mark.parametrize("endpoint", GOOD)
def test_the_services_of_known_browsers_are_taken(endpoint: str) -> None:
    address = push_address(endpoint, KEY, AUTH + "==")
    assert (address.endpoint, len(address.key), len(address.auth)) == (endpoint, 65, 16)
    assert is_served(address.service, SERVICES)
    assert len(address.name) == 43
    assert endpoint not in repr(address)


@pytest.mark.parametrize(("endpoint", "key", "auth", "field"), BAD)
def test_whatever_else_is_refused_by_name(endpoint: Any, key: Any, auth: Any, field: str) -> None:
    with pytest.raises(OnthewayError) as refused:
        push_address(endpoint, key, auth)
    assert (refused.value.code, refused.value.field) == ("invalid_field", field)


anything = st.none() | st.integers() | st.text() | st.binary().map(to_base64)
hosts = st.sampled_from(["fcm.googleapis.com", "web.push.apple.com", "10.0.0.1", "a@b", "", "x:1"])
endpoints = anything | st.builds(
    "{}{}/{}".format, st.sampled_from(["https://", "//"]), hosts, st.text()
)
keys = anything | st.just(KEY) | st.binary(min_size=65, max_size=65).map(to_base64)


@given(endpoints, keys, anything | st.binary(min_size=16, max_size=16).map(to_base64))
@example(FCM, KEY, AUTH)
def test_no_input_breaks_the_parser(endpoint: Any, key: Any, auth: Any) -> None:
    try:
        address = push_address(endpoint, key, auth)
    except OnthewayError as error:
        assert error.code == "invalid_field"
        assert error.field in {"endpoint", "keys.p256dh", "keys.auth"}
        return
    assert address == PushAddress(endpoint, address.key, address.auth)
    assert endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    assert address.service in {"fcm.googleapis.com", "web.push.apple.com"}
    assert urlsafe_b64encode(address.key).rstrip(b"=").decode() == key.rstrip("=")


AT = 1_795_687_200.0  # Thu, 26 Nov 2026 10:00:00 GMT
REPLIES: list[tuple[int, str | None, Reply]] = [
    (201, None, Reply(Verdict.TAKEN)),
    (200, "5", Reply(Verdict.TAKEN)),
    (404, None, Reply(Verdict.GONE)),
    (410, None, Reply(Verdict.GONE)),
    (429, None, Reply(Verdict.LATER)),
    (429, " 30 ", Reply(Verdict.LATER, 30.0)),
    (503, "Thu, 26 Nov 2026 10:01:30 GMT", Reply(Verdict.LATER, 90.0)),
    (503, "Thu, 26 Nov 2026 09:00:00 GMT", Reply(Verdict.LATER, 0.0)),
    (500, "soon", Reply(Verdict.LATER)),
    (500, "-1", Reply(Verdict.LATER)),
    (500, "²", Reply(Verdict.LATER)),
    (500, "9" * 65, Reply(Verdict.LATER)),
    (307, None, Reply(Verdict.REFUSED)),
    (400, None, Reply(Verdict.REFUSED)),
    (403, None, Reply(Verdict.REFUSED)),
    (413, None, Reply(Verdict.REFUSED)),
]


@pytest.mark.parametrize(("status", "header", "wanted"), REPLIES)
def test_what_an_answer_means(status: int, header: str | None, wanted: Reply) -> None:
    assert reply(status, header, AT) == wanted


@given(st.integers(100, 599), st.none() | st.text(max_size=80))
def test_no_answer_breaks_it(status: int, header: str | None) -> None:
    got = reply(status, header, AT)
    assert got.wait is None or got.wait >= 0.0


def test_who_begins_to_listen_is_not_told_what_he_sees() -> None:
    told = [reached(status) for status in PATH]
    on_the_way, arriving = {Event.ON_THE_WAY}, {Event.ON_THE_WAY, Event.ARRIVING}
    assert told[:-1] == [set(), set(), on_the_way, on_the_way, arriving]
    assert reached(Status.CANCELLED) == set()
    assert {BY_STATUS[status] for status in FINAL} == LAST
    assert set(LASTS) == set(Event)
