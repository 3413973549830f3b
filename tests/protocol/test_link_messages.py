"""Messages that hold a link: nothing of what people entered leaves its place."""

from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from app.protocol.link_messages import mailto_href, sms_href

TEXT = "Follow it & more: https://track.example.com/track/abc?x=1#y 🎁"


def test_a_text_message() -> None:
    href = sms_href("+49 (89) 12-34", TEXT)
    assert href.startswith("sms:+49891234?body=Follow%20it%20%26")
    assert unquote(href.partition("?body=")[2]) == TEXT
    assert sms_href(None, "x") == "sms:?body=x"


def test_an_email() -> None:
    parts = urlsplit(mailto_href("ada@example.com", "Your order", TEXT))
    assert (parts.scheme, parts.path) == ("mailto", "ada@example.com")
    assert parse_qs(parts.query) == {"subject": ["Your order"], "body": [TEXT]}
    assert mailto_href(None, "s", "b") == "mailto:?subject=s&body=b"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_name_adds_a_field_or_a_receiver(entered: str) -> None:
    for href in (mailto_href(entered, "s", "b"), sms_href(entered, "b")):
        receiver, _, query = href.partition(":")[2].partition("?")
        assert not set(receiver) & set("&?#,; \n")
        assert set(parse_qs(query)) <= {"subject", "body"}
