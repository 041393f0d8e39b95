"""What Prometheus is told: what is counted of decisions, and who may read it."""

import hmac
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from prometheus_client.registry import CollectorRegistry

from persona_router.log.events import Outcome

TOKEN_VARIABLE = "PERSONA_ROUTER_METRICS_TOKEN"
OTHER = "other"
"""Stands for every value that is not declared, so that no label grows without bound."""
NONE = "none"
UNDECIDED = "undecided"
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_LATENCY_BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The values that labels may have: what the routing policy and the cards name."""

    routes: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    personas: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request for the metrics gets: a status, a body and its headers."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class TurnMetrics:
    """What is counted of the turns of one process, and of the log that they are written into."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.declared = Declared()
        self._decisions = Counter(
            "persona_router_decisions",
            "Decisions written into the routing log.",
            ("route", "language", "persona", "failed"),
            registry=registry,
        )
        self._latency = Histogram(
            "persona_router_turn_latency_seconds",
            "Time from a customer's message to the end of the turn.",
            buckets=_LATENCY_BUCKETS,
            registry=registry,
        )
        self._handoffs = Counter(
            "persona_router_handoffs",
            "Decisions after which the conversation waited for a person.",
            registry=registry,
        )
        self._verdicts = Counter(
            "persona_router_verdicts",
            "Answers of customers whether an article helped.",
            ("verdict",),
            registry=registry,
        )
        self._errors = Counter(
            "persona_router_log_write_errors",
            "Failed attempts to write into the routing log.",
            ("entries",),
            registry=registry,
        )
        self.waiting = Gauge(
            "persona_router_log_entries_waiting",
            "Entries that wait to be written into the routing log.",
            registry=registry,
        )
        for entries in ("kept", "lost"):
            self._errors.labels(entries)
        for verdict in ("helped", "not_helped"):
            self._verdicts.labels(verdict)

    def count(self, found: Iterable[Mapping[str, Any] | Outcome]) -> None:
        """Count what is new in the log: rows of decisions, and what came of them."""
        for one in found:
            if isinstance(one, Outcome):
                self._count_outcome(one.values)
            else:
                self._count_decision(one)
                self._count_outcome(one)

    def count_error(self, *, lost: bool) -> None:
        """Count a failed attempt; the entries are tried again unless they are `lost`."""
        self._errors.labels("lost" if lost else "kept").inc()

    def _count_decision(self, row: Mapping[str, Any]) -> None:
        self._decisions.labels(
            _label(row.get("route"), self.declared.routes),
            _label(row.get("language"), self.declared.languages),
            _label(row.get("persona"), self.declared.personas, absent=UNDECIDED),
            "true" if row.get("failed") else "false",
        ).inc()

    def _count_outcome(self, values: Mapping[str, Any]) -> None:
        if values.get("latency_ms") is not None:
            self._latency.observe(values["latency_ms"] / 1000)
        if values.get("handed_over"):
            self._handoffs.inc()
        if values.get("helped") is not None:
            self._verdicts.labels("helped" if values["helped"] else "not_helped").inc()


def _label(value: object, declared: frozenset[str], *, absent: str = NONE) -> str:
    if value is None:
        return absent
    return value if isinstance(value, str) and value in declared else OTHER


def metrics_answer(registry: CollectorRegistry, authorization: str | None) -> Answer:
    """Return the metrics in Prometheus' text format, for whoever bears the token.

    Status 404 while no token is set in the environment, 401 for a request without the right one.
    """
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        return Answer(status=HTTPStatus.NOT_FOUND, body=b"There is nothing here.\n", headers=_PLAIN)
    scheme, _, given = (authorization or "").partition(" ")
    # Bytes, because the comparison refuses texts beyond ASCII.
    right = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
    if scheme.lower() != "bearer" or not right:
        return Answer(
            status=HTTPStatus.UNAUTHORIZED,
            body=f"Send the token of {TOKEN_VARIABLE} as a bearer token.\n".encode(),
            headers={**_PLAIN, "WWW-Authenticate": "Bearer"},
        )
    headers = {"Content-Type": CONTENT_TYPE_LATEST}
    return Answer(status=HTTPStatus.OK, body=generate_latest(registry), headers=headers)
