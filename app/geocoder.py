"""The port `Geocoder` on a server that speaks Nominatim's API: one GET for each question.

The server is another's: its answer has a time limit and a bound, redirects are not followed, and
it may not be compressed, so that few bytes stay few.
"""

from typing import Final

import aiohttp
import structlog

from app import __version__
from app.domain.errors import OnthewayError
from app.protocol.found_places import MOST_FOUND, FoundPlace, parse_found

WITHIN: Final = 8.0
"""Seconds for the whole answer."""
LONGEST_ANSWER: Final = 65_536
"""Bytes; five places are about five thousand."""
ELSE: Final = "Please pick the place on the map instead."
UNREACHABLE: Final = f"The address search cannot be reached at the moment. {ELSE}"
SLOW: Final = f"The address search takes too long at the moment. {ELSE}"
BUSY: Final = f"The address search takes no more questions at the moment. {ELSE}"
UNUSABLE: Final = f"The address search gave an answer that cannot be used. {ELSE}"

_BUSY: Final = frozenset({429, 503})
_log = structlog.get_logger("geocoder")


class Nominatim:
    """A geocoder at ``url`` (without ``/search``); ``public_url`` tells it who is asking."""

    def __init__(self, url: str, public_url: str, within: float = WITHIN) -> None:
        self._url = f"{url}/search"
        self._timeout = aiohttp.ClientTimeout(total=within)
        self._headers = {
            "User-Agent": f"Ontheway/{__version__} ({public_url})",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }

    async def find(self, address: str) -> list[FoundPlace]:
        """The places that fit, the best first; ``unavailable`` with a sentence for the person."""
        try:
            answer = await self._get(address)
        except TimeoutError:
            raise _refusal(SLOW, "time is up") from None
        except (aiohttp.ClientError, OSError) as error:
            raise _refusal(UNREACHABLE, type(error).__name__) from None
        try:
            return parse_found(answer)
        except ValueError as error:
            raise _refusal(UNUSABLE, str(error)) from None

    async def _get(self, address: str) -> bytes:
        query = {"q": address, "format": "jsonv2", "limit": str(MOST_FOUND)}
        async with (
            aiohttp.ClientSession(
                headers=self._headers,
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            ) as session,
            session.get(self._url, params=query, allow_redirects=False) as response,
        ):
            if response.status != 200:
                sentence = BUSY if response.status in _BUSY else UNUSABLE
                raise _refusal(sentence, f"status {response.status}")
            return await _read(response.content)


async def _read(stream: aiohttp.StreamReader) -> bytes:
    data = bytearray()
    async for piece in stream.iter_any():
        data += piece
        if len(data) > LONGEST_ANSWER:
            raise _refusal(UNUSABLE, f"more than {LONGEST_ANSWER} bytes")
    return bytes(data)


def _refusal(sentence: str, why: str) -> OnthewayError:
    """What the person reads; the log says why, and never which address."""
    _log.warning("address not looked up", why=why)
    return OnthewayError("unavailable", sentence)
