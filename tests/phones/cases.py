"""Requests of phone apps as they come over the wire, with the answer and the positions expected.

A file holds blocks: a line `### title`, the request as HTTP writes it, a line `--- status type`,
the body of the answer, and a line `--- ` with the positions as a JSON list in our units.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """One request; ``path`` has TOKEN in the place of the driver's, ``kind`` is a media type."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    kind: str
    reply: bytes
    positions: list[dict[str, Any]]

    @property
    def query(self) -> bytes:
        """The query of the address."""
        return self.path.partition("?")[2].encode()


def all_cases() -> list[Case]:
    """Of every app and generation."""
    return [case for path in sorted(FOLDER.glob("*.http")) for case in _cases_of(path)]


def _cases_of(path: Path) -> list[Case]:
    blocks = path.read_text(encoding="utf-8").split("### ")[1:]
    return [_case(path.stem, block) for block in blocks]


def _case(app: str, block: str) -> Case:
    request, answer, positions = block.split("\n--- ")
    title, line, *rest = request.split("\n")
    end = rest.index("") if "" in rest else len(rest)
    method, path, _ = line.split(" ")
    head, _, reply = answer.partition("\n")
    assert head.split(" ")[0] == "200"
    return Case(
        name=f"{app}: {title}",
        method=method,
        path=path,
        headers=dict(header.split(": ", 1) for header in rest[:end]),
        body="\n".join(rest[end + 1 :]).encode(),
        kind=head.partition(" ")[2],
        reply=reply.encode(),
        positions=json.loads(positions),
    )
