"""What `/metrics` says, made of what the services know when it is asked."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app import __version__
from app.domain.order import OPEN
from app.tracking.services import Services

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Counts(Collector):
    """The numbers of one process; names nobody and nothing."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.store_healthy = True
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Nothing before it is asked for."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The metrics now."""
        yield _one("ontheway_store_healthy", "1: writes are kept.", float(self.store_healthy))
        version = GaugeMetricFamily("ontheway_info", "The version.", labels=["version"])
        version.add_metric([__version__], 1)
        yield version
        yield from self._happened()
        yield from self._now()

    def _happened(self) -> Iterator[Metric]:
        """What only grows."""
        services = self._services
        positions = CounterMetricFamily(
            "ontheway_positions", "Positions stored, and sent again.", labels=["outcome"]
        )
        positions.add_metric(["stored"], services.intake.taken)
        positions.add_metric(["repeated"], services.intake.repeated)
        yield positions
        rejected = services.driver_door.rejected
        yield CounterMetricFamily(
            "ontheway_driver_messages_rejected", "Messages of drivers refused.", value=rejected
        )
        yield CounterMetricFamily(
            "ontheway_status_changes", "Changes of status stored.", value=services.orders.changes
        )

    def _now(self) -> Iterator[Metric]:
        """What goes up and down."""
        services = self._services
        kinds = Counter(connection.kind for connection in services.monitor.connections())
        yield _by("ontheway_connections", "Open sockets.", "kind", kinds)
        yield _one("ontheway_viewers", "Orders followed, by all sockets.", services.hub.viewers())
        yield _one("ontheway_drivers", "Drivers.", len(services.board.drivers))
        online = services.hub.drivers_online()
        yield _one("ontheway_drivers_online", "Drivers with an open socket.", online)
        statuses = Counter({status.value: 0 for status in OPEN})
        for live in services.board.orders.values():
            if live.order.status in OPEN:
                statuses[live.order.status.value] += 1
        yield _by("ontheway_orders_open", "Orders that are not final.", "status", statuses)


def _one(name: str, sentence: str, value: float) -> Metric:
    return GaugeMetricFamily(name, sentence, value=value)


def _by(name: str, sentence: str, label: str, values: Counter[str]) -> Metric:
    family = GaugeMetricFamily(name, sentence, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
