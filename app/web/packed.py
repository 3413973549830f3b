"""Bodies that a phone compressed: unpacked up to a bound, whatever they pretend to be. Pure."""

import zlib
from typing import Final

from app.protocol.apps.message import NotKnown

WINDOWS: Final = {
    b"gzip": zlib.MAX_WBITS | 16,
    b"x-gzip": zlib.MAX_WBITS | 16,
    b"deflate": zlib.MAX_WBITS,
}


class TooLarge(Exception):
    """Unpacked it is over the limit."""


def unpack(body: bytes, encoding: bytes, most: int) -> bytes:
    """The body as it was before ``encoding``, at most ``most`` bytes (0: any length).

    Raises `NotKnown` for what is not encoded so, and `TooLarge`.
    """
    name = encoding.strip().lower()
    if name in {b"", b"identity"}:
        return body
    window = WINDOWS.get(name)
    if window is None:
        raise NotKnown
    try:
        unpacker = zlib.decompressobj(window)
        found = unpacker.decompress(body, most + 1 if most else 0)
    except zlib.error:
        raise NotKnown from None
    if most and len(found) > most:
        raise TooLarge
    if not unpacker.eof:
        raise NotKnown
    return found
