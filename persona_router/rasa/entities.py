"""PatternExtractor: order and invoice numbers, e-mail addresses and phone numbers, by rules."""

import gc
import threading
from pathlib import Path
from typing import Any, Dict, List, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from persona_router.content.patterns import DEFAULT_PATTERNS, PatternPipelines
from persona_router.core.text import MAX_CHARACTERS
from persona_router.rasa.conversation import LANGUAGE
from persona_router.rasa.model_files import content_path
from persona_router.rasa.stages import stage


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PatternExtractor(GraphComponent):
    """Adds the entities that rules find, by the blank spaCy pipeline of the message's language."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return the settings: `patterns`, a YAML file of spaCy token patterns by entity; `warm`.

        `warm` lists the languages whose rules are loaded in the background after the start; others
        load, for up to some seconds, when a customer first writes in them.
        """
        return {"patterns": None, "warm": []}

    def __init__(self, patterns: Path) -> None:
        self._pipelines = PatternPipelines(patterns)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "PatternExtractor":
        """Return the component with the patterns of its configuration."""
        return cls(content_path(config, "patterns", DEFAULT_PATTERNS))

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "PatternExtractor":
        """Return the same component for a running assistant, which warms up meanwhile."""
        component = cls.create(config, model_storage, resource, execution_context)
        threading.Thread(target=component._warm, args=(config["warm"],), daemon=True).start()
        return component

    def _warm(self, languages: List[str]) -> None:
        for language in languages:
            self._pipelines.find("", language)
        # What a start has loaded stays: the collector need not walk through it during turns.
        gc.collect()
        gc.freeze()

    def process(self, messages: List[Message]) -> List[Message]:
        """Return the messages with the entities found added to those already there."""
        with stage("entities", messages):
            for message in messages:
                language: Optional[Dict[str, Any]] = message.get(LANGUAGE)
                locale = (language or {}).get("locale", "")
                text = (message.get(TEXT) or "")[:MAX_CHARACTERS]
                # spaCy refuses half an emoji, as a browser may cut it; the offsets stay the same.
                text = text.encode("utf-8", "replace").decode()
                found = [
                    {
                        "entity": match.label,
                        "value": match.value,
                        "start": match.start,
                        "end": match.end,
                        "extractor": type(self).__name__,
                    }
                    for match in self._pipelines.find(text, locale)
                ]
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
