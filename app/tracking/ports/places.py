"""Places by their address."""

from typing import Protocol

from app.protocol.found_places import FoundPlace


class Geocoder(Protocol):
    """Another server that knows where addresses are."""

    async def find(self, address: str) -> list[FoundPlace]:
        """The places that fit, the best first; ``unavailable`` with a sentence that says why."""
