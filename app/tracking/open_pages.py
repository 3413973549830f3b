"""The pages of staff that are open: what tells whose page the socket of a browser belongs to."""

from dataclasses import dataclass

from app.domain.access import Actor


@dataclass(frozen=True, slots=True, eq=False)
class OpenPage:
    """One page in one tab: its title in the menu, and who looks at it."""

    title: str
    actor: Actor


class OpenPages:
    """By the secret name that a page's socket brings."""

    def __init__(self) -> None:
        self._open: dict[str, OpenPage] = {}

    def opened(self, name: str, page: OpenPage) -> None:
        """It was made; its socket comes soon, and may come again."""
        self._open[name] = page

    def closed(self, name: str) -> None:
        """It is gone."""
        self._open.pop(name, None)

    def named(self, name: str) -> OpenPage | None:
        """The page of this name; None where there is none, or no more."""
        return self._open.get(name)
