"""Every route and everybody: who gets in is what the table says, and nothing is forgotten."""

import re

import httpx
from fastapi.routing import iter_route_contexts

from app.domain.access import Action
from app.domain.limits import Rate
from app.tracking.throttle import Buckets
from app.web.app import ROUTERS
from app.web.rules import RULES
from tests.web.house import LOCAL, House

ALLOWED = {
    "viewer": {Action.READ},
    "dispatcher": {Action.READ, Action.DISPATCH, Action.CONNECTIONS},
    "admin": set(Action),
}
STRANGERS = ("nobody", "driver", "customer", "wrong key", "ended session")
GUARDED = [(method, path, action) for (method, path), action in RULES.items() if action]


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    routes = set()
    for router in ROUTERS:
        for route in iter_route_contexts(router.routes):
            assert route.path is not None
            routes |= {(method, route.path) for method in route.methods or ()}
    assert routes == set(RULES)


async def clients(house: House) -> dict[str, httpx.AsyncClient]:
    house.api.state.guesses = Buckets(Rate(0, 0), house.services.monotonic)
    admin = await house.client_for("admin")
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()
    order = (await admin.post("/api/v1/orders", json={})).json()

    def bearer(token: str) -> httpx.AsyncClient:
        return house.client(headers={"Authorization": f"Bearer {token}"})

    ended = await house.browser("viewer")
    cookie = dict(ended.cookies)
    await ended.post("/logout", headers={"Origin": "http://track.example.com"})
    return {
        "nobody": house.client(),
        "driver": bearer(driver["token"]),
        "customer": bearer(order["trackingToken"]),
        "wrong key": bearer("x" * 32),
        "ended session": house.client(cookies=cookie),
        "viewer": await house.client_for("viewer"),
        "dispatcher": await house.client_for("dispatcher"),
        "admin": admin,
    }


async def test_everybody_gets_where_the_table_says_and_nowhere_else(house: House) -> None:
    for who, client in (await clients(house)).items():
        for method, template, action in GUARDED:
            path = template.replace("{", "").replace("}", "")
            answer = await client.request(method, path)
            place = f"{who} {method} {template}: {answer.status_code} {answer.text}"
            if who in STRANGERS:
                assert answer.status_code == 401, place
            elif action in ALLOWED[who]:
                assert answer.status_code not in {401, 403}, place
                assert answer.status_code < 500, place
            else:
                assert answer.status_code == 403, place
                assert answer.json()["error"]["code"] == "forbidden", place


async def test_a_right_is_asked_for_before_the_request_is_looked_at(house: House) -> None:
    for body in (b"", b"{", b'{"orderId": 1}'):
        answer = await house.nobody.post("/admin/update", content=body)
        assert answer.status_code == 401


async def test_open_routes_are_open_but_tell_strangers_little(house: House) -> None:
    assert (await house.nobody.get("/healthz")).json() == {"status": "ok"}
    assert (await house.nobody.get("/readyz")).json() == {"status": "ready"}
    assert (await house.nobody.get("/metrics")).status_code == 401
    assert (await house.nobody.get("/drive")).status_code == 200


async def test_details_are_for_keys_and_for_this_machine(house: House) -> None:
    viewer = await house.client_for("viewer")
    here = house.client(address=LOCAL)
    through_a_proxy = house.client(address=LOCAL, headers={"X-Forwarded-For": "127.0.0.1"})
    for client in (viewer, here):
        assert (await client.get("/readyz")).json()["details"]["store"] == "ok"
        answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain")
        assert "ontheway_store_healthy 1.0" in answer.text
    assert "details" not in (await through_a_proxy.get("/readyz")).json()
    assert (await through_a_proxy.get("/metrics")).status_code == 401
    wrong = house.client(address=LOCAL, headers={"Authorization": "Bearer nonsense"})
    assert (await wrong.get("/metrics")).status_code == 401


async def test_the_description_names_every_call_of_the_api(house: House) -> None:
    viewer = await house.client_for("viewer")
    described = (await viewer.get("/api/openapi.json")).json()["paths"]
    for method, path, _ in GUARDED:
        if path != "/api/openapi.json":
            assert method.lower() in described[path], path
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await house.nobody.get(path)).status_code == 404


async def test_the_description_refers_to_nothing_that_it_does_not_describe(house: House) -> None:
    viewer = await house.client_for("viewer")
    answer = await viewer.get("/api/openapi.json")
    described = answer.json()["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', answer.text))
    assert {"ErrorAnswer", "ErrorPart", "OrderPage"} <= named
    assert named == set(described)
