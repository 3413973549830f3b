"""Every setting with its default and its sentence; refuses what is unsafe or unknown.

Read once at the start and handed on as values; nothing below the roof imports it.
"""

import os
import re
import secrets
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.limits import Failures, Rate
from app.domain.tiles import OSM_ATTRIBUTION, OSM_TILES

PREFIX: Final = "ONTHEWAY_"
MIN_SECRET: Final = 32
FIXED_BY: Final = dict.fromkeys(
    ("courier_from", "place_from", "arrival_from"), "courier_from_assigned"
)
"""Values of the settings page that a setting of another name fixes."""


class SettingsError(Exception):
    """A setting is missing, unknown or wrong; the text names it."""


def _rate(value: object) -> object:
    """``100/1000``: per second and burst; ``0``: none."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+)(?:/(\d+))?", value.strip())
    if match is None or (match[2] is None and int(match[1]) > 0) or match[2] == "0":
        raise ValueError("must be like 100/1000 (per second / burst), or 0 for none")
    return Rate(float(match[1]), float(match[2] or 0))


def _failures(value: object) -> object:
    """``5/15m``: so many within so long; ``0``: none."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d+)(?:/(\d+)([smh]))?", value.strip())
    if match is None or (match[2] is None and int(match[1]) > 0) or match[2] == "0":
        raise ValueError("must be like 5/15m (failures / time in s, m or h), or 0 for none")
    unit = {"s": 1, "m": 60, "h": 3600}[match[3] or "s"]
    return Failures(int(match[1]), float(match[2] or 1) * unit)


def _addresses(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = frozenset(part.strip() for part in value.split(",") if part.strip())
    for name in names:
        ip_network(name, strict=False)
    return names


def _origins(value: object) -> object:
    """``https://shop.example.com, https://*.example.org``: as a content policy names them."""
    if not isinstance(value, str):
        return value
    origins = frozenset(part.strip().rstrip("/") for part in value.split(",") if part.strip())
    for origin in origins:
        if (
            re.fullmatch(r"https?://(?:\*\.)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::\d+)?", origin)
            is None
        ):
            raise ValueError("must be like https://shop.example.com, without a path")
    return origins


RateSetting = Annotated[Rate, NoDecode, BeforeValidator(_rate)]
FailuresSetting = Annotated[Failures, NoDecode, BeforeValidator(_failures)]
AddressesSetting = Annotated[frozenset[str], NoDecode, BeforeValidator(_addresses)]
OriginsSetting = Annotated[frozenset[str], NoDecode, BeforeValidator(_origins)]


def _machine_timezone() -> str:
    """The machine's own zone by name: TZ, or where /etc/localtime points."""
    named = os.environ.get("TZ", "").lstrip(":")
    if named and _is_zone(named):
        return named
    target = os.path.realpath("/etc/localtime")
    _, found, name = target.partition("zoneinfo/")
    return name if found and _is_zone(name) else "UTC"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


class Settings(BaseSettings):
    """Environment variables, also from a `.env` file in the current folder."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(
        default=Path("data"), description="The only folder that the program writes."
    )
    database_url: str | None = Field(
        default=None, description="Unset: SQLite in the data folder. PostgreSQL comes later."
    )
    redis_url: str | None = Field(
        default=None, description="Unset: one process. Several processes come later."
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(
        default=8080, ge=0, le=65_535, description="The port to listen on; 0 takes a free one."
    )
    public_url: str | None = Field(
        default=None,
        description="The address that links are made with; default: where the server listens.",
    )
    tls_cert: Path | None = Field(
        default=None, description="Certificate file: serve https and wss directly."
    )
    tls_key: Path | None = Field(default=None, description="Key file of the certificate.")
    trusted_proxies: AddressesSetting = Field(
        default=frozenset(),
        description="Addresses or networks, with commas, whose `X-Forwarded-…` is believed.",
    )
    timezone: str = Field(
        default_factory=_machine_timezone,
        description="The business's time zone; default: the machine's.",
    )
    business_name: str = Field(
        default="Ontheway", max_length=80, description="The name that customers read."
    )
    secret_key: str | None = Field(
        default=None,
        min_length=MIN_SECRET,
        description="Derives tracking links; made and kept in the data folder when unset.",
    )
    session_hours: float = Field(
        default=12, gt=0, le=24 * 31, description="How long a sign-in lasts at most, in hours."
    )
    courier_from_assigned: bool = Field(
        default=False,
        description="Customers see the courier from `assigned` on, not from `picked_up`.",
    )
    embed_origins: OriginsSetting = Field(
        default=frozenset(),
        description="Sites, with commas, that may show the customer's small page in a frame.",
    )
    tile_url: str = Field(
        default=OSM_TILES, description="The map's raster tiles, or `none` for a plain ground."
    )
    tile_attribution: str = Field(
        default=OSM_ATTRIBUTION, description="Who made the tiles, as their licence asks."
    )
    geocoder_url: str | None = Field(
        default=None,
        description="A server with Nominatim's API, such as `https://nominatim.openstreetmap.org`, "
        "asked for addresses that staff look up; unset: no search.",
    )
    driver_token: str | None = Field(
        default=None, description="The driver token for `ontheway replay`."
    )
    limit_driver_rate: RateSetting = Field(
        default=Rate(100, 1000),
        description="Messages per second and burst per driver; a batched point counts a tenth.",
    )
    limit_api_rate: RateSetting = Field(
        default=Rate(100, 500), description="Requests per second and burst per key or session."
    )
    limit_signin_account: FailuresSetting = Field(
        default=Failures(5, 900), description="Failed sign-ins per account before it slows down."
    )
    limit_signin_address: FailuresSetting = Field(
        default=Failures(20, 900), description="Failed sign-ins per address before it slows down."
    )
    limit_sockets_per_link: int = Field(
        default=100, ge=0, description="Open customer sockets per tracking link."
    )
    limit_sockets_per_address: int = Field(
        default=1000, ge=0, description="Open sockets per address."
    )
    limit_frame_bytes: int = Field(
        default=131_072, ge=0, description="Largest message on `/ws/driver`."
    )
    limit_viewer_frame_bytes: int = Field(
        default=4_096, ge=0, description="Largest message from viewers."
    )
    limit_body_bytes: int = Field(default=65_536, ge=0, description="Largest body of a request.")
    limit_ingest_body_bytes: int = Field(
        default=1_048_576, ge=0, description="Largest body on `/ingest`."
    )
    limit_upload_bytes: int = Field(
        default=10_485_760, ge=0, description="Largest photo or signature of a driver."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if not _is_zone(value):
            raise ValueError("must be a time zone such as Europe/Vienna")
        return value

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if re.fullmatch(r"https?://[^/?#\s@]+/*", value) is None:
            raise ValueError("must be like https://track.example.com, without a path")
        return value.rstrip("/")

    @field_validator("geocoder_url")
    @classmethod
    def _search_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]*)?", value) is None:
            raise ValueError("must be like https://nominatim.example.com")
        return value.rstrip("/").removesuffix("/search")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("ONTHEWAY_TLS_CERT and ONTHEWAY_TLS_KEY belong together")
        if self.redis_url is not None:
            raise ValueError(
                "ONTHEWAY_REDIS_URL: several processes are not built yet in this version"
            )
        if self.database_url is not None and not self.database_url.startswith("sqlite"):
            raise ValueError("ONTHEWAY_DATABASE_URL: PostgreSQL is not built yet in this version")
        if self.database_url is not None:
            raise ValueError(
                "ONTHEWAY_DATABASE_URL: this version keeps SQLite in the data folder only;"
                " leave it unset and set ONTHEWAY_DATA_DIR"
            )
        return self

    @property
    def tls(self) -> bool:
        """Whether https and wss are served directly."""
        return self.tls_cert is not None


def load(**overrides: Any) -> Settings:
    """Read the settings; ``overrides`` (from the command line, None: not given) win.

    Raises `SettingsError` with a sentence that names what is wrong.
    """
    unknown = sorted(_names_set() - {PREFIX + name.upper() for name in Settings.model_fields})
    if unknown:
        raise SettingsError(f"Unknown setting {', '.join(unknown)}; see docs/settings.md.")
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


def _names_set() -> set[str]:
    sources: list[Mapping[str, str | None]] = [os.environ, dotenv_values(".env")]
    return {name for source in sources for name in source if name.upper().startswith(PREFIX)}


def _sentence(error: ValidationError) -> str:
    parts = []
    for problem in error.errors(include_input=False):
        name = PREFIX + "_".join(str(part) for part in problem["loc"]).upper()
        text = problem["msg"].removeprefix("Value error, ")
        parts.append(text if not problem["loc"] else f"{name}: {text}")
    return "; ".join(parts) + "."


def setting_of(preference: str) -> str:
    """The setting that fixes a value of the settings page, where there is such a setting."""
    return FIXED_BY.get(preference, preference)


def prepare_data_dir(data_dir: Path) -> None:
    """Make the data folder with mode 0700; raises `SettingsError` when it cannot be written."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(data_dir, os.W_OK | os.X_OK):
            raise PermissionError(f"no right to write in {data_dir}")
        if data_dir.stat().st_uid == os.geteuid():
            data_dir.chmod(0o700)
    except OSError as error:
        raise SettingsError(f"ONTHEWAY_DATA_DIR: the folder cannot be used ({error}).") from None


def secret_key(settings: Settings) -> bytes:
    """The secret key: the setting, or one made once and kept in the data folder, mode 0600."""
    if settings.secret_key is not None:
        return settings.secret_key.encode()
    path = settings.data_dir / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
    return path.read_text().strip().encode()
