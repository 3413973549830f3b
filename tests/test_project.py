"""The project's own papers: versions, pins and changelog agree with each other."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import app

ROOT = Path(__file__).parent.parent

# What the safety of the product rests on; pyproject.toml may ask for more, never for less.
PROMISED_MINIMUMS = {
    "aiohttp": "3.14.4",
    "argon2-cffi": "25.1",
    "h11": "0.16.0",
    "jinja2": "3.1.6",
    "libpass": "1.9.4",
    "nicegui": "3.18",
    "orjson": "3.9.15",
    "pillow": "12",
    "python-engineio": "3.9",
    "python-multipart": "0.0.27",
    "python-socketio": "5.16.2",
    "starlette": "1.3.1",
    "uvicorn": "0.52.1",
    "websockets": "17",
}


def requirements() -> dict[str, Requirement]:
    """Everything that a run or the gate asks for, by canonical name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    return {canonicalize_name(wanted.name): wanted for wanted in map(Requirement, lines)}


def constraint_lines() -> list[str]:
    lines = (ROOT / "deploy" / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def pins() -> dict[str, Version]:
    """The exact version of each package in the constraints file, by canonical name."""
    pairs = (line.split("==") for line in constraint_lines())
    return {canonicalize_name(name): Version(number) for name, number in pairs}


def test_constraints_are_exact_pins_without_addresses_or_paths() -> None:
    for line in constraint_lines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line), line


def test_every_requirement_is_pinned_within_its_bounds() -> None:
    pinned = pins()
    for name, wanted in requirements().items():
        assert wanted.specifier.contains(pinned[name]), name


@pytest.mark.parametrize(("name", "minimum"), PROMISED_MINIMUMS.items())
def test_minimum_version_is_asked_for_and_installed(name: str, minimum: str) -> None:
    bounds = [bound for bound in requirements()[name].specifier if bound.operator == ">="]
    assert bounds, f"{name} has no lower bound"
    assert Version(bounds[0].version) >= Version(minimum)
    assert Version(version(name)) >= Version(minimum)


def test_changelog_starts_with_the_version_of_the_package() -> None:
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == app.__version__ == version("ontheway")


def test_data_folder_is_in_git_through_its_gitignore_alone() -> None:
    lines = (ROOT / "data" / ".gitignore").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["*", "!.gitignore"]


def test_browser_tests_wait_for_functions_and_never_for_expressions() -> None:
    """Playwright has the page evaluate an expression anew at every look, which the pages' policy
    forbids; and it takes a promise for true at once. It keeps a function."""
    for file in (ROOT / "tests").rglob("*.py"):
        for call in re.findall(r"wait_for_function\(\s*f?(\"+.*)", file.read_text()):
            assert re.match(r'"+\s*(\(|async )[^"]*=>', call), f"{file.name}: {call}"
