"""A real server in a process of its own, on a free port, in a folder of its own."""

import asyncio
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

import httpx

from app import folder
from tests.fresh import furnish

START_WITHIN: Final = 60.0
STOP_WITHIN: Final = 30.0
PASSWORD: Final = "a good long password"
ENDED: Final = {"delivered", "cancelled"}
_numbers = count(1)


class LiveServer:
    """A running `ontheway serve`: its address, and an HTTP client with an admin's API key.

    Users admin, dispatcher and viewer exist, each with `PASSWORD`. ``program`` is the module that
    is run. Entered, it finds an empty database; `start` alone lets the program make its own.
    """

    def __init__(
        self, data_dir: Path, settings: dict[str, str] | None = None, program: str = "app"
    ) -> None:
        self.data_dir = data_dir
        self.program = program
        self.settings = settings or {}
        self.url = ""
        self.key = ""
        self.api = httpx.Client()
        self.keys: dict[str, str] = {}
        self.lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread()
        self._errors = data_dir.parent / f"{data_dir.name}.log"

    def __enter__(self) -> Self:
        furnish(self.data_dir)
        self.start()
        self._people()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.api.close()

    @property
    def ws(self) -> str:
        """The address for sockets."""
        return self.url.replace("http", "ws", 1)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        """What it wrote on standard error."""
        return self._errors.read_text() if self._errors.exists() else ""

    def environment(self) -> dict[str, str]:
        """The environment for commands on this installation."""
        clean = {name: value for name, value in os.environ.items() if "ONTHEWAY" not in name}
        port = str(self.port) if self.url else "0"
        own = {"ONTHEWAY_DATA_DIR": str(self.data_dir), "ONTHEWAY_PORT": port}
        return {**clean, "ONTHEWAY_TILE_URL": "none", **own, **self.settings}

    def start(self) -> None:
        """Start, or start again on the same port; returns once it is ready."""
        with self._errors.open("a") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.program, "serve"],
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=self.data_dir.parent,
            )
        lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, args=(self._process, lines))
        self._reader.start()
        try:
            self.url = _ready(lines)
        except AssertionError:
            self.kill()
            raise AssertionError(f"the server did not start:\n{self.log()}") from None
        if self.key:
            self._client()

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """`kill -9`: nothing is finished."""
        self._end(signal.SIGKILL)

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `ontheway …` on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=self.data_dir.parent,
        )

    # shortcuts through the API

    def driver(self, name: str = "Ana Petrović", vehicle: str = "bike") -> dict[str, Any]:
        """A new driver: id, token, driverUrl …"""
        body = {"name": name, "vehicle": vehicle}
        answer = self.api.post("/api/v1/drivers", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def order(self, driver_id: str | None = None, **fields: Any) -> dict[str, Any]:
        """A new order with its link: id, trackingToken, trackingUrl …"""
        body = {"id": f"T{next(_numbers)}-{os.getpid()}", **fields}
        if driver_id is not None:
            body["driverId"] = driver_id
        answer = self.api.post("/api/v1/orders", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def add_user(self, name: str, role: str) -> None:
        """A person with `PASSWORD`."""
        self._ask("user add", {"name": name, "role": role, "password": PASSWORD})

    def update(self, order_id: str, status: str, **fields: Any) -> dict[str, Any]:
        """Change an order's status."""
        body = {"orderId": order_id, "status": status, **fields}
        answer = self.api.post("/admin/update", json=body)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def empty(self) -> None:
        """No order is open any more and no driver is there, as on the first day."""
        for order in self.listed("/orders", limit=500):
            if order["status"] not in ENDED:
                self.update(order["id"], "cancelled", force=True)
        for driver in self.listed("/drivers", limit=500):
            assert self.api.delete(f"/api/v1/drivers/{driver['id']}").status_code == 204

    def positions(self, order_id: str, **query: Any) -> list[dict[str, Any]]:
        """All positions of an order."""
        return self.listed(f"/orders/{order_id}/positions", limit=5000, **query)

    def driver_positions(self, driver_id: str, **query: Any) -> list[dict[str, Any]]:
        """All positions of a driver."""
        return self.listed(f"/drivers/{driver_id}/positions", limit=5000, **query)

    def events(self, order_id: str) -> list[dict[str, Any]]:
        """The status history of an order."""
        return self.listed(f"/orders/{order_id}/events", limit=500)

    def listed(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Everything of a list below `/api/v1`, page by page."""
        items: list[dict[str, Any]] = []
        while True:
            answer = self.api.get(f"/api/v1{path}", params=query)
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            cursor = answer.json()["next"]
            if cursor is None:
                return items
            query["cursor"] = cursor

    def _read(self, process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.lines.append(line)
                lines.put(line)
        lines.put("")

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        try:
            status = self._process.wait(STOP_WITHIN)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._reader.join()
        self._process = None
        return status

    def _people(self) -> None:
        for role in ("admin", "dispatcher", "viewer"):
            self.add_user(role, role)
            self.keys[role] = self._ask("apikey add", {"name": role, "role": role})["key"]
        self.key = self.keys["admin"]
        self._client()

    def _client(self) -> None:
        self.api.close()
        headers = {"Authorization": f"Bearer {self.key}"}
        self.api = httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def _ask(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        # In a thread: a test that is a coroutine has a loop of its own already.
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(lambda: asyncio.run(folder.ask(self.data_dir, name, arguments)))
        answer = asking.result()
        assert answer is not None, "the server does not listen in its folder"
        return answer


def _ready(lines: queue.Queue[str]) -> str:
    """Wait for the line that says where the server listens."""
    with suppress(queue.Empty):
        while line := lines.get(timeout=START_WITHIN):
            if match := re.match(r"Ready on (https?://\S+)", line):
                return match[1]
    raise AssertionError
