"""The logo as browsers get it, and the policy that follows the map's tiles."""

import httpx
import pytest

from app.domain.access import SYSTEM
from app.domain.tiles import OSM_TILES
from tests.domain.pictures import jpeg, png
from tests.web.house import House, open_house
from tests.web.test_headers import page, policy_of


async def put(house: House, **changes: object) -> None:
    preferences = house.services.preferences
    await preferences.change(changes, preferences.current, SYSTEM)


async def test_the_logo_is_served_as_what_it_is_and_kept_for_ever(house: House) -> None:
    await put(house, logo=png())
    logo = house.services.preferences.current.logo
    assert logo is not None
    answer = await house.nobody.get(f"/logo/{logo.digest}")
    assert (answer.status_code, answer.content) == (200, png())
    headers = answer.headers
    assert headers["content-type"] == "image/png"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-disposition"] == 'attachment; filename="logo.png"'
    assert headers["content-security-policy"].startswith("default-src 'none'")
    await put(house, logo=jpeg())
    assert (await house.nobody.get(f"/logo/{logo.digest}")).status_code == 404
    await put(house, logo=None)
    assert (await house.nobody.get(f"/logo/{logo.digest}")).status_code == 404


@pytest.mark.parametrize("name", ["x", "logo.png", "..", "%2e%2e%2fetc", "a" * 2_000])
async def test_there_is_nothing_else_below_it(house: House, name: str) -> None:
    await put(house, logo=png())
    answer = await house.nobody.get(f"/logo/{name}")
    assert answer.status_code == 404


async def test_images_may_come_from_where_the_tiles_are_now(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with open_house(tmp_path_factory.mktemp("tiles"), tile_url=OSM_TILES) as house:
        house.services.preferences.locked.clear()
        await page(house, "<p>")

        async def sources() -> list[str]:
            answer: httpx.Response = await house.nobody.get("/track/token")
            return policy_of(answer)["img-src"][3:]

        assert await sources() == ["https://tile.openstreetmap.org"]
        await put(house, tile_url="https://{s}.tiles.example.com/{z}/{x}/{y}.png")
        assert await sources() == ["https://*.tiles.example.com"]
        await put(house, tile_url=None)
        assert await sources() == []
