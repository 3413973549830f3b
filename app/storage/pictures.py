"""Pictures from phones, made anew: what they are is decided by their bytes, and nothing but the
pixels is kept.

Whatever else was in the file (places, names, thumbnails, programs behind the end) is gone. Slow
(a tenth of a second and more): to be called in a thread, and imported there.
"""

from io import BytesIO
from typing import IO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from app.domain.errors import OnthewayError
from app.domain.proof import Proof

MOST_SIDE: Final = 1_600
MOST_PIXELS: Final = 8_000_000
"""Of a picture that is unfolded whole, at four bytes a pixel, and copied where it is transparent:
90 MB, and 160 MB for WebP."""
MOST_JPEG_PIXELS: Final = 50_000_000
"""A JPEG that is not progressive is unfolded at a fraction of its size: 40 MB at most."""
QUALITY: Final = 80
FORMATS: Final = {
    Proof.PHOTO: ("JPEG", "PNG", "WEBP"),
    Proof.SIGNATURE: ("PNG",),
}
WORDS: Final = {
    Proof.PHOTO: "A photo must be a JPEG, PNG or WebP file.",
    Proof.SIGNATURE: "A signature must be a PNG file.",
}

# Our own bound comes first, and is an answer where Pillow's is a warning.
Image.MAX_IMAGE_PIXELS = None


def remade(kind: Proof, file: IO[bytes]) -> tuple[bytes, str, str]:
    """The picture as it is kept, its media type and the ending of its file's name.

    Raises ``invalid_field`` file for what is none, or too large to unfold.
    """
    try:
        with Image.open(file, formats=FORMATS[kind]) as opened:
            _check_size(opened)
            _unfold_less(opened)
            opened.thumbnail((MOST_SIDE, MOST_SIDE), reducing_gap=None)
            ImageOps.exif_transpose(opened, in_place=True)
            plain = _on_white(opened)
    except UnidentifiedImageError:
        raise _wrong(WORDS[kind]) from None
    except OnthewayError:
        raise
    except Exception:  # each decoder has ways of its own to stumble over broken bytes
        raise _wrong("The picture is not whole.") from None
    out = BytesIO()
    if kind is Proof.SIGNATURE:
        plain.convert("L").save(out, "PNG", optimize=True)
        return out.getvalue(), "image/png", "png"
    plain.save(out, "JPEG", quality=QUALITY, progressive=True)
    return out.getvalue(), "image/jpeg", "jpg"


def _check_size(opened: Image.Image) -> None:
    # Phones put a second, small picture behind a JPEG: Pillow has another name for it then.
    whole = opened.format not in {"JPEG", "MPO"} or bool(opened.info.get("progressive"))
    most = MOST_PIXELS if whole else MOST_JPEG_PIXELS
    if opened.width * opened.height > most:
        raise _wrong(f"A picture may have at most {most // 1_000_000} megapixels.")


def _unfold_less(opened: Image.Image) -> None:
    """A JPEG is read at the smallest fraction of its size that is not too small."""
    longest = max(opened.size)
    width, height = (max(1, side * MOST_SIDE // longest) for side in opened.size)
    opened.draft(None, (width, height))


def _on_white(picture: Image.Image) -> Image.Image:
    """The pixels alone, in a picture of our own."""
    plain = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        plain.paste(picture, mask=picture.getchannel("A"))
    else:
        plain.paste(picture.convert("RGB"))
    return plain


def _wrong(sentence: str) -> OnthewayError:
    return OnthewayError("invalid_field", sentence, field="file")
