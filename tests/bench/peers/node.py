"""Node with the `ws` package, as most people would write the relay."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from tests.bench.peers.peer import Peer

HERE: Final = Path(__file__).parent
CACHE: Final = HERE.parents[2] / ".cache" / "node"
WS: Final = "ws@8.23.0"  # NOTE: tests/prepare.sh names the same version for the tests


class Node(Peer):
    """`relay.js`; `ws` is found by NODE_PATH, where the tests keep it, or installed there."""

    name: ClassVar[str] = "node"
    title: ClassVar[str] = "Node ws"

    def missing(self) -> str:
        """Node itself, or a `ws` that could not be installed."""
        if shutil.which("node") is None:
            return "node (Debian: nodejs npm)"
        if not self._has_ws():
            _install()
        return "" if self._has_ws() else f"the Node package ws (npm install {WS})"

    def command(self, port: int) -> Sequence[str]:
        """One process."""
        return ("node", str(HERE / "relay.js"), str(port))

    def environment(self) -> dict[str, str]:
        """With the place where `ws` may be."""
        places = [os.environ.get("NODE_PATH", ""), str(CACHE / "node_modules")]
        return {**os.environ, "NODE_PATH": os.pathsep.join(filter(None, places))}

    def _has_ws(self) -> bool:
        asked = subprocess.run(
            ["node", "--eval", "require.resolve('ws')"],
            env=self.environment(),
            cwd=self.work,
            capture_output=True,
            timeout=30,
            check=False,
        )
        return asked.returncode == 0


def _install() -> None:
    if shutil.which("npm") is None:
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    options = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund")
    subprocess.run(
        ["npm", "install", "--prefix", str(CACHE), *options, WS],
        capture_output=True,
        timeout=120,
        check=False,
    )
