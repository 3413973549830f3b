"""Watching one driver: bounded, for as long as somebody looks, with all his sockets."""

import json

import pytest

from app.domain.access import Actor, Kind, Role
from app.domain.errors import OnthewayError
from app.tracking.raw_views import GONE, LINES, Came, RawViews, Way
from tests.tracking.conftest import ADMIN, Desk, Recorder


def texts(lines: list) -> list[str]:  # type: ignore[type-arg]
    return [line.text for line in lines]


def test_a_view_holds_the_last_lines_and_tells_those_after_a_number() -> None:
    socket = Recorder()
    view = RawViews(lambda: 7).watch(1, [socket])
    assert socket.hear is not None
    for number in range(LINES + 5):
        socket.hear(Way.IN, number, str(number))
    held = view.after(0)
    assert (len(held), held[0].text, held[-1].text) == (LINES, "5", str(LINES + 4))
    assert texts(view.after(LINES + 3)) == [str(LINES + 3), str(LINES + 4)]
    assert (view.count, held[-1].num, held[-1].at) == (LINES + 5, LINES + 5, 7)


def test_two_look_at_once_and_the_last_to_go_frees_the_socket() -> None:
    views, socket = RawViews(lambda: 0), Recorder()
    first, second = views.watch(1, [socket]), views.watch(1, [socket])
    assert socket.hear is not None
    socket.hear(Way.OUT, 1, "x")
    assert texts(first.after(0)) == texts(second.after(0)) == ["x"]
    first.stop()
    first.stop()
    socket.hear(Way.OUT, 1, "y")
    assert (texts(first.after(0)), texts(second.after(0))) == ([], ["x", "y"])
    second.stop()
    assert socket.hear is None


def test_sockets_of_others_and_of_nobody_watched_are_left_alone() -> None:
    views, his, other, late = RawViews(lambda: 0), Recorder(), Recorder(), Recorder()
    views.opened(1, Came(other, 0, "before"))
    assert other.hear is None
    view = views.watch(2, [])
    views.opened(1, Came(other, 0, "another's"))
    views.opened(2, Came(his, 0, "Connected"))
    assert (other.hear is None, his.hear is None) == (True, False)
    views.closed(2, his, "Closed with code 1001")
    assert texts(view.after(0)) == ["Connected", "Closed with code 1001"]
    assert {line.way for line in view.after(0)} == {Way.NOTE}
    view.stop()
    views.opened(2, Came(late, 0, "after"))
    assert late.hear is None


def test_what_came_before_a_driver_was_known_is_told_first_with_its_times() -> None:
    clock = [10]
    views, socket, other = RawViews(lambda: clock[0]), Recorder(), Recorder()
    views.knocked(socket)
    assert socket.hear is None  # nobody looks at anybody
    view = views.watch(1, [], [socket])
    views.knocked(other)
    assert socket.hear is not None
    assert other.hear is not None
    socket.hear(Way.IN, 3, "bad")
    other.hear(Way.IN, 4, "another's")
    clock[0] = 20
    views.opened(2, Came(other, 9, "Connected"))
    assert other.hear is None
    views.opened(1, Came(socket, 8, "Connected"))
    socket.hear(Way.OUT, 2, "no")
    assert [(line.at, line.text) for line in view.after(0)] == [
        (8, "Connected"),
        (10, "bad"),
        (20, "no"),
    ]
    views.knocked(other)
    view.stop()
    assert (socket.hear, other.hear) == (None, None)


def test_one_who_is_gone_before_he_is_known_is_seen_and_few_of_them_are_kept() -> None:
    views, sockets = RawViews(lambda: 0), [Recorder() for _ in range(GONE + 1)]
    view = views.watch(1, [])
    for socket in sockets:
        views.knocked(socket)
        views.vanished(socket, "Closed with code 1000")
    first, last = sockets[0], sockets[-1]
    views.not_let_in(1, Came(last, 0, "Connected"), "Refused")
    assert texts(view.after(0)) == ["Connected", "Closed with code 1000", "Refused"]
    views.not_let_in(1, Came(first, 0, "Connected"))
    assert texts(view.after(3)) == ["Connected"]


async def test_a_driver_who_connects_while_he_is_watched_is_seen_from_his_welcome_on(
    desk: Desk,
) -> None:
    driver_id, token = await desk.driver()
    num = (await desk.services.store.drivers.get(driver_id)).num
    view = desk.services.monitor.watch(num, "Ana", ADMIN)
    session, phone = desk.driver_socket(token)
    await phone.next("welcome")
    assert phone.hear is not None
    assert texts(view.after(0)) == ["Connected from 127.0.0.1 with test"]
    session.receive(json.dumps({"type": "ping"}).encode())
    entries, _ = await desk.services.store.activity.page(None, 10)
    assert ("connection.watched", "Ana") in {(one.kind, one.subject) for one in entries}


async def test_only_who_may_see_sockets_may_watch(desk: Desk) -> None:
    viewer = Actor(Kind.USER, "vic", Role.VIEWER)
    with pytest.raises(OnthewayError) as refusal:
        desk.services.monitor.watch(1, "Ana", viewer)
    assert refusal.value.code == "forbidden"
