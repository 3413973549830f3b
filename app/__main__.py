"""The command line: `ontheway …`, the same as `python -m app`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from app import config, folder, launch, logs
from app.domain.errors import OnthewayError
from app.storage.refused import StoreRefused

NOT_BUILT: Final = "{} is not built yet in this version."


class RoleName(StrEnum):
    """Roles as the command line takes them."""

    admin = "admin"
    dispatcher = "dispatcher"
    viewer = "viewer"


Role = Annotated[RoleName, typer.Option("--role", help="What they may do.")]
Name = Annotated[str, typer.Argument(help="The name.")]
Host = Annotated[str | None, typer.Option(help="The address to listen on.")]
Port = Annotated[int | None, typer.Option(help="The port to listen on; 0 takes a free one.")]
DataDir = Annotated[Path | None, typer.Option(help="The folder that everything is kept in.")]
SelfSigned = Annotated[
    bool, typer.Option("--tls-self-signed", help="Serve https with a certificate of its own.")
]

cli = typer.Typer(
    help="Live order tracking that a business hosts itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
users = typer.Typer(help="People who may sign in.", no_args_is_help=True)
keys = typer.Typer(help="Keys for programs.", no_args_is_help=True)
cli.add_typer(users, name="user")
cli.add_typer(keys, name="apikey")


def main() -> None:
    """The console script."""
    logs.configure()
    with _refusals():
        cli()


@cli.command()
def serve(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    tls_self_signed: SelfSigned = False,
) -> None:
    """Run the server."""
    settings = config.load(host=host, port=port, data_dir=data_dir)
    launch.serve(settings, say=typer.echo, hint=_hint, self_signed=tls_self_signed)


@cli.command("demo")
def run_demo(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    tls_self_signed: SelfSigned = False,
) -> None:
    """Run a throw-away server with a city where drivers really drive."""
    from app import demo  # noqa: PLC0415 (the simulator, a quarter of a second to import)

    demo.run(host=host, port=port, data_dir=data_dir, self_signed=tls_self_signed, say=typer.echo)


@users.command("add")
def user_add(name: Name, role: Role) -> None:
    """Add somebody; the password comes from standard input."""
    launch.command(
        config.load(), "user add", {"name": name, "role": role.value, "password": _password()}
    )
    _hint(f"{name} may sign in now, as {role.value}.")


@users.command("password")
def user_password(name: Name) -> None:
    """Set a new password, read from standard input; all his logins end."""
    launch.command(config.load(), "user password", {"name": name, "password": _password()})
    _hint(f"{name} has a new password.")


@users.command("remove")
def user_remove(name: Name) -> None:
    """Remove somebody; all his logins end."""
    launch.command(config.load(), "user remove", {"name": name})
    _hint(f"{name} was removed.")


@keys.command("add")
def apikey_add(name: Name, role: Role) -> None:
    """Make an API key and print it, alone; it is shown this once."""
    answer = launch.command(config.load(), "apikey add", {"name": name, "role": role.value})
    typer.echo(answer["key"])


@cli.command()
def replay(
    files: Annotated[list[Path], typer.Argument(help="GPX files.", exists=True, dir_okay=False)],
    order: Annotated[str, typer.Option(help="The order that the track belongs to.")],
    speed: Annotated[
        float, typer.Option(help="Times the recorded pace; 0: as fast as the server stores.")
    ] = 1.0,
    now: Annotated[bool, typer.Option("--now", help="Move the times: the track ends now.")] = False,
    url: Annotated[str | None, typer.Option(help="The server's address.")] = None,
    token: Annotated[
        str | None, typer.Option(help="A driver token; or ONTHEWAY_DRIVER_TOKEN.")
    ] = None,
) -> None:
    """Play recorded tracks through the real driver socket, until all is stored.

    The order is set on its way first, so that its customer sees the driver; it is not ended.
    """
    settings = config.load()
    token = token or settings.driver_token
    if token is None:
        lent = launch.ask_running(settings, "replay", {"order_id": order})
        token, url = lent["token"], url or lent["url"]
    from app import playback  # noqa: PLC0415 (the simulator again)

    url = url or launch.default_url(settings)
    try:
        refused = playback.play(files, order, url, token, speed, now)
    except playback.PlaybackFailed as error:
        _end(1, error)
    if refused:
        raise typer.Exit(1)


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the copy.")]) -> None:
    """Copy everything while the server runs (not built yet)."""
    _refuse(f"{NOT_BUILT.format('Backup')} Nothing was written to {file}.")


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The copy to go back to.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Go back to a copy (not built yet)."""
    asked = "Nothing was asked, and" if yes else "Nothing was changed;"
    _refuse(f"{NOT_BUILT.format('Restore')} {asked} {file} was not read.")


def _password() -> str:
    """From standard input, exactly as typed; asked for twice on a terminal."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().removesuffix("\n").removesuffix("\r")


def _hint(text: str) -> None:
    typer.echo(text, err=True)


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)


@contextmanager
def _refusals() -> Iterator[None]:
    """Errors that people can do something about, as one sentence."""
    try:
        yield
    except config.SettingsError as error:
        _end(2, error)
    except (folder.FolderInUse, launch.CannotStart, StoreRefused) as error:
        _end(1, error)
    except OnthewayError as error:
        _end(1, error.message)


def _end(status: int, error: Any) -> NoReturn:
    typer.echo(f"ontheway: {error}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
