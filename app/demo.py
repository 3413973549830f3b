"""`ontheway demo`: a throw-away server, a generated login, and a city that drives."""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from app import config, launch
from app.domain.access import SYSTEM, Role
from app.simulator.demo import DemoLinks, run_city
from app.simulator.shop import NAME as SHOP_NAME
from app.tracking.credentials import new_id
from app.tracking.services import Services
from app.tracking.tasks import spawn

USER: Final = "demo"


def run(*, host: str | None, port: int | None, data_dir: Path | None, say: launch.Say) -> None:
    """Run the demo until it is stopped; without a folder its data goes when it ends."""
    if data_dir is not None:
        _run(host, port, data_dir, say)
        return
    with tempfile.TemporaryDirectory(prefix="ontheway-demo-") as temporary:
        _run(host, port, Path(temporary), say)


def _run(host: str | None, port: int | None, data_dir: Path, say: launch.Say) -> None:
    settings = config.load(host=host, port=port, data_dir=data_dir)

    def begin(services: Services, url: str, stopping: asyncio.Event) -> None:
        spawn(_live(services, url, stopping, say), "demo city")

    launch.serve(settings, say=say, hint=say, next_port=True, on_ready=begin)


async def _live(services: Services, url: str, stopping: asyncio.Event, say: launch.Say) -> None:
    await _name_shop(services)
    password = new_id(12)
    if await services.store.people.find_user(USER) is None:
        await services.signin.add_user(USER, Role.ADMIN, password, SYSTEM)
    else:
        await services.signin.set_password(USER, password, SYSTEM)
    _, key = await services.signin.add_key(f"demo-{new_id(6)}", Role.ADMIN, SYSTEM)

    def tell(links: DemoLinks) -> None:
        say(f"Dashboard        {services.look.public_url}/admin")
        say(f"  sign in as     {USER} with the password {password}")
        say(f"Customer's page  {links.tracking_url}")
        say(f"Driver's page    {links.driver_url}")
        say(f"  its customer   {links.phone_tracking_url}")
        say("Stop with Ctrl-C.")

    await run_city(url=url, api_key=key, stop=stopping, on_ready=tell)


async def _name_shop(services: Services) -> None:
    """The shop's name, unless somebody chose another."""
    preferences = services.preferences
    name = "business_name"
    if name not in preferences.locked and preferences.last_change(name) is None:
        await preferences.change({name: SHOP_NAME}, preferences.current, SYSTEM)
