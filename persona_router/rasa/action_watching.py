"""What the action server tells of itself: metrics, and ids in its log."""

import time
from typing import Any, Mapping, Optional

import pluggy
from prometheus_client import Counter, Histogram
from prometheus_client.registry import CollectorRegistry
from rasa_sdk.plugin import plugin_manager
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from persona_router.logs import about
from persona_router.metrics import OTHER, metrics_answer
from persona_router.rasa.watching import configure_log

hookimpl = pluggy.HookimplMarker("rasa_sdk")
_NAME = "persona_router"
_WEBHOOK = "/webhook"
_RESULTS = {200: "done", 400: "rejected", 404: "unknown"}
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class ActionWatching:
    """Sits beside Rasa's action server and counts what it runs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._actions = Counter(
            "persona_router_actions",
            "Custom actions that were run.",
            ("action", "result"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "persona_router_action_seconds",
            "How long a custom action took.",
            ("action",),
            buckets=_BUCKETS,
            registry=self.registry,
        )

    @hookimpl
    def attach_sanic_app_extensions(self, app: Sanic) -> None:
        """Add the metrics' address, and look at each call of an action."""
        configure_log()
        app.register_middleware(self._begin, "request")
        app.register_middleware(self._end, "response")
        app.add_route(self._metrics, "/metrics", methods=["GET"])

    async def _begin(self, request: Request) -> None:
        if request.path != _WEBHOOK:
            return
        request.ctx.began = time.perf_counter()
        call = _call(request)
        request.ctx.action = str(call.get("next_action"))
        tracker = call.get("tracker")
        if isinstance(tracker, Mapping):
            about(conversation=str(tracker.get("sender_id")), decision=_decision(tracker))

    async def _end(self, request: Request, response: HTTPResponse) -> None:
        began = getattr(request.ctx, "began", None)
        if began is not None:
            self.count(request.ctx.action, response.status, time.perf_counter() - began)

    def count(self, action: str, status: int, seconds: float) -> None:
        """Count a call that was answered with an HTTP status."""
        result = _RESULTS.get(status, "failed")
        # A name that no action has may be anything.
        label = OTHER if result == "unknown" else action
        self._actions.labels(label, result).inc()
        self._seconds.labels(label).observe(seconds)

    async def _metrics(self, request: Request) -> HTTPResponse:
        answer = metrics_answer(self.registry, request.headers.get("authorization"))
        return raw(answer.body, status=answer.status, headers=dict(answer.headers))


def watch_actions() -> None:
    """Let the action server of this process be watched from its start on."""
    manager = plugin_manager()
    if not manager.has_plugin(_NAME):
        manager.register(ActionWatching(), name=_NAME)


def _decision(tracker: Mapping[str, Any]) -> Optional[str]:
    message = tracker.get("latest_message")
    routing = message.get("routing") if isinstance(message, Mapping) else None
    return routing.get("id") if isinstance(routing, Mapping) else None


def _call(request: Request) -> Mapping[str, Any]:
    """Return the call; empty for one that is compressed or broken, which Rasa itself reads."""
    try:
        call: Optional[Any] = request.json
    except Exception:
        return {}
    return call if isinstance(call, Mapping) else {}
