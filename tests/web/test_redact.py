"""Whatever form a secret has in a log line, it is not in what is written."""

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from app import logs
from app.web.redact import HIDDEN, redact

SECRET: Final = "pLx4-Zk_90aQwErTyUiOpAsDfGhJkLz1"
LINES: Final = (
    f'127.0.0.1:5000 - "WebSocket /ws/driver?token={SECRET}" [accepted]',
    f'"WebSocket /ws/driver?epoch=1&token={SECRET}&seq=4" 403',
    f"GET /ws/client/{SECRET} HTTP/1.1",
    f"GET /ws/client/{SECRET}?epoch=e HTTP/1.1",
    f"https://track.example.com/track/{SECRET}",
    f"/track/{SECRET}?lang=de",
    f"/ingest/{SECRET}?lat=1&lon=2",
    f"https://track.example.com/drive#{SECRET}",
    f"/_nicegui_ws/socket.io/?client_id={SECRET}&EIO=4",
    f"Authorization: Bearer {SECRET}",
    f"authorization: bearer   {SECRET}",
    f"(b'authorization', b'Bearer {SECRET}')",
    f"Cookie: a=b; ontheway_session={SECRET}; c=d",
    f"Cookie: __Host-ontheway_session={SECRET}",
    f'Cookie: ontheway_session="{SECRET}"',
    f"Sec-WebSocket-Protocol: ontheway, {SECRET}",
    f"Sec-WebSocket-Protocol: {SECRET}",
    f"(b'sec-websocket-protocol', b'ontheway, {SECRET}')",
    f'{{"type": "auth", "token": "{SECRET}"}}',
    json.dumps(f'{{"type":"auth","token":"{SECRET}"}}'),
    json.dumps(json.dumps({"token": SECRET})),
    f'{{"trackingToken": "{SECRET}", "trackingUrl": "https://x/track/{SECRET}"}}',
    f"{{'token': '{SECRET}'}}",
    f"Handshake(name='A1', token='{SECRET}', staff=None)",
    f"username=admin&password={SECRET}&next=/",
    f"ONTHEWAY_DRIVER_TOKEN={SECRET}",
    f"ONTHEWAY_SECRET_KEY={SECRET}",
    f"api_key={SECRET} apikey: {SECRET}",
    f"?next=%2Ftrack%2F{SECRET}",
    f"?next=%2Fws%2Fdriver%3Ftoken%3D{SECRET}%26seq%3D1",
    f"?next={quote(f'/drive#{SECRET}', safe='')}",
    quote(json.dumps({"token": SECRET}), safe=""),
    f"first token={SECRET} then /track/{SECRET}, last Bearer {SECRET}",
)


@pytest.mark.parametrize("line", LINES)
def test_no_form_of_a_secret_is_left(line: str) -> None:
    hidden = redact(line)
    assert SECRET not in hidden
    assert SECRET[8:] not in hidden, "not even a part"
    assert HIDDEN in hidden


def test_what_is_around_a_secret_is_kept() -> None:
    line = f'10.0.0.7 "GET /ws/driver?token={SECRET}&seq=3" 403'
    assert redact(line) == f'10.0.0.7 "GET /ws/driver?token={HIDDEN}&seq=3" 403'
    assert redact("order A1 was assigned to Ana, 3 tokens left") == (
        "order A1 was assigned to Ana, 3 tokens left"
    )


@pytest.mark.parametrize("line", LINES)
def test_redacting_twice_is_redacting_once(line: str) -> None:
    assert redact(redact(line)) == redact(line)


@given(before=st.text(), after=st.text(), template=st.sampled_from(LINES[:12]))
def test_no_surroundings_bring_a_secret_back(before: str, after: str, template: str) -> None:
    assert SECRET not in redact(f"{before} {template} {after}")


def test_long_text_is_redacted_in_time() -> None:
    line = "token" * 40_000 + "%2f" * 40_000 + '\\"' * 40_000 + f"token={SECRET}"
    assert SECRET not in redact(line)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The program's logging, into a text."""
    root, text = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setattr("sys.stderr", text)
    logs.configure()
    yield text
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def test_log_hides_secrets_in_events_fields_exceptions_and_library_lines(
    written: io.StringIO,
) -> None:
    log = structlog.get_logger("test")
    log.info(
        f"GET /track/{SECRET}", path=f"/ws/client/{SECRET}", headers=[("a", f"Bearer {SECRET}")]
    )
    log.info("nested", scope={"query": f"token={SECRET}".encode()})
    try:
        raise ValueError(f"bad frame: token={SECRET}")
    except ValueError:
        log.exception("it broke")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    logging.getLogger("uvicorn.error").warning('"WebSocket /ws/driver?token=%s" 403', SECRET)
    assert SECRET not in written.getvalue()
    assert written.getvalue().count(HIDDEN) >= 6


def test_one_event_is_one_line_whatever_it_holds(written: io.StringIO) -> None:
    nasty = "a\r\nlevel='error' event='fake'\x1b[31m\u2028b"
    structlog.get_logger("test").warning("refused", agent=nasty, path=nasty)
    logging.getLogger("uvicorn.error").warning("path %s", nasty)
    lines = written.getvalue().splitlines()
    assert len(lines) == 2
    assert "\x1b" not in written.getvalue()


def test_flood_of_one_line_is_counted_and_others_still_come(written: io.StringIO) -> None:
    log = structlog.get_logger("test")
    for number in range(5_000):
        log.warning("refused", number=number)
    log.warning("another")
    lines = written.getvalue().splitlines()
    assert len(lines) == logs.MOST_IN_SPAN + 1
    assert "another" in lines[-1]


def test_after_a_flood_the_next_line_says_how_many_are_missing() -> None:
    now = [0.0]
    calm = logs.Calm(lambda: now[0])
    for _ in range(logs.MOST_IN_SPAN + 7):
        with contextlib.suppress(structlog.DropEvent):
            calm(None, "warning", {"event": "refused"})
    now[0] = logs.SPAN_SECONDS
    assert calm(None, "warning", {"event": "refused"}) == {"event": "refused", "left_out_before": 7}
    assert calm(None, "warning", {"event": "refused"}) == {"event": "refused"}


def test_faults_that_strangers_cause_in_libraries_are_one_short_line(written: io.StringIO) -> None:
    log = logging.getLogger("engineio.server")
    try:
        int("9" * 5_000)
    except ValueError:
        log.exception("Unknown receive error")
    (line,) = written.getvalue().splitlines()
    assert "Traceback" not in line
    assert "Unknown receive error" in line
    assert "ValueError" in line
