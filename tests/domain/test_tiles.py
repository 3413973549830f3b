"""The address of map tiles: what is taken leads to one provider and breaks no policy."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OnthewayError
from app.domain.tiles import OSM_TILES, check_tile_url, tile_source

pieces = st.sampled_from(
    [
        "https://",
        "http://",
        "//",
        "/",
        "{z}",
        "{x}",
        "{y}",
        "{s}",
        "{q}",
        "a.example",
        "*",
        ";",
        "'",
    ]
)


@pytest.mark.parametrize(
    "url",
    [
        OSM_TILES,
        "https://{s}.tiles.example.com/{z}/{x}/{y}{r}.png?key=a-b_c",
        "http://127.0.0.1:8000/{z}/{x}/{-y}.png",
        "/tiles/{z}/{x}/{y}.png",
        " https://tiles.example.com/{z}/{x}/{y}.png ",
    ],
)
def test_addresses_of_providers_are_taken(url: str) -> None:
    assert check_tile_url(url) == url.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "none",
        "https://tiles.example.com/",
        "https://tiles.example.com/{z}/{x}.png",
        "https://tiles.example.com/{z}/{x}/{y}/{apikey}",
        "https://tiles.example.com/{z}/{x}/{y}{",
        "https://{s}/{z}/{x}/{y}",
        "https://{s}.com/{z}/{x}/{y}",
        "https:///{z}/{x}/{y}",
        "https://me:secret@tiles.example.com/{z}/{x}/{y}",
        "https://[::1/{z}/{x}/{y}",
        "//tiles.example.com/{z}/{x}/{y}",
        "javascript:alert({z}{x}{y})",
        "data:image/png,{z}{x}{y}",
        "https://evil.example; script-src */{z}/{x}/{y}",
        "https://tiles.example.com/{z}/{x}/{y} 'unsafe-inline'",
        "https://*.example.com/{z}/{x}/{y}",
        "https://tiles.example.com/{z}/{x}/{y}\r\nX: y",
        "https://tiles.example.com/{z}/{x}/{y}?" + "a" * 500,
    ],
)
def test_others_are_refused_by_name(url: str) -> None:
    with pytest.raises(OnthewayError) as refusal:
        check_tile_url(url)
    assert (refusal.value.code, refusal.value.field) == ("invalid_field", "tile_url")


@given(st.lists(pieces, max_size=12).map("".join) | st.text())
def test_what_is_taken_names_one_source(text: str) -> None:
    try:
        url = check_tile_url(text)
    except OnthewayError:
        return
    source = tile_source(url)
    if source is None:
        assert url.startswith("/")
    else:
        assert re.fullmatch(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?", source)
