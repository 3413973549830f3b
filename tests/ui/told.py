"""The real server, which takes a stand-in for the push services that it knows."""

import os
import ssl
from functools import partial

from app import assembly
from app.__main__ import main
from app.push.sender import WebPush

SERVICE = "STAND_IN_SERVICE"
CERT = "STAND_IN_CERT"

if __name__ == "__main__":
    trusted = ssl.create_default_context(cafile=os.environ[CERT])
    known = {os.environ[SERVICE]}
    assembly.WebPush = partial(WebPush, services=known, tls=trusted)  # type: ignore[assignment,attr-defined]
    main()
