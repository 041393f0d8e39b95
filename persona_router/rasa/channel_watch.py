"""What machines ask the website channel for: its metrics, and whether it can serve."""

import asyncio

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from persona_router.chat.history import ChatHistory
from persona_router.metrics import metrics_answer
from persona_router.rasa.watching import watched
from persona_router.readiness import Readiness

_KEEP_NOTHING = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def add_watch(blueprint: Blueprint, history: ChatHistory) -> None:
    """Add the routes below the blueprint's prefix."""
    readiness = Readiness({"routing_log": watched().log_works, "history": history.works})

    @blueprint.get("/metrics")
    async def metrics(request: Request) -> HTTPResponse:
        asked = request.headers.get("authorization")
        loop = asyncio.get_running_loop()
        # Writing out some hundred series takes as long as a good part of a turn.
        answer = await loop.run_in_executor(None, metrics_answer, watched().registry, asked)
        return response.raw(
            answer.body, status=answer.status, headers={**answer.headers, **_KEEP_NOTHING}
        )

    @blueprint.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        loop = asyncio.get_running_loop()
        # A locked file is waited for, and conversations must not wait with it.
        status, checks = await loop.run_in_executor(None, readiness.answer)
        return response.json(checks, status=status, headers=_KEEP_NOTHING)
