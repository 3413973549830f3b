"""The session's cookie: over https only the name that nobody else can set counts."""

import pytest

from app.protocol.cookies import drop_session, is_secure, session_cookie, set_session

BOTH = {"cookie": "a=1; __Host-ontheway_session=H; ontheway_session=S"}


def test_each_scheme_has_its_own_cookie() -> None:
    assert session_cookie(BOTH, secure=True) == "H"
    assert session_cookie(BOTH, secure=False) == "S"


def test_a_plain_cookie_is_worth_nothing_over_https() -> None:
    assert session_cookie({"cookie": "ontheway_session=S"}, secure=True) is None


@pytest.mark.parametrize(
    "text", ["", "ontheway_session=", "ontheway_session", "x=ontheway_session"]
)
def test_no_cookie_is_no_token(text: str) -> None:
    assert session_cookie({"cookie": text}, secure=False) is None
    assert session_cookie({}, secure=False) is None


@pytest.mark.parametrize("secure", [True, False])
def test_flags_fit_the_scheme(secure: bool) -> None:
    for value in (set_session("T", secure=secure), drop_session(secure=secure)):
        assert value.startswith("__Host-") is secure
        assert ("Secure" in value) is secure
        assert "HttpOnly" in value
        assert "SameSite=Lax" in value
        assert "Path=/" in value


@pytest.mark.parametrize(
    ("scheme", "host", "public_url", "secure"),
    [
        ("https", "a.example", "http://a.example", True),
        ("wss", None, "", True),
        ("http", "a.example", "https://a.example", True),
        ("ws", "A.example", "https://a.example", True),
        ("http", "127.0.0.1:8080", "https://a.example", False),
        ("http", "a.example", "http://a.example", False),
        ("http", None, "https://a.example", False),
        ("http", "", "", False),
    ],
)
def test_https_may_end_at_a_proxy_of_the_public_address(
    scheme: str, host: str | None, public_url: str, secure: bool
) -> None:
    assert is_secure(scheme, host, public_url) is secure
