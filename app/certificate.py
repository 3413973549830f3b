"""A certificate that this server makes for itself, for trying with a phone in one's own network.

Browsers give positions and cameras to pages over https only. Nobody vouches for such a
certificate, so they warn; who serves the world gets one from an authority.
"""

import os
from collections.abc import Collection
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER: Final = "tls"
CERT: Final = "cert.pem"
KEY: Final = "key.pem"
VALID_FOR: Final = timedelta(days=397)
"""The longest that browsers take (CA/Browser Forum: 398 days)."""
RENEWED_BEFORE: Final = timedelta(days=30)
CLOCKS_DIFFER: Final = timedelta(hours=24)


def self_signed(data_dir: Path, names: Collection[str], now: datetime) -> tuple[Path, Path]:
    """The files of a certificate for ``names`` (hosts and addresses), and of its key, in the data
    folder.

    One that is there is kept while it names them all and is valid for another month, so that a
    phone which was told to trust it need not be told again. The key has mode 0600.
    """
    folder = data_dir / FOLDER
    cert, key = folder / CERT, folder / KEY
    if not (key.exists() and _serves(cert, names, now)):
        folder.mkdir(mode=0o700, exist_ok=True)
        made, private = _make(names, now)
        _write(key, private)
        _write(cert, made)
    return cert, key


def _serves(path: Path, names: Collection[str], now: datetime) -> bool:
    try:
        cert = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    if cert.not_valid_after_utc - RENEWED_BEFORE < now:
        return False
    own = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(map(_general, names)) <= set(own)


def _make(names: Collection[str], now: datetime) -> tuple[bytes, bytes]:
    """Certificate and key, both PEM."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ontheway, self-signed")])
    own = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now - CLOCKS_DIFFER + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(map(_general, sorted(names))), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=False)
        .add_extension(own, critical=False)
        .sign(private, hashes.SHA256())
    )
    key = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return cert.public_bytes(serialization.Encoding.PEM), key


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _write(path: Path, text: bytes) -> None:
    """As a whole or not at all, readable by the owner alone."""
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    new.replace(path)
