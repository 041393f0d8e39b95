"""The pages that read the routing log, put together: what happened, has changed, and could."""

import time
from collections.abc import Callable
from pathlib import Path

from starlette.routing import BaseRoute

from persona_router.content.personas import DEFAULT_PERSONAS
from persona_router.core.policy import Policy
from persona_router.desk.brand_measures import BrandMeasures
from persona_router.desk.brand_page import BrandPage
from persona_router.desk.compare_page import ComparePage
from persona_router.desk.drift_page import DriftPage
from persona_router.desk.figure_pages import FigurePages
from persona_router.desk.log_pages import LogPages
from persona_router.desk.question_pages import QuestionPages
from persona_router.desk.rendering import Renderer
from persona_router.desk.replay_page import ReplayPage
from persona_router.handoff.queue import HandoffQueue
from persona_router.log.arms import ArmsReader
from persona_router.log.figures import FiguresReader
from persona_router.log.places import LogPlace
from persona_router.log.questions import QuestionsReader
from persona_router.log.reader import LogReader
from persona_router.log.visits import VisitReader


def insight_routes(
    log: Path | LogPlace,
    *,
    queue: HandoffQueue,
    project: Path | None,
    policy: Policy,
    policy_file: Path,
    renderer: Renderer,
    clock: Callable[[], float] = time.time,
) -> list[BaseRoute]:
    """Return the routes of the pages that read the routing log at `log`.

    They must stand before the pages of personas, whose addresses take any name. `project` is the
    assistant's folder, `clock` gives Unix seconds.
    """
    own = project / "data" / "personas" if project else None
    cards = own if own and any(own.glob("*.yml")) else DEFAULT_PERSONAS
    reader = LogReader(log)
    figures = FiguresReader(log, unrecognised=policy.unrecognised)
    return [
        *LogPages(reader=reader, renderer=renderer, policy=policy_file, cards=cards).routes(),
        *FigurePages(
            reader=figures, queue=queue, policy=policy, renderer=renderer, clock=clock
        ).routes(),
        *QuestionPages(
            reader=QuestionsReader(log), policy=policy, renderer=renderer, clock=clock
        ).routes(),
        *DriftPage(
            reader=VisitReader(log), cards=cards, policy=policy, renderer=renderer, clock=clock
        ).routes(),
        *BrandPage(
            measures=BrandMeasures(log, past=queue.past, policy=policy),
            project=project,
            policy=policy,
            renderer=renderer,
            clock=clock,
        ).routes(),
        *ReplayPage(
            reader=reader, cards=cards, policy=policy, renderer=renderer, clock=clock
        ).routes(),
        *ComparePage(
            reader=ArmsReader(log), policy=policy, renderer=renderer, clock=clock
        ).routes(),
    ]
