"""A trained assistant without a server: parses conversations turn by turn, runs no action."""

import asyncio
import os
import tarfile
import zlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from persona_router.content.errors import ContentError
from persona_router.rasa.evaluation import Evaluation, evaluating

Customer = Callable[[Optional[Mapping[str, Any]]], Optional[Tuple[str, Mapping[str, Any], float]]]


class TrainedAssistant:
    """The newest model of a folder, for `explain` and `evaluate`."""

    def __init__(self, model: Path) -> None:
        # Rasa reads it at import; importing takes seconds, which `--help` should not.
        os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
        from rasa.core.agent import Agent
        from rasa.engine.exceptions import GraphComponentException, GraphSchemaException
        from rasa.shared.exceptions import RasaException

        of_rasa = (RasaException, GraphComponentException, GraphSchemaException)
        unusable = (*of_rasa, OSError, ValueError, EOFError, KeyError)
        try:
            self._agent = Agent.load(str(model))
        except (*unusable, tarfile.TarError, zlib.error) as error:
            what = f"No usable model ({_cause(error)})."
            raise ContentError(model, "", what, "Train with make train.") from error
        if self._agent.processor is None:
            raise ContentError(model, "", "There is no trained model.", "Train with make train.")

    def converse(
        self,
        turns: Sequence[Tuple[str, Mapping[str, Any]]],
        *,
        at: Optional[datetime] = None,
        case: Optional[str] = None,
    ) -> List[Dict[str, Any]]:
        """Return what the NLU graph found in each turn of text and metadata, decision included.

        `at` is the time of all turns; without it every route counts as open. `case` names a
        labelled conversation, which is then measured without having been learned from.
        """
        return asyncio.run(self._converse(turns, Evaluation(at=at, case=case)))

    def play(self, conversation: str, began: float, customer: Customer) -> List[Dict[str, Any]]:
        """Return a customer's messages as events for a broker, each with what was found in it.

        `customer` is asked for the first message with None, and then with each decision for the
        next one; it returns text, metadata and the time in Unix seconds, or None at the end.
        """
        return asyncio.run(self._play(conversation, began, customer))

    def parse(self, text: str) -> Dict[str, Any]:
        """Return what the NLU graph finds in a text outside any conversation."""
        from rasa.core.channels.channel import UserMessage

        message = UserMessage(text, sender_id="evaluation")
        return asyncio.run(self._agent.processor.parse_message(message))

    async def _converse(
        self, turns: Sequence[Tuple[str, Mapping[str, Any]]], evaluation: Evaluation
    ) -> List[Dict[str, Any]]:
        tracker = self._begun("evaluation", 0.0)
        found = []
        for text, metadata in turns:
            said = await self._turn(tracker, text, metadata, evaluation)
            found.append(said.parse_data)
        return found

    async def _play(
        self, conversation: str, began: float, customer: Customer
    ) -> List[Dict[str, Any]]:
        tracker = self._begun(conversation, began)
        published: List[Dict[str, Any]] = []
        decision = None
        while (said := customer(decision)) is not None:
            text, metadata, at = said
            evaluation = Evaluation(at=datetime.fromtimestamp(at, timezone.utc))
            event = await self._turn(tracker, text, metadata, evaluation)
            event.timestamp = at
            event.metadata["model_id"] = self._agent.model_id
            published.append({**event.as_dict(), "sender_id": conversation})
            decision = event.parse_data["routing"]
        return published

    def _begun(self, conversation: str, at: float) -> Any:
        from rasa.shared.core.events import SessionStarted
        from rasa.shared.core.trackers import DialogueStateTracker

        domain = self._agent.domain
        tracker = DialogueStateTracker(conversation, domain.slots if domain else [])
        tracker.update(SessionStarted(timestamp=at), domain)
        return tracker

    async def _turn(
        self, tracker: Any, text: str, metadata: Mapping[str, Any], evaluation: Evaluation
    ) -> Any:
        from rasa.core.channels.channel import UserMessage
        from rasa.shared.core.events import ActionExecuted, UserUttered

        domain = self._agent.domain
        tracker.update(ActionExecuted("action_listen"), domain)
        message = UserMessage(text, sender_id=tracker.sender_id, metadata=dict(metadata))
        with evaluating(evaluation):
            parsed = await self._agent.processor.parse_message(message, tracker)
        said = UserUttered(
            text, parsed["intent"], parsed["entities"], parsed, metadata=dict(metadata)
        )
        tracker.update(said, domain)
        return said


def _cause(error: BaseException) -> str:
    """Return the first line of what lies at the bottom of an error, or its kind if it is silent."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).splitlines() or [type(error).__name__])[0]
