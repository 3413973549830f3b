"""Browsers and times in the words of people."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from app.domain.errors import OnthewayError
from app.tracking.records import ActivityFilter
from app.ui.activity.filter import file_address, moment_of
from app.ui.kit.agents import agent_words

LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{LINUX} Chrome/126.0 Safari/537.36", "Chrome on Linux"),
        (f"{LINUX} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Linux"),
        (f"{IPHONE} Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE} CriOS/126.0 Mobile Safari/604.1", "Chrome on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox on Windows",
        ),
        ("python-httpx/0.28", "python-httpx/0.28"),
        ("<img src=x>" + "y" * 90, "<img src=x>" + "y" * 29),
        ("", "Unknown"),
        (None, "Unknown"),
    ],
)
def test_a_browser_is_named_as_people_do(agent: str | None, words: str) -> None:
    assert agent_words(agent) == words


def test_a_local_time_is_read_in_the_readers_zone() -> None:
    assert moment_of("", UTC) is None
    assert moment_of("1970-01-01T00:01", UTC) == 60_000_000
    assert moment_of("1970-01-01T01:01", ZoneInfo("Europe/Berlin")) == 60_000_000
    assert moment_of("1970-01-01T01:01+01:00", UTC) == 60_000_000
    for text in ("yesterday", "2026-13-01T00:00", "12"):
        with pytest.raises(OnthewayError):
            moment_of(text, UTC)


def test_the_address_of_the_file_says_what_the_page_shows() -> None:
    wanted = ActivityFilter(
        kinds=frozenset({"order.status"}),
        actors=frozenset({"eva & co"}),
        subject="A1",
        since=1_500_000,
    )
    assert file_address(wanted) == (
        "/api/v1/activity?format=csv&kind=order.status&person=eva+%26+co&order=A1&from=1.500000"
    )
    assert file_address(ActivityFilter()) == "/api/v1/activity?format=csv"
    assert file_address(ActivityFilter(kinds=frozenset())).endswith("format=csv&kind=")
