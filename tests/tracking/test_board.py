"""The board's own index of orders, and which orders stay on it."""

from app.domain.order import OPEN, Status
from app.domain.times import DAY
from app.tracking.board import Board
from app.tracking.records import OrderDetails
from tests.tracking.conftest import ADMIN, Desk


async def test_a_driver_has_exactly_his_open_orders_oldest_first(desk: Desk) -> None:
    services = desk.services
    board = services.board
    (ana, _), (ben, _) = await desk.driver("Ana"), await desk.driver("Ben")

    def check(*expected: list[str]) -> None:
        for driver_id, ids in zip((ana, ben), expected, strict=True):
            live = board.driver_by_id(driver_id)
            assert live is not None
            mine = board.orders_of(live.driver.num)
            assert [each.order.id for each in mine] == ids
            assert mine == [
                each
                for each in board.orders.values()
                if each.order.driver_num == live.driver.num and each.order.status in OPEN
            ]

    for order_id in ("A", "B", "C"):
        await services.orders.create(order_id, OrderDetails(), ana, ADMIN)
    check(["A", "B", "C"], [])
    await services.orders.assign("B", ben, ADMIN)
    await services.orders.assign("C", None, ADMIN)
    check(["A"], ["B"])
    await services.orders.set_status("A", Status.DELIVERED, None, ADMIN)
    check([], ["B"])
    await services.orders.set_status("A", Status.IN_TRANSIT, None, ADMIN, force=True)
    await services.orders.assign("A", ben, ADMIN)
    check([], ["A", "B"])
    board.forget_finished(lambda _: False, services.now())
    check([], ["A", "B"])


async def test_a_removed_driver_is_found_no_more(desk: Desk) -> None:
    driver_id, _ = await desk.driver()
    assert desk.services.board.driver_by_id(driver_id) is not None
    await desk.services.fleet.remove(driver_id, ADMIN)
    assert desk.services.board.driver_by_id(driver_id) is None


async def test_a_failed_order_waits_on_the_board_with_its_reason_also_over_a_restart(
    desk: Desk,
) -> None:
    orders, board = desk.services.orders, desk.services.board
    again = Board(desk.services.store)
    ended = {"A": Status.FAILED, "B": Status.FAILED, "C": Status.DELIVERED}
    for order_id, status in ended.items():
        await orders.create(order_id, OrderDetails(), None, ADMIN)
        await orders.set_status(order_id, status, "nobody at home", ADMIN)
    await orders.set_status("B", Status.RETURNED, "on its way back", ADMIN, force=True)
    now = desk.services.now()
    await again.load(now)
    board.forget_finished(lambda _: False, now)
    for one in (board, again):
        (failed,) = one.orders.values()
        assert (failed.order.id, failed.reason) == ("A", "nobody at home")
    tomorrow = Board(desk.services.store)
    await tomorrow.load(now + DAY)
    board.forget_finished(lambda _: False, now + DAY)
    assert not tomorrow.orders
    assert not board.orders
