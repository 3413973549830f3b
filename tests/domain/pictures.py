"""The smallest pictures of each kind, with any size in pixels."""

import struct
import zlib


def png(width: int = 8, height: int = 8) -> bytes:
    """A whole PNG, in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    row = b"\0" + b"\xe1\x1d\x48" * width
    body = zlib.compress(row * height) if width * height < 10**6 else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width: int = 8, height: int = 8) -> bytes:
    """The beginning of a JPEG, up to its size."""
    app0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    size = struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + app0 + b"\xff\xff\xc2" + size


def webp(form: bytes, width: int = 8, height: int = 8) -> bytes:
    """The beginning of a WebP in one of its three forms."""
    wide, high = width - 1, height - 1
    bodies = {
        b"VP8 ": b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height),
        b"VP8L": b"\x2f" + struct.pack("<I", wide | high << 14),
        b"VP8X": bytes(4) + wide.to_bytes(3, "little") + high.to_bytes(3, "little"),
    }
    body = bodies[form]
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBP" + form + bytes(4) + body
