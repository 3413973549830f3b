"""The HTTP API as the demo uses it: JSON in, JSON out, patient when the server is busy."""

import asyncio
import ssl
from typing import Any, Final, Self

import aiohttp

Json = dict[str, Any]

_TRIES: Final = 5
_BUSY: Final = frozenset({429, 502, 503, 504})


class ApiError(Exception):
    """The API refused a call, or could not be reached; ``status`` is None for the latter."""

    def __init__(self, status: int | None, message: str) -> None:
        super().__init__(message)
        self.status = status


class Api:
    """Calls below ``/api/v1`` of the server at ``url``, with an API key.

    ``trust``: whom to believe over https, None for the authorities that this machine knows.
    """

    def __init__(self, url: str, api_key: str, trust: ssl.SSLContext | None = None) -> None:
        self._trust = trust
        self._base = url.rstrip("/") + "/api/v1"
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=20)
        connector = aiohttp.TCPConnector(ssl=self._trust or True)
        self._session = aiohttp.ClientSession(
            headers=self._headers, timeout=timeout, connector=connector
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()

    async def get(self, path: str, **query: str | int) -> Json:
        """Read. Raises `ApiError`."""
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: Json) -> Json:
        """Write. Raises `ApiError`."""
        return await self._call("POST", path, json=body)

    async def _call(self, method: str, path: str, **options: Any) -> Json:
        failure = ApiError(None, "not tried")
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(0.25 * 2**attempt)
            try:
                return await self._once(method, path, **options)
            except ApiError as error:
                if error.status not in _BUSY:
                    raise
                failure = error
            except (aiohttp.ClientConnectionError, TimeoutError) as error:
                failure = ApiError(None, f"{method} {path}: {error or type(error).__name__}")
        raise failure

    async def _once(self, method: str, path: str, **options: Any) -> Json:
        assert self._session is not None
        async with self._session.request(method, self._base + path, **options) as response:
            if response.status >= 400:
                text = (await response.text())[:300]
                raise ApiError(response.status, f"{method} {path}: {response.status} {text}")
            answer: Json = await response.json()
            return answer
