"""What the Rasa process tells of itself: one set of metrics, and the log's writer."""

import logging
from dataclasses import dataclass, field
from functools import cache
from typing import Optional

from prometheus_client.registry import CollectorRegistry

from persona_router.content.assistant import Assistant
from persona_router.log.writer import LogWriter
from persona_router.logs import configure
from persona_router.metrics import Declared, TurnMetrics

log = logging.getLogger(__name__)


@dataclass
class Watched:
    """Rasa makes broker, channel and components apart from each other; here they meet."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    writer: Optional[LogWriter] = None

    def __post_init__(self) -> None:
        self.turns = TurnMetrics(self.registry)
        self.turns.waiting.set_function(lambda: self.writer.waiting if self.writer else 0)

    def declare(self, assistant: Assistant) -> None:
        """Take the names that labels may have from the model that is served now."""
        policy = assistant.policy
        self.turns.declared = Declared(
            routes=frozenset(policy.routes),
            languages=frozenset([*policy.languages, *policy.heard_languages]),
            personas=frozenset(persona.id for persona in assistant.personas),
        )

    def log_works(self) -> bool:
        """Return whether decisions reach the routing log, if this process writes one."""
        return self.writer is None or self.writer.alive


@cache
def watched() -> Watched:
    """Return the one of this process; its log has the wished form from the first call on."""
    configure_log()
    return Watched()


def configure_log() -> None:
    """Give this process's log the form that the environment says; a wrong one changes nothing."""
    try:
        configure()
    except ValueError as error:
        log.error("%s", error)
