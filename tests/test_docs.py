"""The generated pages are those of this code, and their examples are true."""

import json
import re
from typing import Any, get_args

import msgspec
import pytest

from app.config import PREFIX, Settings
from app.domain.errors import HTTP_STATUS
from app.domain.order import Status
from app.domain.preferences import RULES
from app.protocol import driver, messages, viewer
from app.protocol.point import PointIn
from app.web.rules import RULES as HTTP_RULES
from tests.docs_words import CODES, MEANINGS, PREFERENCES, SPECIAL, STATUSES
from tests.generate_docs import PAGES, PARTS, ROOT, page
from tests.protocol.examples import EXAMPLES

SENT = msgspec.json.Decoder(messages.ToDriver | messages.ToViewer | messages.ToStaff)
PROTOCOL = page("protocol")


def examples(heading: str) -> list[str]:
    """The JSON blocks below one heading of the protocol page, down to the next as high."""
    level = heading.split()[0]
    found = re.search(
        rf"^{re.escape(heading)}$(.*?)(?=^#{{2,{len(level)}}} |\Z)", PROTOCOL, re.M | re.S
    )
    assert found is not None
    return re.findall(r"^```json\n(.*?)\n```$", found[1], re.M | re.S)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_the_one_that_the_code_makes(name: str) -> None:
    written = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert written == page(name), "Please run `make docs`."


def test_every_example_of_a_driver_is_taken_as_it_stands() -> None:
    kinds = set()
    for text in [*examples("### What a driver sends"), examples("## In short")[0]]:
        message = driver.decode(text.encode())
        if isinstance(message, driver.Locations):
            assert not message.refusals
        kinds.add(type(message))
    assert kinds == set(get_args(driver.DriverMessage))


def test_every_example_of_a_viewer_is_taken_as_it_stands() -> None:
    found = [viewer.decode(text.encode()) for text in examples("### What a viewer sends")]
    assert [type(message) for message in found] == list(get_args(viewer.ViewerMessage))


@pytest.mark.parametrize(
    ("heading", "union"),
    [
        ("### What the server sends to a driver", messages.ToDriver),
        ("### What the server sends to a viewer", messages.ToViewer),
        ("## Staff socket", messages.ToStaff),
    ],
)
def test_every_message_of_the_server_has_an_example_that_it_would_send(
    heading: str, union: Any
) -> None:
    texts = examples(heading)
    found = [SENT.decode(text) for text in texts]
    assert [type(message) for message in found] == list(get_args(union))
    for text, message in zip(texts, found, strict=True):
        assert json.loads(messages.encode(message)) == json.loads(text)


def test_first_answer_of_the_page_is_the_ack_of_its_first_message() -> None:
    position, ack = examples("## In short")
    found = driver.decode(position.encode())
    assert isinstance(found, driver.Locations)
    assert SENT.decode(ack) == messages.Ack(ids=[str(found.points[0].id)], count=1)


def test_no_code_block_of_the_page_goes_unchecked() -> None:
    headings = [
        "## In short",
        "### What a driver sends",
        "### What the server sends to a driver",
        "### What a viewer sends",
        "### What the server sends to a viewer",
        "## Staff socket",
    ]
    assert sum(len(examples(heading)) for heading in headings) == PROTOCOL.count("```") / 2


def test_every_link_within_the_page_has_its_heading() -> None:
    titles = re.findall(r"^#+ (.+)$", PROTOCOL, re.M)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    links = re.findall(r"\]\(#(.+?)\)", PROTOCOL)
    assert links
    assert set(links) <= anchors


def test_every_address_of_customers_and_drivers_is_on_the_page() -> None:
    names = {"order_id": "orderId", "proof_id": "proofId"}
    paths = [
        (method, re.sub(r"\{(\w+)\}", lambda name: f"{{{names.get(name[1], name[1])}}}", path))
        for method, path in HTTP_RULES
        if path.startswith(("/track/", "/drive/"))
    ]
    assert len(paths) == 9
    for method, path in paths:
        assert f"`{method} {path}`" in PROTOCOL, path


def test_words_are_kept_for_nothing_that_is_gone() -> None:
    assert set(CODES) == set(HTTP_STATUS)
    assert set(STATUSES) == set(Status)
    structs = [*PARTS, *get_args(viewer.ViewerMessage), *(type(each) for each in EXAMPLES.values())]
    driver_structs = [PointIn, driver.BatchIn, driver.StatusIn, driver.DutyIn, driver.AuthIn]
    fields = {
        (kind.__name__, field.encode_name)
        for kind in [*structs, *driver_structs]
        for field in msgspec.structs.fields(kind)
    }
    assert set(SPECIAL) <= fields
    assert set(MEANINGS) == {name for _, name in fields}


def test_every_setting_is_explained_on_the_settings_page() -> None:
    text = page("settings")
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"| `{PREFIX}{name.upper()}` |" in text


def test_the_settings_page_of_the_dashboard_is_explained_whole() -> None:
    assert set(PREFERENCES) == set(RULES)
