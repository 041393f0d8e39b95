"""KnowledgeSearch: the articles that may answer a message, in the customer's language first."""

import logging
import sqlite3
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.locale import fallback_chain
from persona_router.core.policy import KNOWLEDGE_BASE, Policy
from persona_router.core.turn import read_metadata
from persona_router.encoder import shared_encoder
from persona_router.knowledge.live import shared_articles
from persona_router.knowledge.live_index import LiveIndex
from persona_router.knowledge.places import index_place
from persona_router.knowledge.reader import IndexUnavailable
from persona_router.knowledge.search import Hit, KnowledgeIndex
from persona_router.knowledge.weights import search_weights
from persona_router.rasa.conversation import KNOWLEDGE, LANGUAGE, concerns, in_conversation
from persona_router.rasa.encoder import VECTOR
from persona_router.rasa.model_files import content_path, fingerprint, persist
from persona_router.rasa.stages import stage
from persona_router.rasa.told import shown_passage
from persona_router.state import state_file

log = logging.getLogger(__name__)
_POLICY = "routing.yml"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KnowledgeSearch(GraphComponent):
    """Adds `knowledge` to a message: hits best first, empty where nothing was found."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the settings: `routing`, a file; `articles`, a folder; and how to search them.

        `limit` is the number of articles found, `weights` override those of knowledge/weights.yml.
        `refresh` is the number of seconds between two looks at the files, 0 for none after the
        start.
        """
        return {
            "routing": None,
            "articles": "data/knowledge",
            "limit": 3,
            "weights": None,
            "refresh": 1.0,
        }

    def __init__(self, config: Dict[str, Any], policy: Policy) -> None:
        self._policy = policy
        route = policy.routes.get(KNOWLEDGE_BASE)
        self._action = route.action if route else None
        self._limit = int(config["limit"])
        self._folder = Path(config["articles"])
        self._weights = search_weights(config.get("weights"), file="config.yml")
        self._refresh = float(config["refresh"])
        self._index: Optional[LiveIndex] = None

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "KnowledgeSearch":
        """Return the component for training; articles are read when the model is served."""
        path = content_path(config, "routing", DEFAULT_POLICY)
        component = cls(config, read_policy(path))
        component._storage, component._resource, component._path = model_storage, resource, path
        return component

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "KnowledgeSearch":
        """Return the component with its index open, which follows edits of the articles."""
        with model_storage.read_from(resource) as folder:
            component = cls(config, read_policy(Path(folder) / _POLICY))
        component._index = component._open()
        return component

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> Optional[str]:
        """Return a hash of the policy file; articles need no training."""
        return fingerprint([content_path(config, "routing", DEFAULT_POLICY)])

    def train(self, training_data: TrainingData) -> Resource:
        """Return the resource in which the policy is kept."""
        return persist({_POLICY: self._path}, self._storage, self._resource)

    def process(
        self, messages: List[Message], tracker: Optional[DialogueStateTracker] = None
    ) -> List[Message]:
        """Return the messages with `knowledge`; a fault is logged and finds nothing."""
        index = self._index.current if self._index else None
        if index is None or not in_conversation(tracker):
            return messages
        with stage("search", messages):
            shown = shown_passage(tracker, self._action)
            for message in messages:
                text = concerns(message)
                if not text.strip() or read_metadata(message.get("metadata")).clicked:
                    continue
                try:
                    hits = [_as_json(hit) for hit in self._search(index, message, text)]
                    # Who asks again is not helped by the passage that they have just read.
                    hits = [h for h in hits if (h["article"], h["heading"]) != shown][: self._limit]
                except IndexUnavailable as error:
                    log.error(
                        "knowledge search failed; the other routes go on without it: %s", error
                    )
                    continue
                except (sqlite3.Error, ValueError):
                    log.exception("knowledge search failed; the other routes go on without it")
                    continue
                message.set(KNOWLEDGE, hits, add_to_output=True)
        return messages

    def _search(self, index: KnowledgeIndex, message: Message, text: str) -> List[Hit]:
        locale = (message.get(LANGUAGE) or {}).get("locale") or self._policy.default_locale
        chain = fallback_chain(locale, self._policy.fallbacks, self._policy.default_locale)
        found = index.search(
            text,
            vector=message.get(VECTOR),
            locale=locale,
            fallbacks=chain,
            intents=_intents(message),
            limit=self._limit + 1,
        )
        return list(found)

    def _open(self) -> LiveIndex:
        return LiveIndex(
            shared_articles(self._folder),
            index_place(lambda: state_file("knowledge.sqlite")),
            encode=lambda: shared_encoder().encode,
            weights=self._weights,
            every=self._refresh,
        )


def _intents(message: Message) -> Dict[str, float]:
    """Return the probability of each intent that the classifier ranks."""
    ranking = message.get(INTENT_RANKING_KEY) or [message.get(INTENT) or {}]
    return {
        entry[INTENT_NAME_KEY]: float(entry.get(PREDICTED_CONFIDENCE_KEY) or 0.0)
        for entry in ranking
        if entry.get(INTENT_NAME_KEY)
    }


def _as_json(hit: Hit) -> Dict[str, Any]:
    return {
        "article": hit.article_id,
        "locale": hit.locale,
        "title": hit.title,
        "heading": hit.heading,
        "passage": hit.passage,
        "updated": hit.updated.isoformat(),
        "score": round(hit.score, 4),
        "fallback": hit.fallback,
        **({} if hit.section in ("", hit.passage) else {"section": hit.section}),
    }
