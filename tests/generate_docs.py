"""Builds the generated pages of docs/ from the code: `make docs`.

The prose stands in tests/pages/, with `{{marks}}` where tables and examples go.
"""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct, UnsetType
from pydantic.fields import FieldInfo

from app.config import PREFIX, Settings, setting_of
from app.domain.errors import CLOSE_MEANINGS, HTTP_STATUS
from app.domain.limits import Failures, Rate
from app.domain.notice import MOST_BROWSERS
from app.domain.order import DRIVER_MAY_SET, FINAL, Status
from app.domain.position import FLAG_WORDS, KEEPS_MARKER, flag_names
from app.domain.preferences import WORDS, Preferences
from app.domain.proof import Proof
from app.domain.talk import LONGEST_NOTE, LONGEST_TEXT
from app.protocol import driver, messages, viewer
from app.protocol.fields import RULES
from app.protocol.point import PointIn
from tests.docs_words import (
    CODES,
    DRIVER_SENDS,
    MEANINGS,
    PREFERENCES,
    SPECIAL,
    STATUSES,
    VIEWER_SENDS,
)
from tests.protocol.examples import EXAMPLES

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = ("protocol", "settings")
WIDTH: Final = 100

_PLAIN: Final[dict[Any, str]] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    NoneType: "null",
}


def main() -> None:
    """Write every page."""
    for name in PAGES:
        (ROOT / "docs" / f"{name}.md").write_text(page(name), encoding="utf-8")


def page(name: str) -> str:
    """The text of docs/NAME.md."""
    prose = (ROOT / "tests" / "pages" / f"{name}.md").read_text(encoding="utf-8")
    return re.sub(r"\{\{(.+?)\}\}", lambda mark: MARKS[mark[1]](), prose)


# --- building blocks ---------------------------------------------------------------------


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("-" * len(title) for title in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def code(text: str) -> str:
    """A block of JSON."""
    return f"```json\n{text}\n```"


def pretty(value: Any, indent: int = 0, taken: int = 0) -> str:
    """JSON for people: on one line where it fits after ``taken`` columns, else a line per part."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + taken + len(line) <= WIDTH or not isinstance(value, list | dict):
        return line
    inner = " " * (indent + 2)
    if isinstance(value, list):
        parts = [pretty(part, indent + 2) for part in value]
    else:
        parts = [
            f'"{name}": ' + pretty(part, indent + 2, len(name) + 4) for name, part in value.items()
        ]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{' ' * indent}{closing}"


def meaning(kind: type[Struct], field: str) -> str:
    """What a field says."""
    return SPECIAL.get((kind.__name__, field)) or MEANINGS[field]


def plain_type(hint: Any) -> str:
    """A type in plain words."""
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not UnsetType]
        return " or ".join(plain_type(part) for part in parts)
    if get_origin(hint) is list:
        return f"list of {plain_type(get_args(hint)[0])}"
    if hint in _PLAIN:
        return _PLAIN[hint]
    return f"[{hint.__name__}](#{hint.__name__.lower()})"


# --- what is sent to the server ----------------------------------------------------------


def rule(field: str) -> str:
    """What a value must be, from the sentence of its refusal."""
    return RULES[field][1].removeprefix(f"{field} must be ")


def incoming(kind: type[Struct]) -> str:
    """The fields of a message that the server reads."""
    rows = (
        (
            f"`{field.encode_name}`",
            "yes" if field.required else "no",
            meaning(kind, field.encode_name),
            rule(field.encode_name),
        )
        for field in msgspec.structs.fields(kind)
    )
    return table(("field", "needed", "meaning", "must be"), rows)


def sent(kind: type[Struct]) -> str:
    """A driver's message: examples and fields."""
    blocks = [code(text) for text in DRIVER_SENDS[kind.__name__]]
    return "\n\n".join([*blocks, incoming(kind)])


def viewer_messages() -> str:
    """All that a viewer sends."""
    parts = []
    for kind in get_args(viewer.ViewerMessage):
        tag = kind.__struct_config__.tag
        parts += [f"#### `{tag}` from a viewer", kind.__doc__, code(VIEWER_SENDS[kind.__name__])]
        if msgspec.structs.fields(kind):
            parts.append(incoming(kind))
    return "\n\n".join(parts)


# --- what the server sends ---------------------------------------------------------------


def outgoing(kind: type[Struct]) -> str:
    """The fields of something that the server sends."""
    hints = get_type_hints(kind)
    rows = []
    for field in msgspec.structs.fields(kind):
        words = plain_type(hints[field.name])
        if kind.__struct_config__.omit_defaults and not field.required:
            words = words.removesuffix(" or null") + ", or missing"
        rows.append((f"`{field.encode_name}`", words, meaning(kind, field.encode_name)))
    return table(("field", "type", "meaning"), rows)


def sent_messages(receiver: str) -> str:
    """All messages of one direction with an example; their fields where they come first."""
    parts = []
    for kind in get_args(RECEIVERS[receiver]):
        tag = kind.__struct_config__.tag
        name = OTHER_EXAMPLES.get((receiver, tag), tag)
        parts += [f"#### `{tag}` to {receiver}", kind.__doc__]
        parts.append(code(pretty(msgspec.to_builtins(EXAMPLES[name]))))
        first = next(each for each, union in RECEIVERS.items() if kind in get_args(union))
        if first != receiver:
            parts.append(f"As [to {first}](#{tag}-to-{first.replace(' ', '-')}).")
        elif msgspec.structs.fields(kind):
            parts.append(outgoing(kind))
    return "\n\n".join(parts)


RECEIVERS: Final[dict[str, Any]] = {
    "a driver": messages.ToDriver,
    "a viewer": messages.ToViewer,
    "the staff": messages.ToStaff,
}
OTHER_EXAMPLES: Final = {
    ("a viewer", "error"): "error_of_an_order",
    ("the staff", "error"): "error_of_a_field",
}


def parts_of_messages() -> str:
    """The structs inside messages."""
    blocks = []
    for kind in PARTS:
        blocks += [f"#### {kind.__name__}", kind.__doc__ or "", outgoing(kind)]
    return "\n\n".join(blocks)


PARTS: Final[tuple[type[Struct], ...]] = (
    messages.OrderBrief,
    messages.WordToDriver,
    messages.Destination,
    messages.TimeWindow,
    messages.Position,
    messages.DriverBrief,
    messages.Step,
    messages.FleetDriver,
    messages.FleetMove,
    messages.FleetOrder,
)


# --- lists -------------------------------------------------------------------------------


def closes() -> str:
    """Every close code."""
    rows = (
        (
            str(close.value),
            meant.reason,
            "yes" if meant.reconnect else "no",
            meant.sentence,
        )
        for close, meant in CLOSE_MEANINGS.items()
    )
    return table(("code", "reason", "reconnect", "meaning"), rows)


def errors() -> str:
    """Every error code."""
    rows = ((f"`{name}`", str(status), CODES[name]) for name, status in HTTP_STATUS.items())
    return table(("code", "HTTP status", "meaning"), rows)


def flags() -> str:
    """Every flag of a position."""
    rows = (
        (f"`{flag_names(flag)[0]}`", "no" if flag & KEEPS_MARKER else "yes", words)
        for flag, words in FLAG_WORDS.items()
    )
    return table(("flag", "may move the live marker", "meaning"), rows)


def statuses() -> str:
    """Every status of an order."""
    rows = (
        (
            f"`{status}`",
            STATUSES[status],
            "yes" if status in DRIVER_MAY_SET else "no",
            "yes" if status in FINAL else "no",
        )
        for status in Status
    )
    return table(("status", "meaning", "a driver may set it", "final"), rows)


def driver_statuses() -> str:
    """What a driver may set, in words."""
    names = [f"`{status}`" for status in Status if status in DRIVER_MAY_SET]
    return ", ".join(names[:-1]) + " and " + names[-1]


# --- settings ----------------------------------------------------------------------------


def settings() -> str:
    """Every setting."""
    rows = (
        (f"`{PREFIX}{name.upper()}`", default(field), field.description or "")
        for name, field in Settings.model_fields.items()
    )
    return table(("name", "default", "meaning"), rows)


def preferences() -> str:
    """Every value of the settings page."""
    rows = (
        (
            WORDS[name].capitalize(),
            preference_default(name),
            PREFERENCES[name],
            f"`{PREFIX}{setting_of(name).upper()}`"
            if setting_of(name) in Settings.model_fields
            else "none",
        )
        for name in PREFERENCES
    )
    return table(("setting", "default", "meaning", "variable"), rows)


def preference_default(name: str) -> str:
    """The default of such a value: the variable's where there is one."""
    field = Settings.model_fields.get(name)
    if field is not None:
        return default(field)
    value = getattr(Preferences(), name)
    return "none" if value is None else f"`{value}`"


def default(field: FieldInfo) -> str:
    """The default of a setting, as one would write it."""
    value = field.default
    if field.default_factory is not None:
        return "the machine's"
    if value is None or value == frozenset():
        return "none"
    if isinstance(value, Rate):
        return f"`{value.per_second:g}/{value.burst:g}`"
    if isinstance(value, Failures):
        return f"`{value.count}/{value.within / 60:g}m`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def frame_bytes(door: Literal["frame", "viewer_frame", "upload"]) -> str:
    """The default limit of a message."""
    return f"{Settings.model_fields[f'limit_{door}_bytes'].default:,}"


MARKS: Final[dict[str, Callable[[], str]]] = {
    "json first_position": lambda: code(
        '{"id": "p-1", "orderId": "A1", "lat": 48.137, "lng": 11.575}'
    ),
    "json first_ack": lambda: code(pretty(msgspec.to_builtins(messages.Ack(ids=["p-1"], count=1)))),
    "json driver_ping": lambda: code('{"type": "ping"}'),
    "max batch": lambda: str(driver.MAX_BATCH),
    "frame bytes": lambda: frame_bytes("frame"),
    "viewer frame bytes": lambda: frame_bytes("viewer_frame"),
    "upload bytes": lambda: frame_bytes("upload"),
    "proof kinds": lambda: ", ".join(f"`{kind}`" for kind in Proof),
    "note length": lambda: f"{LONGEST_NOTE:,}",
    "text length": lambda: f"{LONGEST_TEXT:,}",
    "browsers": lambda: str(MOST_BROWSERS),
    "driver statuses": driver_statuses,
    "sent PointIn": lambda: sent(PointIn),
    "sent BatchIn": lambda: sent(driver.BatchIn),
    "sent StatusIn": lambda: sent(driver.StatusIn),
    "sent DutyIn": lambda: sent(driver.DutyIn),
    "sent AuthIn": lambda: sent(driver.AuthIn),
    "viewer messages": viewer_messages,
    "messages ToDriver": lambda: sent_messages("a driver"),
    "messages ToViewer": lambda: sent_messages("a viewer"),
    "messages ToStaff": lambda: sent_messages("the staff"),
    "parts": parts_of_messages,
    "closes": closes,
    "errors": errors,
    "flags": flags,
    "statuses": statuses,
    "settings": settings,
    "preferences": preferences,
}
"""Mark in the prose -> what stands there."""


if __name__ == "__main__":
    main()
