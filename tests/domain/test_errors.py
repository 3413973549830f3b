"""Error codes and close codes."""

import pytest

from app.domain.errors import (
    CLOSE_MEANINGS,
    HTTP_STATUS,
    Close,
    OnthewayError,
    not_found,
    unavailable,
)

DRIVER_CODES = [
    "invalid_json",
    "invalid_message",
    "unknown_type",
    "invalid_coordinates",
    "invalid_field",
    "unknown_order",
    "illegal_step",
    "too_many",
    "off_duty",
]
PROMISED_CLOSES = {
    4008: "slow reader",
    1012: "restarting",
    4029: "too many sockets",
    4501: "not authenticated",
    4503: "revoked",
    4504: "expired",
    4512: "replaced",
}
PROMISED_STATUS = {
    "not_authenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "illegal_step": 409,
    "too_large": 413,
    "unsupported_media_type": 415,
    "invalid_field": 422,
    "too_many": 429,
    "unavailable": 503,
}


@pytest.mark.parametrize("code", DRIVER_CODES)
def test_every_code_of_a_reject_exists(code: str) -> None:
    assert OnthewayError(code, "No.").status == HTTP_STATUS[code]


@pytest.mark.parametrize(("code", "status"), PROMISED_STATUS.items())
def test_error_has_its_promised_http_status(code: str, status: int) -> None:
    assert HTTP_STATUS[code] == status


def test_every_http_status_is_an_error() -> None:
    assert all(400 <= status < 600 for status in HTTP_STATUS.values())


def test_error_carries_what_its_receiver_may_read() -> None:
    error = OnthewayError("invalid_field", "Too long.", field="note", retry_after=1.5)
    assert (error.code, error.message, error.field) == ("invalid_field", "Too long.", "note")
    assert error.retry_after == 1.5
    assert str(error) == "Too long."


def test_missing_thing_is_named() -> None:
    error = not_found("order")
    assert (error.status, error.message) == (404, "There is no such order.")


def test_store_that_cannot_keep_anything_says_when_to_come_back() -> None:
    error = unavailable()
    assert (error.status, error.retry_after) == (503, 2)


@pytest.mark.parametrize(("code", "reason"), PROMISED_CLOSES.items())
def test_promised_close_code_has_its_reason(code: int, reason: str) -> None:
    assert CLOSE_MEANINGS[Close(code)].reason == reason


@pytest.mark.parametrize("code", Close)
def test_close_code_is_explained_and_its_range_says_whether_to_reconnect(code: Close) -> None:
    meaning = CLOSE_MEANINGS[code]
    assert meaning.reconnect is (code < 4500)
    assert meaning.sentence.endswith(".")
    # RFC 6455, 5.5.1: the reason shares 125 bytes with the code.
    assert 0 < len(meaning.reason.encode()) <= 123
