"""The floor: one `send()` for each delivery, in C, compiled here."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from tests.bench.peers.peer import Peer

SOURCE: Final = Path(__file__).with_name("one_send.c")


class OneSend(Peer):
    """`one_send.c`."""

    name: ClassVar[str] = "one_send"
    title: ClassVar[str] = "one send each, in C"

    def missing(self) -> str:
        """A compiler."""
        if shutil.which("cc") is None:
            return "a C compiler (Debian: gcc)"
        made = subprocess.run(
            ["cc", "-O2", "-o", str(self._program), str(SOURCE)],
            capture_output=True,
            timeout=60,
            check=False,
        )
        return "" if made.returncode == 0 else "a C compiler that compiles peers/one_send.c"

    def command(self, port: int) -> Sequence[str]:
        """One process."""
        return (str(self._program), str(port))

    @property
    def _program(self) -> Path:
        return self.work / "one-send-program"
