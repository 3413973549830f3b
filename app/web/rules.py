"""Who may call what: one table for every route of ours; a route without a line here cannot start.

The pages below `/admin` and `/track` belong to the interface, which asks for itself.
"""

from typing import Final

from app.domain.access import Action

V1: Final = "/api/v1"
OPEN: Final = None
"""For everybody; the route itself says less to those who may not know more."""

RULES: Final[dict[tuple[str, str], Action | None]] = {
    ("GET", "/api/openapi.json"): Action.READ,
    ("GET", f"{V1}/drivers"): Action.READ,
    ("POST", f"{V1}/drivers"): Action.DISPATCH,
    ("GET", f"{V1}/drivers/{{driver_id}}"): Action.READ,
    ("PATCH", f"{V1}/drivers/{{driver_id}}"): Action.DISPATCH,
    ("DELETE", f"{V1}/drivers/{{driver_id}}"): Action.DISPATCH,
    ("POST", f"{V1}/drivers/{{driver_id}}/token"): Action.DISPATCH,
    ("GET", f"{V1}/drivers/{{driver_id}}/positions"): Action.READ,
    ("GET", f"{V1}/orders"): Action.READ,
    ("POST", f"{V1}/orders"): Action.DISPATCH,
    ("GET", f"{V1}/orders/{{order_id}}"): Action.READ,
    ("PATCH", f"{V1}/orders/{{order_id}}"): Action.DISPATCH,
    ("POST", f"{V1}/orders/{{order_id}}/assign"): Action.DISPATCH,
    ("GET", f"{V1}/orders/{{order_id}}/events"): Action.READ,
    ("GET", f"{V1}/orders/{{order_id}}/links"): Action.READ,
    ("POST", f"{V1}/orders/{{order_id}}/links"): Action.DISPATCH,
    ("DELETE", f"{V1}/orders/{{order_id}}/links/{{link_id}}"): Action.DISPATCH,
    ("GET", f"{V1}/orders/{{order_id}}/messages"): Action.READ,
    ("POST", f"{V1}/orders/{{order_id}}/messages"): Action.DISPATCH,
    ("GET", f"{V1}/orders/{{order_id}}/proof"): Action.READ,
    ("GET", f"{V1}/orders/{{order_id}}/proof/{{proof_id}}"): Action.READ,
    ("GET", f"{V1}/orders/{{order_id}}/positions"): Action.READ,
    ("GET", f"{V1}/orders/{{order_id}}/way"): Action.READ,
    ("GET", f"{V1}/drivers/{{driver_id}}/way"): Action.READ,
    ("GET", f"{V1}/replay/subjects"): Action.READ,
    ("GET", f"{V1}/replay/orders/{{order_id}}"): Action.READ,
    ("GET", f"{V1}/replay/drivers/{{driver_id}}"): Action.READ,
    ("GET", f"{V1}/replay/fleet"): Action.READ,
    ("GET", f"{V1}/connections"): Action.CONNECTIONS,
    ("DELETE", f"{V1}/connections/{{connection_id}}"): Action.CONNECTIONS,
    ("GET", f"{V1}/activity"): Action.ACTIVITY,
    ("POST", "/admin/update"): Action.DISPATCH,
    ("GET", "/admin/orders.csv"): Action.READ,
    ("POST", "/login"): OPEN,
    ("POST", "/logout"): OPEN,
    ("GET", "/ingest/{token}"): OPEN,
    ("POST", "/ingest/{token}"): OPEN,
    ("GET", "/ingest/{token}/driver.properties"): OPEN,
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): OPEN,
    ("GET", "/drive"): OPEN,
    ("POST", "/drive/proof/{order_id}"): OPEN,
    ("GET", "/track/{token}/more"): OPEN,
    ("POST", "/track/{token}/note"): OPEN,
    ("POST", "/track/{token}/messages"): OPEN,
    ("POST", "/track/{token}/rating"): OPEN,
    ("POST", "/track/{token}/notices"): OPEN,
    ("GET", "/track/{token}/notices/{name}"): OPEN,
    ("DELETE", "/track/{token}/notices/{name}"): OPEN,
    ("GET", "/track/{token}/proof/{proof_id}"): OPEN,
    ("GET", "/drive-worker.js"): OPEN,
    ("GET", "/track-worker.js"): OPEN,
    ("GET", "/favicon.ico"): OPEN,
    ("GET", "/logo/{digest}"): OPEN,
}
"""(method, path) -> the right that it needs. HEAD goes with GET."""
