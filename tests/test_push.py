"""Web Push against the examples of its standards, and against a real service, good and bad."""

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from app.domain.push import PushAddress, Reply, Verdict
from app.domain.times import HOUR, SECOND
from app.push.sealing import MOST, seal
from app.push.sender import WebPush
from app.push.vapid import Vapid
from tests.push_stand_in import BrowserKeys, PushStandIn

NOW = 1_795_687_200 * SECOND
SECRET = b"a secret key of this server, for tests"
SHOP = "https://track.example.com"


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
RECEIVER = BrowserKeys(
    int.from_bytes(raw("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")),
    raw("BTBZMqHH6r4Tts7J_aSIgg"),
)
SENDER = int.from_bytes(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
SALT = raw("DGv6ra1nlYgDCS1FRnbzlw")
SEALED = raw(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Q"
    "ulcy4a-fN"
)


def test_sealing_does_what_the_standard_shows() -> None:
    to = RECEIVER.address("https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV")
    own = ec.derive_private_key(SENDER, ec.SECP256R1())
    assert seal(PLAIN, to, own, SALT) == SEALED
    assert RECEIVER.read(SEALED) == PLAIN


def test_each_message_is_sealed_anew_and_only_its_browser_reads_it() -> None:
    ana, ben = BrowserKeys(), BrowserKeys()
    to = ana.address("https://push.example.net/x")
    first, second = seal(PLAIN, to), seal(PLAIN, to)
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]
    assert ana.read(first) == ana.read(second) == PLAIN
    with pytest.raises(InvalidTag):
        ben.read(first)
    assert len(ana.read(seal(b"x" * MOST, to))) == MOST
    with pytest.raises(ValueError, match="too long"):
        seal(b"x" * (MOST + 1), to)


def test_who_sends_is_signed_for_one_service_and_for_half_a_day() -> None:
    vapid = Vapid(SECRET, SHOP, lambda: NOW)
    header = vapid.authorization("https://fcm.googleapis.com/fcm/send/secret")
    scheme, _, rest = header.partition(" ")
    fields = dict(part.split("=", 1) for part in rest.split(", "))
    assert (scheme, fields["k"]) == ("vapid", vapid.public)
    head, claims, signature = fields["t"].split(".")
    assert json.loads(raw(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(raw(claims)) == {
        "aud": "https://fcm.googleapis.com",
        "exp": (NOW + 12 * HOUR) // SECOND,
        "sub": SHOP,
    }
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(vapid.public))
    numbers = raw(signature)
    assert len(numbers) == 64
    der = encode_dss_signature(int.from_bytes(numbers[:32]), int.from_bytes(numbers[32:]))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert "sub" not in json.loads(
        raw(Vapid(SECRET, None, lambda: NOW).authorization(SHOP).split(".")[1])
    )


def test_the_key_follows_from_the_secret_key_for_ever() -> None:
    # Another version that made another key would silence every browser that asked for news.
    assert Vapid(SECRET, None, lambda: NOW).public == (
        "BA1BF1w8hPMguTeoCNVYCrRf61Tccx9JHz0Sw8glWch6MVNRCc5l2CZ_kPLyjpq-DzRVg2S6WtMaPtVR6KfejHk"
    )
    assert Vapid(SECRET + b"!", None, lambda: NOW).public != Vapid(SECRET, None, lambda: NOW).public


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushStandIn]:
    """A push service."""
    with PushStandIn(tmp_path_factory.mktemp("push")) as running:
        yield running


@pytest.fixture
async def sender(service: PushStandIn) -> AsyncIterator[WebPush]:
    """A server that knows it."""
    service.got.clear()
    vapid = Vapid(SECRET, SHOP, lambda: NOW)
    made = WebPush(vapid, lambda: NOW, {service.service}, tls=service.tls, within=5.0)
    yield made
    await made.close()


async def push(sender: WebPush, to: PushAddress) -> Reply:
    return await sender.push(to, b"hello", seconds=600, urgent=True, topic="t" * 32)


async def test_a_message_comes_sealed_with_what_a_service_needs_to_know(
    service: PushStandIn, sender: WebPush
) -> None:
    ana = BrowserKeys()
    to = ana.address(f"{service.endpoint('ana')}?token=a%2bb%3d")
    assert await push(sender, to) == Reply(Verdict.TAKEN)
    (got,) = service.got
    assert got.path == "/push/ana?token=a%2bb%3d", "as the browser wrote it"
    assert ana.read(got.body) == b"hello"
    assert b"hello" not in got.body
    wanted = {
        "TTL": "600",
        "Urgency": "high",
        "Topic": "t" * 32,
        "Content-Encoding": "aes128gcm",
        "Content-Length": str(len(got.body)),
    }
    assert wanted.items() <= got.headers.items()
    assert got.headers["Authorization"].startswith("vapid t=")
    assert "Cookie" not in got.headers


@pytest.mark.parametrize(
    ("status", "headers", "wanted"),
    [
        (410, {}, Reply(Verdict.GONE)),
        (404, {}, Reply(Verdict.GONE)),
        (429, {"Retry-After": "7"}, Reply(Verdict.LATER, 7.0)),
        (503, {}, Reply(Verdict.LATER)),
        (403, {}, Reply(Verdict.REFUSED)),
        (307, {"Location": "https://127.0.0.1/inside"}, Reply(Verdict.REFUSED)),
    ],
)
async def test_its_answers_are_understood_and_redirects_not_followed(
    service: PushStandIn, sender: WebPush, status: int, headers: dict[str, str], wanted: Reply
) -> None:
    service.answers.append((status, headers))
    assert await push(sender, BrowserKeys().address(service.endpoint("ana"))) == wanted
    assert len(service.got) == 1


async def test_a_service_that_hangs_or_is_not_there_is_tried_later(
    service: PushStandIn, tmp_path: Path
) -> None:
    vapid = Vapid(SECRET, SHOP, lambda: NOW)
    hasty = WebPush(vapid, lambda: NOW, {service.service}, tls=service.tls, within=0.3)
    service.hold.clear()
    assert await push(hasty, BrowserKeys().address(service.endpoint("ana"))) == Reply(Verdict.LATER)
    service.hold.set()
    await hasty.close()
    gone = PushStandIn(tmp_path)
    gone._server.server_close()
    nobody = WebPush(vapid, lambda: NOW, {gone.service}, tls=gone.tls)
    assert await push(nobody, BrowserKeys().address(gone.endpoint("x"))) == Reply(Verdict.LATER)
    await nobody.close()


async def test_who_cannot_show_that_he_is_the_service_gets_nothing(service: PushStandIn) -> None:
    service.got.clear()
    vapid = Vapid(SECRET, SHOP, lambda: NOW)
    for sender, wanted in (
        (WebPush(vapid, lambda: NOW, {service.service}), Verdict.LATER),
        (WebPush(vapid, lambda: NOW, tls=service.tls), Verdict.REFUSED),
    ):
        got = await push(sender, BrowserKeys().address(service.endpoint("ana")))
        assert got.verdict is wanted
        await sender.close()
    assert service.got == []
