"""The command line as people use it: every command, with and without a running server."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app import config
from app.domain.errors import Close
from tests.conftest import ROOT
from tests.live import PASSWORD, LiveServer
from tests.system.lines import Json, driver, eventually, line
from tests.system.programs import running

ONTHEWAY: Final = [sys.executable, "-m", "app"]
TRACK: Final = """<?xml version="1.0"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{}
</trkseg></trk></gpx>"""


@pytest.fixture
def idle(tmp_path: Path) -> LiveServer:
    """An installation that nothing runs on; commands work on it."""
    return LiveServer(tmp_path / "data")


def gpx(folder: Path, points: int = 12) -> Path:
    """A small track."""
    path = folder / "trip.gpx"
    body = "".join(
        f'<trkpt lat="{48 + n / 1e4}" lon="11.5"><time>2026-03-01T08:00:{n:02}Z</time></trkpt>'
        for n in range(points)
    )
    path.write_text(TRACK.format(body))
    return path


def signed_in(url: str, name: str, password: str) -> bool:
    """Whether one can sign in."""
    form = {"username": name, "password": password, "next": "/admin"}
    answer = httpx.post(f"{url}/login", data=form)
    return answer.status_code == 303 and "ontheway_session" in answer.cookies


def one_sentence(done: "subprocess.CompletedProcess[str]", status: int) -> str:
    """The command failed with one sentence on standard error and nothing else; return it."""
    assert (done.returncode, done.stdout) == (status, ""), done
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


# people and keys


def test_people_and_keys_are_made_without_a_server_and_hold_in_one(idle: LiveServer) -> None:
    add = idle.command("user", "add", "ana", "--role", "admin", stdin=f"{PASSWORD}\n")
    assert (add.returncode, add.stdout) == (0, "")
    assert PASSWORD not in add.stderr
    key = idle.command("apikey", "add", "shop", "--role", "dispatcher")
    assert key.returncode == 0
    assert re.fullmatch(r"[\w-]{32,}\n", key.stdout)
    idle.start()
    try:
        assert signed_in(idle.url, "ana", PASSWORD)
        headers = {"Authorization": f"Bearer {key.stdout.strip()}"}
        orders = f"{idle.url}/api/v1/orders"
        assert httpx.post(orders, json={}, headers=headers).status_code == 201
        assert httpx.get(f"{idle.url}/api/v1/activity", headers=headers).status_code == 403
    finally:
        assert idle.stop() == 0
    assert idle.command("user", "remove", "ana").returncode == 0
    assert one_sentence(idle.command("user", "remove", "ana"), 1)


def test_commands_act_at_once_in_the_running_server(live_server: LiveServer) -> None:
    server = live_server
    add = server.command("user", "add", "eve", "--role", "viewer", stdin="the first password\n")
    assert add.returncode == 0, add.stderr
    with httpx.Client(base_url=server.url) as browser:
        form = {"username": "eve", "password": "the first password"}
        assert browser.post("/login", data=form).status_code == 303
        assert browser.get("/api/v1/orders").status_code == 200
        changed = server.command("user", "password", "eve", stdin="the second password\n")
        assert changed.returncode == 0
        assert browser.get("/api/v1/orders").status_code == 401
    assert not signed_in(server.url, "eve", "the first password")
    assert signed_in(server.url, "eve", "the second password")
    key = server.command("apikey", "add", "screen", "--role", "viewer").stdout.strip()
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{server.url}/api/v1/orders", headers=headers).status_code == 200
    assert server.command("user", "remove", "eve").returncode == 0
    assert not signed_in(server.url, "eve", "the second password")


@pytest.mark.parametrize(
    ("password", "typed"),
    [
        ("with trailing space ", "with trailing space \n"),
        ("пароль без конца строки", "пароль без конца строки"),
        ("x" * 200, "x" * 200 + "\r\n"),
    ],
)
def test_passwords_are_taken_exactly_as_typed(
    live_server: LiveServer, password: str, typed: str
) -> None:
    name = f"user-{abs(hash(password))}-{os.getpid()}"
    done = live_server.command("user", "add", name, "--role", "viewer", stdin=typed)
    assert done.returncode == 0, done.stderr
    assert signed_in(live_server.url, name, password)
    assert not signed_in(live_server.url, name, password.strip() + "x")


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["user", "add", "admin", "--role", "viewer"], "long enough\n", "admin"),
        (["user", "add", "short", "--role", "viewer"], "short\n", "password"),
        (["user", "add", " ", "--role", "viewer"], "long enough\n", "name"),
        (["user", "password", "nobody"], "long enough\n", "user"),
        (["apikey", "add", "admin", "--role", "viewer"], "", "admin"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    live_server: LiveServer, arguments: list[str], stdin: str, words: str
) -> None:
    assert words in one_sentence(live_server.command(*arguments, stdin=stdin), 1).lower()


def test_unknown_role_is_refused_by_its_name(idle: LiveServer) -> None:
    done = idle.command("user", "add", "ana", "--role", "emperor", stdin=f"{PASSWORD}\n")
    assert done.returncode == 2
    assert "emperor" in done.stderr


# serving


def test_first_start_tells_how_to_make_an_admin_and_keeps_the_folder_closed(
    idle: LiveServer,
) -> None:
    idle.start()
    try:
        assert idle.lines == [f"Ready on {idle.url}\n"]
        eventually(lambda: "ontheway user add" in idle.log())
        assert idle.port > 0
        assert httpx.get(f"{idle.url}/readyz").status_code == 200
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in idle.data_dir.iterdir()}
        assert stat.S_IMODE(idle.data_dir.stat().st_mode) == 0o700
        files = {"ontheway.db", "ontheway.db-wal", "secret_key", "lock", "control.sock"}
        assert {modes[name] for name in files} == {0o600}
        second = idle.command("serve")
        assert str(idle.data_dir) in one_sentence(second, 1)
        assert httpx.get(f"{idle.url}/readyz").status_code == 200
    finally:
        assert idle.stop() == 0
    assert not (idle.data_dir / "control.sock").exists()
    assert {p.name for p in idle.data_dir.parent.iterdir()} == {"data", "data.log"}
    idle.start()
    assert idle.stop() == 0


def test_taken_port_is_said_in_one_sentence(live_server: LiveServer, idle: LiveServer) -> None:
    idle.settings["ONTHEWAY_PORT"] = str(live_server.port)
    sentence = one_sentence(idle.command("serve"), 1)
    assert f"Port {live_server.port} " in sentence
    assert "ONTHEWAY_PORT" in sentence
    idle.settings["ONTHEWAY_HOST"] = "192.0.2.1"
    assert "ONTHEWAY_HOST" in one_sentence(idle.command("serve"), 1)


def test_ctrl_c_ends_with_status_0_and_tells_sockets(tmp_path: Path, idle: LiveServer) -> None:
    with running([*ONTHEWAY, "serve"], idle.environment(), tmp_path) as program:
        url = program.line_with("Ready on").removeprefix("Ready on ")
        with connect(f"{url.replace('http', 'ws')}/ws/driver", proxy=None) as stranger:
            assert program.end(signal.SIGINT) == 0
            assert close_of(stranger) in {Close.RESTARTING, 4012}


def close_of(socket: ClientConnection) -> int | None:
    """The close code of a socket, once it is over."""
    with suppress(ConnectionClosed):
        while True:
            socket.recv(10)
    return socket.close_code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONTHEWAY_COLOUR", "red"),
        ("ONTHEWAY_DATABASE_URL", "postgresql://localhost/ontheway"),
        ("ONTHEWAY_REDIS_URL", "redis://localhost"),
    ],
)
def test_wrong_setting_is_named_in_one_sentence(idle: LiveServer, name: str, value: str) -> None:
    idle.settings[name] = value
    assert name in one_sentence(idle.command("serve"), 2)
    assert not idle.data_dir.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONTHEWAY_PORT", "many"),
        ("ONTHEWAY_PORT", "65536"),
        ("ONTHEWAY_LIMIT_API_RATE", "fast"),
        ("ONTHEWAY_LIMIT_DRIVER_RATE", "5/0"),
        ("ONTHEWAY_LIMIT_SIGNIN_ACCOUNT", "5/15d"),
        ("ONTHEWAY_LIMIT_FRAME_BYTES", "-1"),
        ("ONTHEWAY_PUBLIC_URL", "track.example.com"),
        ("ONTHEWAY_PUBLIC_URL", "https://track.example.com/shop"),
        ("ONTHEWAY_GEOCODER_URL", "nominatim.example.com"),
        ("ONTHEWAY_GEOCODER_URL", "https://me:secret@nominatim.example.com"),
        ("ONTHEWAY_GEOCODER_URL", "https://nominatim.example.com/search?q="),
        ("ONTHEWAY_TIMEZONE", "Middle/Earth"),
        ("ONTHEWAY_TLS_CERT", "cert.pem"),
        ("ONTHEWAY_SECRET_KEY", "short"),
        ("ONTHEWAY_TRUSTED_PROXIES", "somewhere"),
        ("ONTHEWAY_EMBED_ORIGINS", "https://shop.example.com/path"),
        ("ONTHEWAY_EMBED_ORIGINS", "*"),
    ],
)
def test_wrong_value_is_refused_by_the_name_of_its_setting(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(config.SettingsError, match=name):
        config.load()


def test_unknown_name_in_a_dotenv_file_is_an_error_and_a_known_one_counts(
    tmp_path: Path, idle: LiveServer
) -> None:
    (tmp_path / ".env").write_text("ONTHEWAY_BUSINESS_NAME=Pizza\nONTHEWAY_COLOUR=red\n")
    assert "ONTHEWAY_COLOUR" in one_sentence(idle.command("serve"), 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["backup", "copy.db"],
        ["restore", "copy.db"],
    ],
)
def test_what_is_not_built_yet_is_refused_with_one_sentence(
    idle: LiveServer, arguments: list[str]
) -> None:
    assert "not built yet" in one_sentence(idle.command(*arguments), 2)
    assert not (idle.data_dir.parent / "copy.db").exists()


# replay


def test_replay_without_a_token_makes_order_and_driver_and_a_second_one_adds_nothing(
    tmp_path: Path, live_server: LiveServer
) -> None:
    server, before = live_server, len(live_server.listed("/drivers"))
    arguments = ["replay", str(gpx(tmp_path)), "--order", "R1", "--speed", "0"]
    for _ in range(2):
        done = server.command(*arguments)
        assert done.returncode == 0, done.stderr
        assert "12 points, 12 distinct, 12 stored" in done.stderr
        items = server.positions("R1")
        assert [item["lat"] for item in items] == pytest.approx([48 + n / 1e4 for n in range(12)])
    assert server.api.get("/api/v1/orders/R1").json()["status"] == "in_transit"
    another = ["R2" if argument == "R1" else argument for argument in arguments]
    assert server.command(*another).returncode == 0
    assert len(server.positions("R2")) == len(items) == 12
    assert len(server.listed("/drivers")) == before + 1
    # With --now it is a new track, and it ends now.
    begin = datetime.now(UTC)
    assert server.command(*arguments, "--now").returncode == 0
    items = server.positions("R1")
    assert len(items) == 24
    assert begin < datetime.fromisoformat(items[-1]["recordedAt"]) < datetime.now(UTC)


async def test_replay_goes_at_the_speed_that_is_asked_for(
    tmp_path: Path, live_server: LiveServer
) -> None:
    server = live_server
    made = server.driver()
    order = server.order(made["id"])
    server.update(order["id"], "picked_up")
    arguments = ["replay", str(gpx(tmp_path, 60)), "--order", order["id"]]
    credentials = ["--url", server.url, "--token", made["token"]]
    command = [*ONTHEWAY, *arguments, "--speed", "20", "--now", *credentials]
    async with line(server, f"/ws/client/{order['trackingToken']}") as page:
        with running(command, server.environment(), tmp_path) as program:
            shown: list[Json] = []
            while len(shown) < 60:
                message = await page.hear(30)
                shown += [message] if message["type"] == "location_update" else []
            assert [m["lat"] for m in shown] == sorted(m["lat"] for m in shown)
            assert program.wait() == 0


async def test_replay_with_a_token_of_the_environment_plays_as_that_driver(
    tmp_path: Path, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, made = live_server, live_server.driver()
    order = server.order(made["id"])
    monkeypatch.setitem(server.settings, "ONTHEWAY_DRIVER_TOKEN", made["token"])
    async with driver(server, made["token"]):
        arguments = ["--order", order["id"], "--speed", "0"]
        done = server.command("replay", str(gpx(tmp_path)), *arguments)
    assert done.returncode == 0, done.stderr
    assert len(server.positions(order["id"])) == 12


def test_replay_that_cannot_be_done_says_why(
    tmp_path: Path, live_server: LiveServer, idle: LiveServer
) -> None:
    track = str(gpx(tmp_path))
    server = live_server
    foreign = server.order()["id"]
    made = server.driver()
    token = ["--token", made["token"], "--url", server.url]
    done = server.command("replay", track, "--order", foreign, "--speed", "0", *token)
    assert done.returncode == 1
    assert "12 refused (12 unknown_order)" in done.stderr
    token[1] = "never-was-a-token"
    assert "4501" in last_line(server.command("replay", track, "--order", "A1", *token))
    assert "order id" in last_line(server.command("replay", track, "--order", "a/b"))
    (tmp_path / "bad.gpx").write_text("no track")
    bad = server.command("replay", str(tmp_path / "bad.gpx"), "--order", "A1")
    assert "bad.gpx" in last_line(bad)
    missing = server.command("replay", str(tmp_path / "none.gpx"), "--order", "A1")
    assert missing.returncode == 2
    assert "serve" in last_line(idle.command("replay", track, "--order", "A1"))


def last_line(done: "subprocess.CompletedProcess[str]") -> str:
    """The command failed; its last line on standard error."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


# demo and installed program


def test_demo_drives_and_prints_its_links_and_ends_in_time(
    tmp_path: Path, idle: LiveServer
) -> None:
    environment = {**idle.environment(), "PYTHONUNBUFFERED": "1"}
    del environment["ONTHEWAY_DATA_DIR"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running([*ONTHEWAY, "demo", "--port", port], environment, tmp_path) as demo:
            assert port in demo.line_with("is taken")
            url = demo.line_with("Ready on").removeprefix("Ready on ")
            demo.line_with("Ctrl-C")
            told = "\n".join(demo.lines)
            assert f"{url}/admin" in told
            (login,) = re.findall(r"sign in as +(\S+) with the password (\S+)", told)
            assert signed_in(url, *login)
            page, phone_page = re.findall(r"(http\S+/track/\S+)", told)
            assert re.search(r"http\S+/drive#\S{20,}", told)
            for each in (page, phone_page):
                assert httpx.get(each).status_code == 200
            link = page.rpartition("/")[2]
            address = f"{url.replace('http', 'ws')}/ws/client/{link}"
            with connect(address, proxy=None) as customer:
                places: set[tuple[float, float]] = set()
                while len(places) < 3:
                    update = json.loads(customer.recv(60))
                    if update["type"] == "location_update":
                        places.add((update["lat"], update["lng"]))
                assert demo.end() == 0
                assert close_of(customer) in {Close.RESTARTING, 4012}
    assert {path.name for path in tmp_path.iterdir()} == {"errors.log"}
    assert "Traceback" not in (tmp_path / "errors.log").read_text()


def test_installed_program_runs_from_any_folder_with_all_its_files(tmp_path: Path) -> None:
    place, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    install = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [sys.executable, "-m", "pip", *install, "--target", str(place), str(ROOT)],
        check=True,
        timeout=90,
        cwd=elsewhere,
    )
    served = LiveServer(tmp_path / "data")
    environment = {**served.environment(), "PYTHONPATH": str(place)}
    where = [sys.executable, "-c", "import app; print(app.__file__)"]
    found = subprocess.check_output(where, env=environment, cwd=elsewhere, text=True)
    assert Path(found.strip()).is_relative_to(place)
    with running([str(place / "bin" / "ontheway"), "serve"], environment, elsewhere) as program:
        url = program.line_with("Ready on").removeprefix("Ready on ")
        assert httpx.get(f"{url}/readyz").status_code == 200
        static = place / "app" / "static"
        names = {path.relative_to(static) for path in static.rglob("*") if path.is_file()}
        source = ROOT / "static"
        assert names == {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
        for name in names:
            answer = httpx.get(f"{url}/static/{name}")
            assert answer.status_code == 200, name
            # Pages get a nonce on their way out; everything else goes as it is.
            assert name.suffix == ".html" or answer.content == (static / name).read_bytes(), name
        assert httpx.get(f"{url}/login").status_code == 200
        assert program.end() == 0
    assert {path.name for path in elsewhere.iterdir()} == {"errors.log"}


def test_wheel_holds_the_program_and_nothing_else(tmp_path: Path) -> None:
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    build = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(tmp_path)]
    subprocess.run([*build, str(ROOT)], check=True, timeout=90, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert len(tops) == 2
    assert "app" in tops
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]
    assert any(name.startswith("app/static/") for name in names)
    assert any("/migrations/versions/" in name for name in names)


def test_a_command_for_a_running_server_imports_neither_database_nor_pages() -> None:
    code = "import sys, app.__main__; print(*{'sqlalchemy', 'nicegui'} & sys.modules.keys())"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True) == "\n"


def test_module_and_command_are_the_same_program(idle: LiveServer) -> None:
    script = Path(sys.executable).with_name("ontheway")
    texts = []
    for command in ([str(script)], ONTHEWAY):
        done = subprocess.run(
            [*command, "--help"],
            env={**idle.environment(), "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        texts.append(re.sub(r"Usage: .*", "", done.stdout))
    assert texts[0] == texts[1]
    for name in ("serve", "demo", "user", "apikey", "replay", "backup", "restore"):
        assert name in texts[0]
