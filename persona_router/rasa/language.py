"""LanguageIdentifier: the language of a message, believed over the whole conversation."""

import json
import logging
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.content.language_words import load_language_words, load_request_phrases
from persona_router.content.languages import plain_langdetect, profile_detector, required_languages
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.content.word_lists import usual_spellings
from persona_router.core.accents import with_accents
from persona_router.core.belief import choose, from_json, hold, is_unsupported, start, update
from persona_router.core.introduction import without_introduction
from persona_router.core.language_request import requested_language
from persona_router.core.locale import canonical_or_none, language_of
from persona_router.core.turn import parse_payload, read_metadata
from persona_router.logs import about
from persona_router.rasa.conversation import CONCERNS, LANGUAGE, earlier, slot
from persona_router.rasa.model_files import content_path, fingerprint
from persona_router.rasa.stages import stage

log = logging.getLogger(__name__)
_FILE = "languages.json"
_DETECTORS = {"langdetect": plain_langdetect, "profiles": profile_detector}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Adds `language` to a message: the one to answer in, its locale, and the belief behind it."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the settings: `routing`, the policy file that lists the languages; `detector`.

        `detector` is "profiles", or "langdetect" for that library's own answers.
        """
        return {"routing": None, "detector": "profiles"}

    def __init__(
        self, config: Dict[str, Any], languages: List[str], default: str, heard: List[str]
    ) -> None:
        self._heard = heard
        self._languages = list(required_languages(languages))
        self._default = language_of(default)
        self._default_locale = default
        self._phrases = load_request_phrases(languages)
        self._introductions = load_language_words().introductions
        self._detector = config["detector"]
        if self._detector not in _DETECTORS:
            raise ValueError(
                f"Unknown detector '{self._detector}' of LanguageIdentifier. "
                f"Write {' or '.join(_DETECTORS)}."
            )

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageIdentifier":
        """Return the component for training: it reads the languages from the routing policy."""
        policy = read_policy(content_path(config, "routing", DEFAULT_POLICY))
        heard = list(policy.heard_languages)
        component = cls(config, list(policy.languages), policy.default_locale, heard)
        component._storage, component._resource = model_storage, resource
        return component

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LanguageIdentifier":
        """Return the component with the languages that it was trained for."""
        with model_storage.read_from(resource) as folder:
            stored = json.loads((Path(folder) / _FILE).read_text(encoding="utf-8"))
        heard = stored.get("heard", [])  # older models were trained without
        component = cls(config, stored["languages"], stored["default"], heard)
        component._identify = _DETECTORS[component._detector](stored["languages"], heard)
        return component

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Return a hash of the policy file, so that an edited one is not served from the cache."""
        return fingerprint([content_path(config, "routing", DEFAULT_POLICY)])

    def train(self, training_data: TrainingData) -> Resource:
        """Return the resource in which the languages are kept."""
        with self._storage.write_to(self._resource) as folder:
            stored = {
                "languages": self._languages,
                "default": self._default_locale,
                "heard": self._heard,
            }
            (Path(folder) / _FILE).write_text(json.dumps(stored), encoding="utf-8")
        return self._resource

    def process(
        self, messages: List[Message], tracker: Optional[DialogueStateTracker] = None
    ) -> List[Message]:
        """Return the messages with `language`; a fault leaves the language the conversation had."""
        with stage("language", messages):
            for message in messages:
                if tracker is not None:
                    about(conversation=tracker.sender_id)
                text = message.get(TEXT) or ""
                try:
                    found = self._believe(message, tracker)
                except Exception:
                    log.exception(
                        "language identification failed; the conversation keeps its language"
                    )
                    kept = slot(tracker, "language") or self._default
                    found = {"code": kept, "locale": kept, "served": True, "requested": False}
                message.set(LANGUAGE, found, add_to_output=True)
                about_it = without_introduction(text, self._introductions)
                message.set(CONCERNS, with_accents(about_it, usual_spellings(found["code"])))
        return messages

    def _believe(self, message: Message, tracker: Optional[DialogueStateTracker]) -> Dict[str, Any]:
        metadata = read_metadata(message.get("metadata"))
        browser = [slot(tracker, "language"), metadata.locale]
        fresh = start(self._languages, default=self._default, browser_locales=browser)
        before = earlier(tracker, LANGUAGE) or {}
        belief = from_json(before.get("belief"), fresh=fresh)
        payload = parse_payload(metadata.payload)
        text = message.get(TEXT) or ""
        chosen = payload.value if payload is not None and payload.kind == "language" else None
        if chosen not in self._languages:
            chosen = requested_language(text, self._phrases) if not metadata.clicked else None
        unserved, spoken = False, before.get("spoken")
        if chosen in self._languages:
            belief = hold(belief, chosen)
        elif not metadata.clicked:
            guess = self._identify(text)
            belief = update(belief, guess)
            unserved = guess.code is not None and is_unsupported(belief)
            if unserved:
                spoken = guess.unsupported if guess.unsupported in self._heard else None
        code = choose(belief)
        return {
            "code": code,
            "locale": _locale(code, metadata.locale),
            "confidence": round(belief.probabilities.get(code, 0.0), 4),
            "served": not unserved and (chosen is None or chosen in self._languages),
            "spoken": spoken if is_unsupported(belief) else None,
            "requested": chosen is not None,
            "belief": belief.to_json(),
        }


def _locale(code: str, browser: Optional[str]) -> str:
    """Return the browser's locale where it is of this language (`de-AT`), else the language."""
    tag = canonical_or_none(browser)
    return tag if tag is not None and language_of(tag) == code else code
