"""A customer's phone and his order, for every test of his page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.live import LiveServer
from tests.ui.customer import Phone, Trip, begun, phone_of


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Phone]:
    """A phone that speaks English."""
    with phone_of(chromium) as phone:
        yield phone


@pytest.fixture
def trip(live_server: LiveServer) -> Iterator[Trip]:
    """An order that was just assigned."""
    with begun(live_server) as trip:
        yield trip
