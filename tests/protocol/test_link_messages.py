"""Messages that hold a link: nothing of what people entered leaves its place."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.link_messages import mail_href, mailto_href, sms_href, tel_href

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


@pytest.mark.parametrize(
    ("phone", "href"),
    [
        ("+49 (89) 12-34", "tel:+49891234"),
        (" 089/1234.5 ", "tel:08912345"),
        ("110", "tel:110"),
        ("*#06#", None),
        ("12", None),
        ("+49 89 1234 (Maria)", None),
        ("1;phone-context=evil", None),
        ("1" * 30, None),
        ("+", None),
        ("٠١٢٣٤", None),
    ],
)
def test_a_plain_number_is_called_and_anything_else_stays_text(
    phone: str, href: str | None
) -> None:
    assert tel_href(phone) == href


@pytest.mark.parametrize(
    ("email", "href"),
    [
        (" ada+1@mail.example.com ", "mailto:ada+1@mail.example.com"),
        ("ada@localhost", None),
        ("a@b.example?bcc=evil@x.example", None),
        ("a@b.example,c@d.example", None),
        ("javascript:alert(1)//@x.example", None),
        ("a b@c.example", None),
    ],
)
def test_a_plain_address_is_written_to_and_anything_else_stays_text(
    email: str, href: str | None
) -> None:
    assert mail_href(email) == href


@given(st.text())
def test_whatever_was_entered_is_a_number_an_address_or_text(entered: str) -> None:
    called, mailed = tel_href(entered), mail_href(entered)
    assert called is None or set(called.removeprefix("tel:")) <= set("+0123456789")
    assert mailed is None or not set(mailed) & set("?&#,; \n\"'<>")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_name_adds_a_field_or_a_receiver(entered: str) -> None:
    for href in (mailto_href(entered, "s", "b"), sms_href(entered, "b")):
        receiver, _, query = href.partition(":")[2].partition("?")
        assert not set(receiver) & set("&?#,; \n")
        assert set(parse_qs(query)) <= {"subject", "body"}
