"""Passwords and tokens: made, hashed, compared. The only importer of passlib.

A token is random, or derived from the secret key, and only its SHA-256 is stored.
"""

import asyncio
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from passlib.context import CryptContext

from app.domain.errors import OnthewayError

TOKEN_BYTES: Final = 24
MAX_PASSWORD: Final = 1_024
MIN_PASSWORD: Final = 8

# OWASP password storage cheat sheet: argon2id with m = 19 MiB, t = 2, p = 1.
_context: Final = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19_456,
    argon2__time_cost=2,
    argon2__parallelism=1,
)


class Passwords:
    """Hashes in two threads of its own, so that twenty sign-ins at once stall no socket."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="passwords")

    async def hash(self, password: str) -> str:
        """The argon2id hash; raises ``invalid_field`` for a password that is too short or long."""
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise OnthewayError(
                "invalid_field",
                f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.",
                field="password",
            )
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _context.hash, password)

    async def check(self, password: str, known: str | None) -> tuple[bool, str | None]:
        """Whether it fits, and a new hash where the parameters have changed.

        ``known`` None (no such user) takes as long as a wrong password.
        """
        loop = asyncio.get_running_loop()
        if len(password) > MAX_PASSWORD:
            return False, None
        return await loop.run_in_executor(self._pool, _check, password, known)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _check(password: str, known: str | None) -> tuple[bool, str | None]:
    if known is None:
        _context.dummy_verify()
        return False, None
    good, rehashed = _context.verify_and_update(password, known)
    return bool(good), rehashed


def new_token() -> str:
    """A secret of 192 random bits, safe in URLs and subprotocols."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_id(length: int = 10) -> str:
    """A name without look-alikes (no 0 O 1 l I); not a secret."""
    return "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(length))


def token_hash(token: str) -> bytes:
    """SHA-256 of a token: what is stored and looked up."""
    return hashlib.sha256(token.encode()).digest()


def delivery_code(secret_key: bytes, order_id: str) -> str:
    """The four digits that the customer of an order shows its driver: derived, never stored."""
    digest = hmac.digest(secret_key, b"delivery code\0" + order_id.encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10_000:04}"


def link_token(secret_key: bytes, link_id: str, salt: bytes) -> str:
    """The tracking token of a link: HMAC-SHA-256, 24 bytes, base64url (contract section 5)."""
    digest = hmac.digest(secret_key, link_id.encode() + b"\0" + salt, "sha256")
    return urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()
