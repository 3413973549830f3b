"""The lines below the table: on what, with what, and with which limits off it was measured."""

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.proc import Cores
from tests.bench.product import UNLIMITED
from tests.bench.sizes import Sizes


def about(sizes: Sizes, cores: Cores, missing: Mapping[str, str]) -> list[str]:
    """What a reader must know to judge the table; ``missing`` peers, and what they lack."""
    apart = "a core of its own" if cores.apart else "the same core as the load (there is only one)"
    off = ", ".join(f"`{name}={value}`" for name, value in UNLIMITED.items())
    tiny = ["Tiny sizes (`--quick`): all was tried, and the figures and verdicts mean nothing."]
    return [
        *(tiny if sizes.tiny else ()),
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_processor()}, {os.cpu_count()} cores, "
        f"Linux {platform.release().partition('-')[0]}, {_versions()}.",
        f"Rounds in turn: {sizes.rounds}; shown are medians, and from least to most in brackets. "
        f"Each server fresh, on {apart}.",
        f"Limits of the product that were off: {off}. All else was on: credentials, checks, "
        "flags, synced storage, acks. Peers do none of that.",
        *(f"Left out: {title}. To have it, install {what}." for title, what in missing.items()),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _versions() -> str:
    found = [f"Python {platform.python_version()}", f"uvloop {version('uvloop')}"]
    for program, option in (("node", "--version"), ("nginx", "-v")):
        if shutil.which(program):
            done = subprocess.run([program, option], capture_output=True, text=True, check=False)
            said = (done.stdout + done.stderr).strip().rpartition("/")[2]
            found.append(f"{program} {said.removeprefix('v')}")
    return ", ".join(found)
