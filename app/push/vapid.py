"""Who sends: push services take messages for a browser from the server it was given to (RFC 8292).

The key of this server follows from its secret key, as tracking links do: made once, the same on
all processes, and another one when those links end too.
"""

import json
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.push import to_base64
from app.domain.times import HOUR, SECOND
from app.push.sealing import point_of
from app.tracking.monitor import Now

VALID_FOR: Final = 12 * HOUR
"""Services refuse more than 24 hours."""

_CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points the curve has."""
_HEADER: Final = to_base64(b'{"typ":"JWT","alg":"ES256"}')


class Vapid:
    """The sender's key, and what he signs with it.

    ``contact`` is where the owner of a service finds him: an https address, None for nowhere.
    """

    def __init__(self, secret: bytes, contact: str | None, now: Now) -> None:
        self._key = ec.derive_private_key(_number(secret), _CURVE)
        self._contact = contact
        self._now = now
        self._public = to_base64(point_of(self._key.public_key()))

    @property
    def public(self) -> str:
        """What browsers are given."""
        return self._public

    def authorization(self, endpoint: str) -> str:
        """The header `Authorization` for a message to this address."""
        parts = urlsplit(endpoint)
        claims: dict[str, object] = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": (self._now() + VALID_FOR) // SECOND,
        }
        if self._contact is not None:
            claims["sub"] = self._contact
        signed = f"{_HEADER}.{to_base64(json.dumps(claims).encode())}"
        return f"vapid t={signed}.{self._signature(signed.encode())}, k={self._public}"

    def _signature(self, text: bytes) -> str:
        """As JSON Web Tokens have it: two numbers of 32 bytes (RFC 7518, 3.4)."""
        numbers = decode_dss_signature(self._key.sign(text, ec.ECDSA(hashes.SHA256())))
        return to_base64(b"".join(number.to_bytes(32) for number in numbers))


def _number(secret: bytes) -> int:
    """A private key (FIPS 186-5, A.2.1: enough more bits than the order has)."""
    bits = HKDF(hashes.SHA256(), 48, None, b"ontheway web push").derive(secret)
    return int.from_bytes(bits) % (_ORDER - 1) + 1
