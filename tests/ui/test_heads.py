"""Heads that sort: what a press does, what the address says, and where rows stand meanwhile."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.connections import columns as connections
from app.ui.drivers import columns as drivers
from app.ui.kit.heads import REST, Heads, Standing
from app.ui.kit.tables import Column
from app.ui.kit.visit import Visit
from app.ui.people import columns as people

CHOICES = {"name": "A to Z", "-name": "Z to A", "-size": "Largest first", "size": "Smallest first"}
Row = dict[str, Any]


class Clock:
    """A time that is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def heads(asked: str) -> Heads:
    """Heads that nobody sees."""
    return Heads(cast(Visit, None), CHOICES, asked, lambda: None)


def standing(asked: str, clock: Clock | None = None) -> Standing[Row]:
    """What puts rows in order."""
    values = {"name": lambda row: row["name"], "size": lambda row: row["size"]}
    return Standing(heads(asked), clock or Clock(), lambda row: row["num"], values)


def rows(*sizes: int | None) -> list[Row]:
    """Rows with these sizes; they are called a, b, c …"""
    return [
        {"num": num, "name": chr(ord("a") + num), "size": size} for num, size in enumerate(sizes)
    ]


def names(found: list[Row]) -> str:
    """How they stand."""
    return "".join(row["name"] for row in found)


@pytest.mark.parametrize(("asked", "on"), [("", "name"), ("-size", "-size"), ("<b>", "name")])
def test_what_the_address_asks_for_is_what_it_says_afterwards(asked: str, on: str) -> None:
    made = heads(asked)
    assert (made.on, made.asked) == (on, on if on != "name" else "")


@pytest.mark.parametrize(
    ("on", "by", "then"),
    [
        ("name", "size", "-size"),
        ("-size", "size", "size"),
        ("size", "size", "name"),
        ("-size", "name", "name"),
        ("name", "name", "-name"),
        ("-name", "name", "name"),
    ],
)
def test_a_head_begins_with_its_own_direction_turns_and_lets_go(
    on: str, by: str, then: str
) -> None:
    assert heads(on).after(by) == then


def test_rows_without_a_value_come_last_and_equals_stay_as_they_were() -> None:
    found = rows(2, None, 2, 1)
    assert names(standing("size").of(found)) == "dacb"
    assert names(standing("-size").of(found)) == "acdb"


def test_rows_keep_their_places_for_a_while_and_a_new_one_gets_its_own() -> None:
    clock = Clock()
    order = standing("-size", clock)
    assert names(order.of(rows(1, 2, 3))) == "cba"
    clock.now = REST - 0.1
    assert names(order.of(rows(9, 2, 3))) == "cba"
    assert names(order.of(rows(9, 2, 3, 5))) == "dcba"
    clock.now = REST
    assert names(order.of(rows(9, 2, 3, 5))) == "adcb"


@given(st.lists(st.none() | st.integers(0, 3)), st.sampled_from(sorted(CHOICES)))
def test_nobody_is_lost_or_shown_twice(sizes: list[int | None], asked: str) -> None:
    found = rows(*sizes)
    ordered = standing(asked).of(found)
    assert sorted(row["num"] for row in ordered) == list(range(len(found)))
    valued = [row["size"] for row in ordered if row["size"] is not None]
    if "size" in asked:
        assert valued == sorted(valued, reverse=asked.startswith("-"))


@pytest.mark.parametrize(
    ("columns", "sorts"),
    [
        (drivers.COLUMNS, drivers.SORTS),
        (connections.COLUMNS, connections.SORTS),
        (people.USERS, people.USER_SORTS),
        (people.LOGINS, people.LOGIN_SORTS),
        (people.KEYS, people.KEY_SORTS),
    ],
)
def test_every_head_but_that_of_the_deeds_sorts_both_ways(
    columns: tuple[Column, ...], sorts: Mapping[str, str]
) -> None:
    by = [column.by for column in columns if column.title]
    assert all(by)
    assert sorted([*by, *(f"-{one}" for one in by)]) == sorted(sorts)
    assert len(set(sorts.values())) == len(sorts)
