"""nginx with nchan: publish and subscribe in C, the strongest known peer for fan-out."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from tests.bench.peers.peer import Peer
from tests.bench.proc import raise_file_limit

TEMPLATE: Final = Path(__file__).with_name("nchan.conf")
MODULE: Final = "ngx_nchan_module.so"
MODULE_FOLDERS: Final = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules")
MOST_FILES: Final = 65_536
KEPT: Final = 100
"""Messages that a channel keeps for those who read slowly."""


class Nchan(Peer):
    """One worker; nginx must not change to another user, which could not use our folder."""

    name: ClassVar[str] = "nchan"
    title: ClassVar[str] = "nchan"

    def missing(self) -> str:
        """nginx, or its module."""
        found = shutil.which("nginx") and _module()
        return "" if found else "nginx with nchan (Debian: nginx libnginx-mod-nchan)"

    def command(self, port: int) -> Sequence[str]:
        """With a configuration of its own."""
        text = TEMPLATE.read_text()
        values = {
            "user": "user root;" if os.geteuid() == 0 else "",
            "module": str(_module()),
            "files": str(min(MOST_FILES, raise_file_limit())),
            "port": str(port),
            "kept": str(KEPT),
        }
        for word, value in values.items():
            text = text.replace(f"@{word}@", value)
        conf = self.folder / "nginx.conf"
        conf.write_text(text)
        return ("nginx", "-e", "stderr", "-p", str(self.folder), "-c", str(conf))


def _module() -> Path | None:
    found = (Path(folder) / MODULE for folder in MODULE_FOLDERS)
    return next((path for path in found if path.is_file()), None)
