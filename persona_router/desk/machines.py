"""What machines ask the desk for: its metrics, and whether it lives and can serve."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from persona_router.desk.assignment import Floor
from persona_router.desk.floor import FloorReader
from persona_router.desk.gate import HEALTH, LIVE, METRICS, READY
from persona_router.handoff.outbox import Outbox
from persona_router.handoff.queue import Handoff, HandoffQueue, Kind, QueueUnavailable
from persona_router.handoff.sqlite import SqliteHandoffQueue
from persona_router.metrics import metrics_answer
from persona_router.readiness import Readiness, database_works


class DeskCollector(Collector):
    """Reads the desk when Prometheus asks; that costs what the queue's page costs.

    `outbox` is the file of handoffs on their way to another desk, which may be missing.
    """

    def __init__(self, *, floor: FloorReader, outbox: Path) -> None:
        self._floor = floor
        self._outbox = outbox

    def describe(self) -> tuple[()]:
        """Return nothing, so that the desk is not read before it is asked for."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the desk as it is now; only `desk_readable` while its files cannot be read."""
        readable = GaugeMetricFamily(
            "persona_router_desk_readable", "Whether the desk's files could be read, 0 or 1."
        )
        try:
            floor = self._floor.read()
            outbox = Outbox(self._outbox).waiting() if self._outbox.exists() else {}
        except QueueUnavailable:
            readable.add_metric([], 0)
            yield readable
            return
        readable.add_metric([], 1)
        yield readable
        yield from _queue(floor)
        yield GaugeMetricFamily(
            "persona_router_agents_online",
            "Agents who are there and take conversations.",
            value=sum(one.may("agent") and floor.is_online(one) for one in floor.people),
        )
        entries = GaugeMetricFamily(
            "persona_router_outbox_entries",
            "Entries that wait to be carried to or from another desk.",
            labels=["kind"],
        )
        for kind, (number, _) in outbox.items():
            entries.add_metric([kind], number)
        yield entries
        oldest = min((since for _, since in outbox.values()), default=floor.now)
        yield GaugeMetricFamily(
            "persona_router_outbox_oldest_seconds",
            "Age of the oldest entry of the outbox.",
            value=max(0.0, floor.now - oldest),
        )


def _queue(floor: Floor) -> Iterator[GaugeMetricFamily]:
    waiting = GaugeMetricFamily(
        "persona_router_handoffs_waiting",
        "Handoffs that nobody has taken over yet.",
        labels=["kind"],
    )
    oldest = GaugeMetricFamily(
        "persona_router_handoffs_oldest_wait_seconds",
        "Time that the first one has waited of those that somebody could take now.",
        labels=["kind"],
    )
    for kind in get_args(Kind):
        found = [one for one in floor.waiting if one.request.kind == kind]
        waiting.add_metric([kind], len(found))
        waits = [
            floor.now - _since(floor, one)
            for one in found
            if not floor.is_snoozed(one) and not floor.is_for_later(one)
        ]
        oldest.add_metric([kind], max(0.0, max(waits, default=0.0)))
    yield waiting
    yield oldest


def _since(floor: Floor, handoff: Handoff) -> float:
    booked = floor.calls.get(handoff.id)
    return booked.start if booked else handoff.request.requested_at


def desk_readiness(
    *, queue: HandoffQueue, database: Path, policy: Path, ticks: Callable[[], float]
) -> Readiness:
    """Return the checks of the desk: its queue, its own file, and the policy that its pages read.

    `ticks` gives seconds that never run backwards.
    """

    def queue_works() -> bool:
        if isinstance(queue, SqliteHandoffQueue):
            return database_works(queue.path, "handoff")
        queue.counts()
        return True

    return Readiness(
        {
            "queue": queue_works,
            "desk": lambda: database_works(database, "session"),
            "content": lambda: bool(policy.read_bytes()),
        },
        ticks=ticks,
    )


class Machines:
    """The pages that need no session; the metrics need a token instead."""

    def __init__(self, *, collector: DeskCollector, readiness: Readiness) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(collector)
        self._readiness = readiness

    def routes(self) -> list[BaseRoute]:
        """Return the routes; `/health` is what `make run` asks."""
        return [
            Route(HEALTH, self.live, methods=["GET"]),
            Route(LIVE, self.live, methods=["GET"]),
            Route(READY, self.ready, methods=["GET"]),
            Route(METRICS, self.metrics, methods=["GET"]),
        ]

    async def live(self, request: Request) -> Response:
        """Tell that the desk answers at all."""
        return JSONResponse({"ok": True})

    async def ready(self, request: Request) -> Response:
        """Tell which checks pass."""
        status, checks = await run_in_threadpool(self._readiness.answer)
        return JSONResponse(checks, status)

    async def metrics(self, request: Request) -> Response:
        """Return the metrics for whoever bears the token."""
        asked = request.headers.get("authorization")
        answer = await run_in_threadpool(metrics_answer, self._registry, asked)
        return Response(answer.body, answer.status, dict(answer.headers))
