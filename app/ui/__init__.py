"""All pages; `create` registers them once per process."""

from app.tracking.services import Services
from app.ui import track


def create(services: Services) -> None:
    """Register every page."""
    track.create(services)
