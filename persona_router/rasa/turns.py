"""From a Rasa message and tracker to the core's Turn."""

from dataclasses import replace
from typing import Any, Dict, List

import numpy as np
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from persona_router.content.assistant import Assistant
from persona_router.content.language_words import load_language_words
from persona_router.core.introduction import without_introduction
from persona_router.core.meaning import NONE, MeaningModel, Sentence
from persona_router.core.text import MAX_CHARACTERS, sentences
from persona_router.core.turn import Turn, read_metadata
from persona_router.encoder import shared_encoder
from persona_router.rasa.buttons import chosen_payload
from persona_router.rasa.conversation import (
    KNOWLEDGE,
    LANGUAGE,
    concerns,
    earlier,
    earlier_texts,
    slot,
)
from persona_router.rasa.encoder import VECTOR
from persona_router.rasa.evaluation import current_evaluation
from persona_router.spelling import letter_columns


def read_turn(
    message: Message,
    tracker: DialogueStateTracker,
    assistant: Assistant,
    meaning: MeaningModel,
    *,
    number: int,
) -> Turn:
    """Return the turn that `message` is, with what the components before found in it."""
    metadata = read_metadata(message.get("metadata"))
    language = message.get(LANGUAGE) or {}
    policy = assistant.policy
    locale = language.get("locale") or policy.default_locale
    intent = message.get(INTENT) or {}
    hits = message.get(KNOWLEDGE)
    said = (message.get(TEXT) or "")[:MAX_CHARACTERS]
    text = concerns(message)[:MAX_CHARACTERS]
    named = _without_entities(said, message.get(ENTITIES, []))
    parts = sentences(without_introduction(named, load_language_words().introductions))
    if tracker.active_loop_name is not None and not parts and message.get(ENTITIES):
        intent = {}  # an address or a number answers the form, whatever it resembles
    entities = {e["entity"]: str(e["value"]) for e in message.get(ENTITIES, [])}
    turn = Turn(
        text=text,
        lexicon=assistant.lexicon(locale),
        metadata=metadata,
        payload=chosen_payload(message, tracker),
        locale=locale,
        intent=intent.get(INTENT_NAME_KEY),
        intent_confidence=float(intent.get("confidence") or 0.0),
        entities=entities,
        number=number,
        typing=policy.typing(metadata.device),
        earlier=tuple(earlier_texts(tracker)),
        earlier_intent=None if entities else (earlier(tracker, INTENT) or {}).get(INTENT_NAME_KEY),
        form=tracker.active_loop_name,
        requested_slot=slot(tracker, "requested_slot"),
        language_served=bool(language.get("served", True)),
        spoken=language.get("spoken"),
        language_requested=bool(language.get("requested", False)),
        with_person=bool(slot(tracker, "handoff_status")),
        article_found=None if hits is None else _answers(hits, policy.article_from),
        reading_pages=policy.reading_pages,
    )
    vector = message.get(VECTOR)
    if vector is None or turn.neutral or not parts:
        return turn
    evaluation = current_evaluation()
    case = evaluation.case if evaluation is not None else None
    alone = parts == (text.strip(),)
    vectors = [vector] if alone else shared_encoder().encode(parts)
    seen = [Sentence(np.asarray(v, dtype=float), letter_columns(p)) for p, v in zip(parts, vectors)]
    told = meaning.persona_probabilities(np.asarray(vector, dtype=float), case=case)
    anybody = told.pop(NONE, 0.0)
    return replace(turn, meaning=told, anybody=anybody, wishes=meaning.wishes(seen))


def _without_entities(text: str, entities: List[Dict[str, Any]]) -> str:
    """Return the text without what rules found in it: to the encoder, an address is a person."""
    characters = list(text)
    for entity in entities:
        for place in range(entity.get("start", 0), min(entity.get("end", 0), len(text))):
            characters[place] = " "
    return "".join(characters)


def _answers(hits: List[Dict[str, Any]], enough: float) -> bool:
    return bool(hits) and hits[0]["score"] >= enough
