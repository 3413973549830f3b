"""Pictures from phones: what they are, their bytes decide, and nothing but pixels is kept."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import Base
from PIL.JpegImagePlugin import JpegImageFile

from app.domain.errors import OnthewayError
from app.domain.proof import Proof
from app.storage import pictures
from app.storage.pictures import MOST_SIDE

PLACE = b"48.13715,11.57549"


def photo(form: str = "JPEG", size: tuple[int, int] = (64, 32), **more: object) -> bytes:
    """A photo, red on the left and blue on the right."""
    made = Image.new("RGB", size, "red")
    made.paste("blue", (size[0] // 2, 0, *size))
    out = BytesIO()
    made.save(out, form, **more)
    return out.getvalue()


def signature() -> bytes:
    """A black line on nothing."""
    made = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    made.paste("black", (10, 50, 290, 54))
    out = BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says that it is so large, of few bytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 65_536)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def blank(size: tuple[int, int], **more: object) -> bytes:
    """A grey JPEG of any size, of few bytes."""
    out = BytesIO()
    Image.new("L", size, 128).save(out, "JPEG", quality=1, **more)
    return out.getvalue()


def in_scans(width: int, height: int) -> bytes:
    """A JPEG that is not progressive, but has its three colours one after the other."""

    def part(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    colours = b"".join(bytes([colour, 0x11, 0]) for colour in (1, 2, 3))
    codes = bytes([1, *bytes(15), 0])  # one code, of one bit, for nothing
    blocks = -(-width // 8) * -(-height // 8)
    scans = b"".join(
        part(0xDA, bytes([1, colour, 0, 0, 63, 0])) + bytes(-(-blocks * 2 // 8))
        for colour in (1, 2, 3)
    )
    head = part(0xDB, b"\0" + b"\1" * 64) + part(
        0xC0, struct.pack(">BHHB", 8, height, width, 3) + colours
    )
    return (
        b"\xff\xd8" + head + part(0xC4, b"\0" + codes) + part(0xC4, b"\x10" + codes) + scans
    ) + b"\xff\xd9"


def remade(kind: Proof, body: bytes) -> tuple[bytes, str, str]:
    """A picture made anew."""
    return pictures.remade(kind, BytesIO(body))


def opened(body: bytes) -> Image.Image:
    """The picture of these bytes, whole."""
    made = Image.open(BytesIO(body))
    made.load()
    return made


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_made_anew_as_jpeg(form: str) -> None:
    body, media_type, ending = remade(Proof.PHOTO, photo(form))
    made = opened(body)
    assert (made.format, made.size, media_type, ending) == ("JPEG", (64, 32), "image/jpeg", "jpg")


def test_a_large_photo_is_made_smaller() -> None:
    made = opened(remade(Proof.PHOTO, photo(size=(4_000, 3_000)))[0])
    assert made.size == (MOST_SIDE, MOST_SIDE * 3 // 4)


def test_a_photo_stands_upright_and_tells_no_place() -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6  # turned a quarter: its left is above
    exif[Base.ImageDescription] = PLACE.decode()
    exif[Base.Make] = "Phone"
    sent = photo(exif=exif, comment=PLACE, icc_profile=PLACE)
    assert PLACE in sent
    body = remade(Proof.PHOTO, sent)[0]
    made = opened(body)
    assert made.size == (32, 64)
    red, _, blue = made.getpixel((16, 4))  # type: ignore[misc]
    assert red > 200 > 50 > blue
    assert PLACE not in body
    assert b"Phone" not in body
    assert dict(made.getexif()) == {}
    assert "comment" not in made.info and "icc_profile" not in made.info


def test_a_signature_is_a_png_in_grey_on_white() -> None:
    body, media_type, ending = remade(Proof.SIGNATURE, signature())
    made = opened(body)
    assert (made.format, made.mode, media_type, ending) == ("PNG", "L", "image/png", "png")
    assert (made.getpixel((5, 5)), made.getpixel((100, 52))) == (255, 0)


def test_what_hangs_behind_a_picture_is_gone() -> None:
    page = b"<script>alert(1)</script>PK\x03\x04"
    for kind, sent in ((Proof.PHOTO, photo("PNG")), (Proof.SIGNATURE, signature())):
        assert b"script" not in remade(kind, sent + page)[0]


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"a photo, really",
    "html": lambda: b"<!doctype html><script>alert(1)</script>",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "gif": lambda: photo("GIF"),
    "tiff": lambda: photo("TIFF"),
    "bmp": lambda: photo("BMP"),
    "pdf": lambda: b"%PDF-1.7\n",
    "postscript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "half": lambda: photo()[:300],
    "half a png": lambda: photo("PNG")[:-40],
    "a head alone": lambda: b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "bomb": lambda: png_of(30_000, 30_000),
    "more than there is": lambda: png_of(2_000, 2_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_whole_picture_is_refused(name: str) -> None:
    body = HOSTILE[name]()
    for kind in (Proof.PHOTO, Proof.SIGNATURE):
        with pytest.raises(OnthewayError) as refused:
            remade(kind, body)
        assert (refused.value.code, refused.value.field) == ("invalid_field", "file"), name


def test_a_bomb_is_refused_by_its_size() -> None:
    with pytest.raises(OnthewayError, match="8 megapixels"):
        remade(Proof.PHOTO, png_of(30_000, 30_000))
    with pytest.raises(OnthewayError, match="50 megapixels"):
        remade(Proof.PHOTO, blank((8_000, 6_400)))
    with pytest.raises(OnthewayError, match="8 megapixels"):
        remade(Proof.PHOTO, blank((3_000, 2_700), progressive=True))


@pytest.mark.parametrize("size", [(6_000, 4_000), (20_000, 2_000), (3_264, 2_448), (1_700, 90)])
def test_a_jpeg_is_unfolded_at_a_fraction_of_its_size(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    unfolded = []
    load = JpegImageFile.load

    def watched(picture: JpegImageFile) -> object:
        loaded = load(picture)
        unfolded.append(picture.size)
        return loaded

    monkeypatch.setattr(JpegImageFile, "load", watched)
    body = remade(Proof.PHOTO, blank(size))[0]
    assert max(width * height for width, height in unfolded) < 4 * MOST_SIDE * MOST_SIDE
    made = opened(body)
    assert max(made.size) == min(MOST_SIDE, max(size))
    assert made.width / made.height == pytest.approx(size[0] / size[1], rel=0.01)


def test_a_photo_with_a_second_picture_inside_is_as_any_other() -> None:
    out = BytesIO()
    second = Image.new("L", (400, 300), 128)
    Image.new("RGB", (4_000, 3_000), "red").save(out, "MPO", save_all=True, append_images=[second])
    assert Image.open(out).format == "MPO"
    made = opened(remade(Proof.PHOTO, out.getvalue())[0])
    assert (made.format, made.size) == ("JPEG", (MOST_SIDE, MOST_SIDE * 3 // 4))


def test_a_signature_is_no_photo() -> None:
    with pytest.raises(OnthewayError, match="must be a PNG"):
        remade(Proof.SIGNATURE, photo())


SEEDS = [photo(), photo("PNG"), photo("WEBP"), signature()]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), max_size=8),
    st.integers(0, 4_000),
)
def test_broken_bytes_are_a_picture_or_refused(
    seed: bytes, changes: list[tuple[int, int]], end: int
) -> None:
    body = bytearray(seed)
    for place, value in changes:
        body[place % len(body)] = value
    for kind in Proof.PHOTO, Proof.SIGNATURE:
        try:
            made = remade(kind, bytes(body[: len(body) - end % len(body)]))
        except OnthewayError as error:
            assert error.field == "file"
        else:
            assert max(opened(made[0]).size) <= MOST_SIDE
