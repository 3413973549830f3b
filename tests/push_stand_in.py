"""A small real push service, and a browser's side of the secrets: what is sent can be read here."""

import json
import ssl
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.certificate import self_signed
from app.domain.push import PushAddress, to_base64
from tests.http_stand_in import HOST, HttpStandIn

Answer = tuple[int, dict[str, str]]


class Delivered(NamedTuple):
    """One message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushStandIn(HttpStandIn):
    """Answers with ``answers`` in their order, then 201.

    ``hold`` is waited for before each answer. ``service`` is its host and port, ``cert`` what to
    trust, ``tls`` a client's context that does.
    """

    method = "POST"
    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path) -> None:
        self.got: list[Delivered] = []
        self.answers: list[Answer] = []
        self._came = threading.Condition()
        self.cert, key = self_signed(folder, [HOST], datetime.now(UTC))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, key)
        super().__init__(context)
        self.tls = ssl.create_default_context(cafile=self.cert)

    def endpoint(self, name: str) -> str:
        """The address of a browser here."""
        return f"https://{self.service}/push/{name}"

    def wait(self, count: int, within: float = 10.0) -> list[Delivered]:
        """What came, once that are ``count``."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.got) >= count, within), self.got
            return list(self.got)

    def answer_to(self, request: BaseHTTPRequestHandler) -> None:
        """The next answer, and what came is kept."""
        body = request.rfile.read(int(request.headers["Content-Length"]))
        with self._came:
            self.got.append(Delivered(request.path, dict(request.headers), body))
            status, headers = self.answers.pop(0) if self.answers else (201, {})
            self._came.notify_all()
        self.hold.wait(10)
        try:
            request.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                request.send_header(name, value)
            request.end_headers()
        except OSError:
            return  # the other side had enough


class BrowserKeys:
    """The secrets of one browser."""

    def __init__(self, private: int | None = None, auth: bytes = b"sixteen bytes ok") -> None:
        curve = ec.SECP256R1()
        make = ec.generate_private_key(curve)
        self._private = make if private is None else ec.derive_private_key(private, curve)
        self.auth = auth
        self.public = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )

    def address(self, endpoint: str) -> PushAddress:
        """Its address at a service."""
        return PushAddress(endpoint, self.public, self.auth)

    def wish(self, endpoint: str, locale: str = "en-GB") -> dict[str, Any]:
        """What its page sends to the server."""
        keys = {"p256dh": to_base64(self.public), "auth": to_base64(self.auth)}
        return {"endpoint": endpoint, "keys": keys, "locale": locale}

    def read(self, body: bytes) -> bytes:
        """What was sent to it; raises where it is not meant for it."""
        salt, record, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert len(body) <= record == 4096
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self._private.exchange(ec.ECDH(), theirs)
        info = b"WebPush: info\x00" + self.public + sender
        material = _expand(shared, self.auth, info, 32)
        key = _expand(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _expand(material, salt, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert padded.endswith(b"\x02")
        return padded[:-1]

    def message(self, delivered: Delivered) -> dict[str, Any]:
        """What its worker is to show."""
        message: dict[str, Any] = json.loads(self.read(delivered.body))
        return message


def _expand(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)
