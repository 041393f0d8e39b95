"""LocalizedNLG: replies in the customer's language, with the open alternatives as buttons."""

import logging
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.utils.endpoints import EndpointConfig

from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.text_files import text_folders
from persona_router.core.locale import fallback_chain
from persona_router.core.turn import read_metadata
from persona_router.handoff.bookings import open_bookings
from persona_router.handoff.queue import QueueUnavailable
from persona_router.rasa.callback_times import callback_times
from persona_router.rasa.conversation import (
    KNOWLEDGE,
    LANGUAGE,
    ROUTING,
    earlier,
    latest_metadata,
    slot,
)
from persona_router.rasa.told import told_decision, told_hits
from persona_router.reply.buttons import CALLBACK_QUESTION
from persona_router.reply.compose import Composer
from persona_router.reply.situation import Situation
from persona_router.reply.texts import read_texts

log = logging.getLogger(__name__)


class LocalizedNLG(TemplatedNaturalLanguageGenerator):
    """Chooses each reply along the locale's fallback chain; the domain's own text comes last.

    In `endpoints.yml`: `nlg: {type: persona_router.rasa.nlg.LocalizedNLG, responses: folder,
    routing: file, article_url: "/chat/articles/{locale}/{id}"}`.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        super().__init__(domain.responses)
        settings = endpoint_config.kwargs
        own = settings.get("responses")
        folders = [*([Path(own)] if own else []), *text_folders("responses")]
        path = settings.get("routing")
        self._policy = read_policy(Path(path) if path else DEFAULT_POLICY)
        url = settings.get("article_url", "/chat/articles/{locale}/{id}")
        self._composer = Composer(read_texts(folders), self._policy, article_url=url)

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> Optional[Dict[str, Any]]:
        """Return the reply as Rasa sends it; the domain's default where nothing is localized."""
        try:
            situation = self._situation(tracker, kwargs)
            if utter_action == CALLBACK_QUESTION:
                situation = replace(situation, slots=self._slots(tracker, situation))
            reply = self._composer.compose(utter_action, situation)
        except Exception:
            log.exception(
                "reply %s could not be localized; the domain's text is sent", utter_action
            )
            reply = None
        if reply is not None:
            buttons = [dict(button) for button in reply.buttons]
            found = {"text": reply.text, "buttons": buttons, "locale": reply.locale}
            return found if reply.remember is None else {**found, "remember": dict(reply.remember)}
        kwargs.setdefault("domain_responses", None)
        if utter_action not in self.responses:
            self.responses = kwargs["domain_responses"] or self.responses
        return await super().generate(utter_action, tracker, output_channel, **kwargs)

    def _situation(self, tracker: DialogueStateTracker, values: Dict[str, Any]) -> Situation:
        found = earlier(tracker, LANGUAGE) or {}
        locale = found.get("locale") or slot(tracker, "language") or self._policy.default_locale
        metadata = read_metadata(latest_metadata(tracker))
        decision = earlier(tracker, ROUTING) or {}
        filled = {k: v for k, v in tracker.current_slot_values().items() if v is not None}
        return Situation(
            chain=fallback_chain(locale, self._policy.fallbacks, self._policy.default_locale),
            at=datetime.now(timezone.utc),
            decision=told_decision(tracker, decision, self._policy.actions),
            hits=told_hits(tracker, earlier(tracker, KNOWLEDGE)),
            zone=metadata.timezone,
            # An action tells what it is about to set: its texts are said before its slots are set.
            with_person=bool(values.get("handoff_status", slot(tracker, "handoff_status"))),
            in_form=tracker.active_loop_name is not None,
            values={**filled, **{k: v for k, v in values.items() if k != "domain_responses"}},
        )

    def _slots(self, tracker: DialogueStateTracker, situation: Situation) -> List[Dict[str, str]]:
        """Return buttons for the free times, those that the customer's answer may mean first."""
        decision = earlier(tracker, ROUTING) or {}
        times = callback_times(
            self._policy, decision, situation.locale, situation.zone, situation.at
        )
        if times is None:
            return []
        try:
            free = times.free(open_bookings(), tracker.sender_id)
        except QueueUnavailable:
            log.exception("the bookings cannot be read; customers say a time in their own words")
            return []
        asked_again = slot(tracker, "requested_slot") == "callback_time"
        meant = times.meant(earlier(tracker, TEXT) or "", free) if asked_again else ()
        return times.buttons(meant or free)
