"""What a browser alone can read: RFC 8291, which is `aes128gcm` of RFC 8188 in one record."""

import os
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.push import PushAddress

RECORD: Final = 4_096
"""Bytes; services need not take more (RFC 8291, 4)."""
SALT_BYTES: Final = 16
MOST: Final = 3_993
"""Bytes that fit into one message, beside the header, the delimiter and the tag."""

_CURVE: Final = ec.SECP256R1()
_END: Final = b"\x02"
"""The delimiter of the last record."""


def seal(
    text: bytes,
    to: PushAddress,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """``text`` for one browser; ``own`` key and ``salt`` are made anew for each message.

    Raises `ValueError` for more than `MOST` bytes.
    """
    if len(text) > MOST:
        raise ValueError("too long for one message")
    own = ec.generate_private_key(_CURVE) if own is None else own
    salt = os.urandom(SALT_BYTES) if salt is None else salt
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, to.key))
    public = point_of(own.public_key())
    material = _derive(shared, to.auth, b"WebPush: info\0" + to.key + public, 32)
    key = _derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4) + len(public).to_bytes(1) + public
    return header + AESGCM(key).encrypt(nonce, text + _END, None)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as it travels: 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)
