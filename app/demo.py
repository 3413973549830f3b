"""`ontheway demo`: a throw-away server, a generated login, and a city that drives."""

import asyncio
import io
import ssl
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import segno

from app import certificate, config, launch
from app.domain.access import SYSTEM, Role
from app.simulator.demo import DemoLinks, run_city
from app.simulator.shop import NAME as SHOP_NAME
from app.tracking.credentials import new_id
from app.tracking.services import Services
from app.tracking.tasks import spawn

USER: Final = "demo"
LIGHT_BLOCKS: Final = "\x1b[97;40m"
PLAIN: Final = "\x1b[0m"
WARNING: Final = (
    "Its browser warns, as nobody vouches for a\ncertificate that a server made for itself:"
    " go on by Advanced or Details."
)


def run(
    *,
    host: str | None,
    port: int | None,
    data_dir: Path | None,
    self_signed: bool,
    say: launch.Say,
) -> None:
    """Run the demo until it is stopped; without a folder its data goes when it ends."""
    with ExitStack() as stack:
        if data_dir is None:
            temporary = tempfile.TemporaryDirectory(prefix="ontheway-demo-")
            data_dir = Path(stack.enter_context(temporary))
        settings = config.load(host=host, port=port, data_dir=data_dir)
        _run(settings, self_signed, say)


def _run(settings: config.Settings, self_signed: bool, say: launch.Say) -> None:

    def begin(services: Services, url: str, stopping: asyncio.Event) -> None:
        cert = settings.data_dir / certificate.FOLDER / certificate.CERT if self_signed else None
        trust = None if cert is None else ssl.create_default_context(cafile=cert)
        spawn(_live(services, url, stopping, say, trust), "demo city")

    launch.serve(
        settings, say=say, hint=say, next_port=True, on_ready=begin, self_signed=self_signed
    )


async def _live(
    services: Services,
    url: str,
    stopping: asyncio.Event,
    say: launch.Say,
    trust: ssl.SSLContext | None,
) -> None:
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
        if url.startswith("https:"):
            say(f"\nScan this with a phone to drive with it. {WARNING}\n\n{code(links.driver_url)}")
        say("Stop with Ctrl-C.")

    await run_city(url=url, api_key=key, stop=stopping, on_ready=tell, trust=trust)


def code(link: str) -> str:
    """A QR code for a terminal, dark on light whatever the terminal's own colours are."""
    text = io.StringIO()
    segno.make(link, error="l").terminal(out=text, compact=True, border=2)
    lines = text.getvalue().splitlines()
    return "\n".join(f"{LIGHT_BLOCKS}{line}{PLAIN}" for line in lines)


async def _name_shop(services: Services) -> None:
    """The shop's name, unless somebody chose another."""
    preferences = services.preferences
    name = "business_name"
    if name not in preferences.locked and preferences.last_change(name) is None:
        await preferences.change({name: SHOP_NAME}, preferences.current, SYSTEM)
