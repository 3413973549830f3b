"""Our scripts: who imports whom, and what a page's head says of it."""

import re
from pathlib import Path
from posixpath import dirname, join, normpath

from app import STATIC
from app.ui.kit.scripts import preloads, scripts

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def may_import() -> dict[str, set[str]]:
    """What the table of the paper for contributors allows each folder."""
    text = CONTRIBUTING.read_text()
    table = text[text.index("| folder | what | may import |") :].split("\n\n")[0]
    allowed: dict[str, set[str]] = {}
    for line in table.splitlines()[2:]:
        folders, _, targets = (re.findall(r"`(\w+)`", cell) for cell in line.split("|")[1:4])
        above = set(allowed) if "all of the above" in line else set(targets)
        allowed |= {folder: above for folder in folders}
    return allowed


def test_imports_of_scripts_go_one_way() -> None:
    allowed = may_import()
    files = list(STATIC.rglob("*.js"))
    assert {file.parent.name for file in files} == set(allowed)
    for file in files:
        path = file.relative_to(STATIC).as_posix()
        for target in re.findall(r"""(?:\bfrom |\bimport\()["'](\.[^"']+)""", file.read_text()):
            found = normpath(join(dirname(path), target))
            assert (STATIC / found).is_file(), f"{path} imports {target}"
            folder = dirname(found)
            assert folder in {file.parent.name, *allowed[file.parent.name]}, f"{path}: {found}"


def test_a_head_names_all_that_a_script_imports_and_each_once() -> None:
    names = scripts("live/live.js")
    assert names[0] == "live/live.js"
    assert len(set(names)) == len(names)
    assert {"live/fleet.js", "canvas/marks.js", "map/geometry.js", "shared/page.js"} <= set(names)
    assert "replay/replay.js" not in names
    head = preloads("track/track.js", more=" fetchpriority=low")
    assert '<link rel="modulepreload" fetchpriority=low href="/static/track/words.js">' in head
    assert "track/more.js" not in head, "what is loaded later is not asked for at once"
