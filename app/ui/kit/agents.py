"""A browser's long name in the words of people. Pure."""

from typing import Final

BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What the name holds -> what people say; the first that fits: others claim to be Chrome, and
Chrome claims to be Safari."""
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
LONGEST: Final = 40


def agent_words(agent: str | None, longest: int | None = LONGEST) -> str:
    """ "Firefox on Windows"; of a program so much of its own name, None for all of it."""
    if not agent:
        return "Unknown"
    browser = next((word for part, word in BROWSERS if part in agent), None)
    system = next((word for part, word in SYSTEMS if part in agent), None)
    if browser is None or not agent.startswith("Mozilla/"):
        return agent[:longest]
    return f"{browser} on {system}" if system else browser
