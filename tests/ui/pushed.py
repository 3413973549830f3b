"""The real server, whose live page never looks again by itself: what it shows, it was told."""

from app.__main__ import main
from app.ui.live import page

if __name__ == "__main__":
    page.EVERY = 3_600.0  # type: ignore[misc]
    main()
