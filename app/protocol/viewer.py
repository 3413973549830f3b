"""What a viewer may send, decoded and checked. Pure."""

from typing import Final

import msgspec
from msgspec import Struct

from app.domain.errors import OnthewayError
from app.protocol import fields
from app.protocol.fields import RULES, Epoch, Seq, Token


class _In(Struct, rename="camel", frozen=True, tag_field="type"):
    """Base of what viewers send."""


class Auth(_In, tag="auth", frozen=True):
    """Credentials as the first message, with an order and where to resume."""

    token: Token
    order_id: str | int | None = None
    epoch: Epoch | None = None
    seq: Seq | None = None


class Subscribe(_In, tag="subscribe", frozen=True):
    """Follow one more order; staff need no token."""

    order_id: str | int
    token: Token | None = None
    epoch: Epoch | None = None
    seq: Seq | None = None


class Unsubscribe(_In, tag="unsubscribe", frozen=True):
    """Stop following an order."""

    order_id: str | int


class Resume(_In, tag="resume", frozen=True):
    """Where this viewer was: answered by a snapshot with the statuses since."""

    order_id: str | int
    epoch: Epoch
    seq: Seq


class Ping(_In, tag="ping", frozen=True):
    """Asks for a pong."""


ViewerMessage = Auth | Subscribe | Unsubscribe | Resume | Ping

_decoder: Final[msgspec.json.Decoder[ViewerMessage]] = msgspec.json.Decoder(ViewerMessage)


def decode(text: bytes) -> ViewerMessage:
    """Read one text frame of a viewer; raises `OnthewayError` that names the field."""
    try:
        message = _decoder.decode(text)
    except msgspec.ValidationError as error:
        message = _without_place(text, _explain(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise OnthewayError("invalid_json", "This is not valid JSON.") from None
    if not isinstance(message, Ping) and message.order_id is not None:
        order_id_text(message.order_id)
    return message


def _without_place(text: bytes, refusal: OnthewayError) -> ViewerMessage:
    """Credentials beside an unusable place to resume from: the place is left out, so that the
    snapshot is the answer. Raises ``refusal`` for everything else."""
    if refusal.field not in {"epoch", "seq"}:
        raise refusal
    fields_by_name = msgspec.json.decode(text)
    if fields_by_name.get("type") not in {"auth", "subscribe"}:
        raise refusal
    kept = {name: value for name, value in fields_by_name.items() if name not in {"epoch", "seq"}}
    try:
        message: ViewerMessage = msgspec.convert(kept, ViewerMessage)
    except msgspec.ValidationError as error:
        raise _explain(error) from None
    return message


def order_id_text(value: str | int) -> str:
    """The order id as text; raises ``invalid_field``."""
    try:
        return fields.order_id_text(value)
    except fields.Invalid as error:
        raise _broken(error.field) from None


def _explain(error: msgspec.ValidationError) -> OnthewayError:
    blamed = fields.blame(error)
    if blamed is None:
        return OnthewayError("invalid_message", "A message must be a JSON object.")
    field, missing = blamed
    if missing:
        return OnthewayError(RULES[field][0], f"{field} is missing.", field=field)
    return _broken(field)


def _broken(field: str) -> OnthewayError:
    code, sentence = RULES[field]
    return OnthewayError(code, f"{sentence}.", field=field)
