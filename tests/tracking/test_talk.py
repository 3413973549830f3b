"""What is written about an order is told at once to those whom it concerns, and to nobody else."""

from app.domain.access import Actor, Kind, Role
from app.domain.order import Status
from app.domain.proof import Proof
from app.tracking.follow import Grant
from app.tracking.orders import MadeOrder
from app.tracking.records import OrderDetails
from app.tracking.viewer_session import Handshake
from tests.storage.town import refused
from tests.tracking.conftest import ADMIN, Desk, Recorder

VIEWER = Actor(Kind.USER, "eva", Role.VIEWER)


async def town(desk: Desk) -> tuple[MadeOrder, Recorder, Recorder, Recorder, Grant]:
    """An order with its driver connected, its customer and somebody of the staff looking on."""
    driver_id, token = await desk.driver()
    made = await desk.services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    _, driver = desk.driver_socket(token)
    _, customer = desk.viewer_socket(Handshake(name=made.token))
    _, staff = desk.viewer_socket(Handshake(name="A1", staff=VIEWER))
    await driver.next("welcome")
    await customer.next("snapshot")
    await staff.next("snapshot")
    grant = await desk.services.customer.admit(made.token, None)
    return made, driver, customer, staff, grant


async def test_a_note_reaches_driver_staff_and_the_customer_s_other_tabs(desk: Desk) -> None:
    _, driver, customer, staff, grant = await town(desk)
    await desk.services.customer.set_note(grant, " Gate 1907 ")
    order = (await driver.next("order_assigned"))["order"]
    assert (order["orderId"], order["customerNote"], order["words"]) == ("A1", "Gate 1907", [])
    for socket in (customer, staff):
        told = await socket.next("message")
        assert (told["kind"], told["id"], told["text"]) == ("note", None, "Gate 1907")
    await desk.services.customer.set_note(grant, "")
    assert (await driver.next("order_assigned", 2))["order"]["customerNote"] is None
    assert (await customer.next("message", 2))["text"] == ""


async def test_question_and_answer_are_between_customer_and_staff(desk: Desk) -> None:
    _, driver, customer, staff, grant = await town(desk)
    asked = await desk.services.customer.ask(grant, "When?")
    live = await desk.services.board.order("A1")
    assert live.order.asked_at == asked.at
    told = live.told
    await desk.services.talk.answer("A1", "Soon.", ADMIN)
    assert live.order.asked_at is None
    assert live.told > told
    for socket in (customer, staff):
        kinds = [(each["kind"], each["text"]) for each in socket.of("message")]
        assert kinds == [("question", "When?"), ("answer", "Soon.")]
    assert driver.of("order_assigned") == []


async def test_a_word_is_for_the_driver_and_no_customer_sees_it(desk: Desk) -> None:
    _, driver, customer, staff, grant = await town(desk)
    word = await desk.services.talk.tell_driver("A1", "Ring twice", ADMIN)
    assert (await staff.next("message"))["kind"] == "word"
    told = (await driver.next("order_assigned"))["order"]["words"]
    assert [(each["id"], each["text"]) for each in told] == [(word.id, "Ring twice")]
    assert customer.of("message") == []
    await desk.services.customer.ask(grant, "When?")
    assert [each.text for each in (await desk.services.customer.beside(grant)).messages] == [
        "When?"
    ]
    with refused("forbidden"):
        await desk.services.talk.tell_driver("A1", "x", VIEWER)
    with refused("forbidden"):
        await desk.services.talk.answer("A1", "x", VIEWER)
    with refused("forbidden"):
        await desk.services.talk.settle("A1", VIEWER)


async def test_a_driver_who_comes_later_is_welcomed_with_note_and_words(desk: Desk) -> None:
    driver_id, token = await desk.driver()
    made = await desk.services.orders.create("A1", OrderDetails(), driver_id, ADMIN)
    grant = await desk.services.customer.admit(made.token, None)
    await desk.services.customer.set_note(grant, "Gate 1907")
    await desk.services.talk.tell_driver("A1", "Ring twice", ADMIN)
    _, driver = desk.driver_socket(token)
    (order,) = (await driver.next("welcome"))["orders"]
    assert order["customerNote"] == "Gate 1907"
    assert [word["text"] for word in order["words"]] == ["Ring twice"]


async def test_the_log_says_that_there_was_a_message_and_not_what_it_said(desk: Desk) -> None:
    *_, grant = await town(desk)
    await desk.services.customer.set_note(grant, "secret gate")
    await desk.services.customer.ask(grant, "secret question")
    await desk.services.talk.answer("A1", "secret answer", ADMIN)
    await desk.services.talk.settle("A1", ADMIN)
    entries, _ = await desk.services.store.activity.page(None, 50)
    mine = [entry for entry in entries if entry.kind.startswith("order.") and entry.subject == "A1"]
    kinds = [entry.kind for entry in mine]
    assert kinds[:4] == ["order.settled", "order.message", "order.message", "order.note"]
    assert mine[2].actor_kind == "customer"
    assert not any("secret" in str(entry.detail) for entry in entries)


async def test_finished_orders_stay_on_the_board_while_their_customer_waits(desk: Desk) -> None:
    *_, grant = await town(desk)
    board = desk.services.board
    await desk.services.orders.set_status("A1", Status.DELIVERED, None, ADMIN)
    await desk.services.customer.ask(grant, "It is broken")
    board.forget_finished(lambda _: False, desk.services.now())
    assert board.order_by_id("A1") is not None
    await desk.services.talk.settle("A1", ADMIN)
    board.forget_finished(lambda _: False, desk.services.now())
    assert board.order_by_id("A1") is None


async def test_proof_is_told_to_staff_and_to_the_customer_once_it_is_delivered(desk: Desk) -> None:
    made, _, customer, staff, _ = await town(desk)
    services = desk.services
    driver = services.board.driver_by_id(made.order.driver_id or "")
    assert driver is not None
    actor = Actor(Kind.DRIVER, driver.driver.id, num=driver.driver.num)
    code = services.proofs.code_of(made.order)
    early = await services.proofs.add("A1", Proof.CODE, actor, code=code)
    assert (await staff.next("proof"))["id"] == early.id
    assert customer.of("proof") == []
    await services.orders.set_status("A1", Status.DELIVERED, None, ADMIN)
    late = await services.proofs.add("A1", Proof.CODE, actor, code=code)
    assert (await customer.next("proof"))["id"] == late.id
    assert [each["id"] for each in staff.of("proof")] == [early.id, late.id]


async def test_code_and_token_of_an_order_are_its_own(desk: Desk) -> None:
    codes = set()
    for number in range(20):
        made = await desk.services.orders.create(f"C{number}", OrderDetails(), None, ADMIN)
        code = desk.services.proofs.code_of(made.order)
        assert len(code) == 4 and code.isdigit()
        assert code == desk.services.proofs.code_of(made.order)
        codes.add(code)
    assert len(codes) > 15
