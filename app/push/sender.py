"""The port `Pusher` over HTTP: one POST for each message.

Only known services are called, over https and without following redirects, so nobody can have
this server call another. An answer has a deadline, and its body is not read.
"""

from collections.abc import Collection
from ssl import SSLContext
from typing import Final

import aiohttp
import structlog
from yarl import URL

from app import __version__
from app.domain.push import SERVICES, PushAddress, Reply, Verdict, is_served, reply
from app.domain.times import SECOND
from app.push.sealing import seal
from app.push.vapid import Vapid
from app.tracking.monitor import Now

WITHIN: Final = 10.0
"""Seconds for the whole answer."""
AT_A_TIME: Final = 8
"""Connections."""

_log = structlog.get_logger("push")


class WebPush:
    """Messages to browsers. ``tls`` None: the authorities that the machine trusts."""

    def __init__(
        self,
        vapid: Vapid,
        now: Now,
        services: Collection[str] = SERVICES,
        *,
        tls: SSLContext | None = None,
        within: float = WITHIN,
    ) -> None:
        self.key = vapid.public
        self.services = services
        self._vapid = vapid
        self._now = now
        self._tls = tls
        self._timeout = aiohttp.ClientTimeout(total=within)
        self._session: aiohttp.ClientSession | None = None

    async def push(
        self, to: PushAddress, text: bytes, *, seconds: int, urgent: bool, topic: str
    ) -> Reply:
        """Send it, readable for that browser alone; never raises what a network does."""
        if not is_served(to.service, self.services):
            return Reply(Verdict.REFUSED)
        headers = {
            "Authorization": self._vapid.authorization(to.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(seconds),
            "Urgency": "high" if urgent else "normal",
            "Topic": topic,
        }
        try:
            return await self._post(URL(to.endpoint, encoded=True), seal(text, to), headers)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            _log.warning("not reached", service=to.service, why=type(error).__name__)
            return Reply(Verdict.LATER)

    async def close(self) -> None:
        """End the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, url: URL, body: bytes, headers: dict[str, str]) -> Reply:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=AT_A_TIME, ssl=self._tls or True),
                headers={"User-Agent": f"Ontheway/{__version__}"},
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        async with self._session.post(
            url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            now = self._now() / SECOND
            got = reply(answer.status, answer.headers.get("Retry-After"), now)
            if got.verdict is Verdict.REFUSED:
                _log.warning("refused", service=url.host, status=answer.status)
            return got
