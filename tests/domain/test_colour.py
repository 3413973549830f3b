"""A business's colour can be read wherever it stands."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.colour import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    contrast,
    parse_colour,
    shades,
)
from app.domain.errors import OnthewayError

STYLES = Path(__file__).parents[2] / "static" / "shared" / "ontheway.css"
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#000000", 21),
        ("#777777", "#777777", 1),
        ("#767676", "#ffffff", 4.54),
        ("#0f766e", "#ffffff", 5.47),
    ],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


@given(colours)
def test_every_colour_becomes_one_that_can_be_read(colour: str) -> None:
    found = shades(colour)
    for shade, grounds in ((found.light, LIGHT_GROUNDS), (found.dark, DARK_GROUNDS)):
        assert all(contrast(shade.colour, ground) >= 4.5 for ground in grounds)
        assert contrast(shade.on, shade.colour) >= 4.5


@given(colours)
def test_a_colour_that_can_be_read_is_left_as_it_is(colour: str) -> None:
    found = shades(colour)
    if min(contrast(colour, ground) for ground in LIGHT_GROUNDS) >= 4.5:
        assert found.light.colour == colour
    if min(contrast(colour, ground) for ground in DARK_GROUNDS) >= 4.5:
        assert found.dark.colour == colour


def test_a_hue_stays_when_it_is_made_darker_or_lighter() -> None:
    found = shades("#ffd400")
    red, green, blue = (int(found.light.colour[i : i + 2], 16) for i in (1, 3, 5))
    assert red > green > blue == 0
    assert found.dark.colour == "#ffd400"
    assert found.dark.on == "#000000"


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#0F766E", "#0f766e"), (" 0f766e ", "#0f766e"), ("#abc", "#aabbcc"), ("000", "#000000")],
)
def test_a_colour_is_read_as_people_write_it(text: str, colour: str) -> None:
    assert parse_colour(text) == colour


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    try:
        assert re.fullmatch("#[0-9a-f]{6}", parse_colour(text))
    except OnthewayError as error:
        assert (error.code, error.field) == ("invalid_field", "colour")


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    light, dark = re.findall(r"^ *:root \{(.*?)^ *\}", STYLES.read_text(), re.M | re.S)[:2]
    for block, grounds in ((light, LIGHT_GROUNDS), (dark, DARK_GROUNDS)):
        found = set(re.findall(r"--(?:bg|surface|raised): (#\w{6});", block))
        assert found == set(grounds)
