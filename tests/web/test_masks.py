"""What staff see of a raw message holds no secret, whatever a phone makes of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tracking.credentials import new_token
from app.web.masks import LONGEST, shown
from app.web.redact import HIDDEN

TOKEN = "aB3-_" + "xY9k" * 6 + "zQ1"


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"location_update","id":"p-17", "lat": 48.10000,"lng":11.5 }',
        '{"lat": 1e400}',
        "not json at all \N{SNOWMAN}",
        '{"id":"550e8400-e29b-41d4-a716-446655440000","sha":"' + "0a" * 32 + '"}',
        '{"type":"ack","ids":["p-1"],"count":1}',
        "[]",
        "",
    ],
)
def test_what_holds_no_secret_is_shown_as_it_came(text: str) -> None:
    assert shown(text.encode()) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"auth","token":"%s"}',
        '{"type":"auth","t\\u006fken":"%s"}',
        '{"type":"auth","token":["%s"]}',
        '{"a":[{"API_Key": {"x": "%s"}}]}',
        '{"driverUrl":"https://track.example.com/drive#%s"}',
        '{"text":"/track/%s"}',
        '{"anything":"%s"}',
        "token=%s",
        '{"type":"auth","token":"%s',
        "%s",
        "Bearer %s",
    ],
)
def test_a_token_is_masked_wherever_it_stands(text: str) -> None:
    masked = shown((text % TOKEN).encode())
    assert TOKEN not in masked
    assert HIDDEN in masked


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(json_values, st.sampled_from(["token", "authToken", "PASSWORD", "secret", "api_key"]))
def test_what_is_named_a_secret_is_never_shown(value: Any, name: str) -> None:
    secret = new_token()
    message = {"more": value, "deep": [{name: {"held": secret + "!"}}]}
    masked = shown(json.dumps(message).encode())
    assert secret not in masked
    if len(masked) < LONGEST:
        assert json.loads(masked)["deep"] == [{name: HIDDEN}]


@given(st.binary(max_size=200))
def test_any_bytes_are_shown_as_text(data: bytes) -> None:
    assert isinstance(shown(data), str)


def test_a_long_message_is_cut_and_says_so() -> None:
    masked = shown(b"a" * (LONGEST + 1_500))
    assert masked == "a" * LONGEST + " … 1,500 more characters"
