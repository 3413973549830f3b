"""Looking at the live page's map as a person does: its drivers and doors are drawn on a canvas."""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

Place = tuple[float, float]

HEAD: Final = (-10, -25)
"""From the tip of a pin to the left side of its head, in pixels."""
MAP: Final = "getElement(Number(document.querySelector('.live').dataset.map.slice(1))).map"
RESTS: Final = f"() => !{MAP}._animatingZoom && !document.querySelector('.leaflet-pan-anim')"
WATCH: Final = """([from, to]) => {
  window.way = [];  // how much of the way from `from` to `to` lay behind what was drawn
  const copy = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (image, left, top, width, height) {
    copy.call(this, image, left, top, width, height);
    if (!this.canvas.matches?.(".fleet-canvas")) return;
    const y = this.canvas.getBoundingClientRect().y + top + height / 2;
    window.way.push((y - from[1]) / (to[1] - from[1]));
  };
}"""
COLOUR: Final = """([x, y, token]) => {
  const canvas = document.querySelector(".fleet-canvas");
  const box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width;
  const context = canvas.getContext("2d");
  const at = [Math.round((x - box.x) * ratio), Math.round((y - box.y) * ratio)];
  const drawn = context.getImageData(...at, 1, 1).data;
  const probe = new OffscreenCanvas(1, 1).getContext("2d");
  probe.fillStyle = getComputedStyle(canvas).getPropertyValue(token);
  probe.fillRect(0, 0, 1, 1);
  return probe.getImageData(0, 0, 1, 1).data.every((value, i) => value === drawn[i]);
}"""


def fleet(page: Page) -> Locator:
    """The canvas; its name says how many drivers do what."""
    return page.locator(".fleet-canvas")


def tip(page: Page) -> Locator:
    """What the map says of that which lies under the pointer."""
    return page.locator(".map-tip:not([hidden])")


def spot(page: Page, place: Place, beside: tuple[int, int] = (0, 0)) -> tuple[float, float]:
    """Where on the page a place of the map lies, or what is so many pixels ``beside`` it."""
    page.wait_for_function(RESTS)
    x, y = page.evaluate(
        f"""(place) => {{
          const corner = {MAP}.getContainer().getBoundingClientRect();
          const at = {MAP}.latLngToContainerPoint(place);
          return [corner.x + at.x, corner.y + at.y];
        }}""",
        place,
    )
    return x + beside[0], y + beside[1]


def point_at(
    page: Page, place: Place, words: str | re.Pattern[str], beside: tuple[int, int] = (0, 0)
) -> None:
    """The pointer comes to a place, and the map says what is there."""
    page.mouse.move(*spot(page, place, beside))
    expect(tip(page)).to_have_text(words)


def click_at(page: Page, place: Place, beside: tuple[int, int] = (0, 0)) -> None:
    """Choose what is drawn at a place."""
    page.mouse.click(*spot(page, place, beside))


def expect_colour(page: Page, token: str, place: Place, beside: tuple[int, int]) -> None:
    """Wait until something of this colour is drawn there."""
    page.wait_for_function(COLOUR, arg=[*spot(page, place, beside), token])


def watch_way(page: Page, begin: Place, end: Place) -> None:
    """From now on remember where on the way northwards each drawing was, in ``window.way``."""
    page.evaluate(WATCH, [spot(page, begin), spot(page, end)])
