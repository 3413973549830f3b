"""Pictures are known by their bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.domain.picture import MOST_BYTES, MOST_SIDE, picture
from tests.domain.pictures import jpeg, png, webp

WEBP = (b"VP8 ", b"VP8L", b"VP8X")
starts = st.sampled_from([png(), jpeg(), *map(webp, WEBP), b"", b"\xff\xd8\xff", b"RIFF1234WEBP"])


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(png(), "image/png"), (jpeg(), "image/jpeg"), *((webp(form), "image/webp") for form in WEBP)],
)
def test_pictures_are_what_their_bytes_say(body: bytes, media_type: str) -> None:
    made = picture(body)
    assert (made.media_type, made.body) == (media_type, body)
    assert made == picture(bytes(body))
    assert made.digest != picture(body + b"\0").digest


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + bytes(40),
        png()[:20],
        jpeg()[:24],
        b"\xff\xd8\xff\xd9" + bytes(40),
        webp(b"VP8X")[:22],
        b"RIFF\0\0\0\0WEBPALPH" + bytes(40),
        png(MOST_SIDE + 1, 1),
        png(1, 70_000),
        png(0, 8),
        jpeg(8, MOST_SIDE + 1),
        webp(b"VP8L", MOST_SIDE + 1, 8),
        webp(b"VP8X", 8, 65_000),
        png() + bytes(MOST_BYTES),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused(body: bytes) -> None:
    with pytest.raises(OnthewayError) as refusal:
        picture(body)
    assert (refusal.value.code, refusal.value.field) == ("invalid_field", "logo")


@pytest.mark.parametrize("make", [png, jpeg, lambda *size: webp(b"VP8 ", *size)])
def test_the_largest_is_taken(make: object) -> None:
    assert callable(make)
    assert picture(make(MOST_SIDE, 1)).body


@given(starts, st.binary(max_size=64), st.integers(0, 40))
def test_broken_bytes_are_refused_and_nothing_else_happens(
    start: bytes, rest: bytes, kept: int
) -> None:
    try:
        made = picture(start[:kept] + rest)
    except OnthewayError as error:
        assert error.field == "logo"
    else:
        assert made.kind in {"png", "jpeg", "webp"}
