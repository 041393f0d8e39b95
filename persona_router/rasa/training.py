"""What is fitted at `rasa train`: meanings of sentences, and what signals say for each persona."""

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.content.assistant import Assistant
from persona_router.content.case_turns import case_turns
from persona_router.content.examples import Case, read_cases
from persona_router.content.language_words import load_language_words
from persona_router.content.meaning_fit import fit_held_out, fit_persona
from persona_router.content.strength_fit import SignalledCase, SignalledTurn, fit_strengths
from persona_router.content.wish_examples import read_wish_examples
from persona_router.content.wish_fit import fit_wishes
from persona_router.core.introduction import without_introduction
from persona_router.core.learned import LearnedModel
from persona_router.core.meaning import NONE, WISH, LinearClassifier, MeaningModel, Sentence
from persona_router.core.signals import measure_all
from persona_router.core.text import sentences
from persona_router.core.turn import Turn
from persona_router.core.wishes import PERSON
from persona_router.encoder import shared_encoder
from persona_router.rasa.encoder import trained_vector
from persona_router.rasa.ngrams import trained_columns
from persona_router.spelling import letter_columns


def fit_meaning(
    training_data: TrainingData,
    assistant: Assistant,
    examples: Optional[Path],
    wishes: Optional[Path],
) -> MeaningModel:
    """Return the classifiers fitted on intent examples, labelled conversations and wishes."""
    read = read_cases(examples) if examples is not None else ()
    wish = _fit_wish(training_data, assistant, wishes, read)
    if not read:
        return MeaningModel(wish=wish)
    declared = {persona.id for persona in assistant.personas}
    cases = [case for case in read if case.persona is None or case.persona in declared]
    typed = [[turn.text for turn in case.turns if not turn.metadata.clicked] for case in cases]
    texts = [text for turns in typed for text in turns]
    encoded = iter(np.asarray(shared_encoder().encode(texts), dtype=float))
    vectors = [list(islice(encoded, len(turns))) for turns in typed]
    rows = [(v, case.persona or NONE) for case, turns in zip(cases, vectors) for v in turns]
    persona = fit_persona([v for v, _ in rows], [p for _, p in rows]) if rows else None
    return MeaningModel(persona, wish, fit_held_out(cases, vectors))


def fit_learned(
    assistant: Assistant, meaning: MeaningModel, examples: Optional[Path]
) -> LearnedModel:
    """Return what the labelled conversations teach of the personas, the cards being the start."""
    read = read_cases(examples) if examples is not None else ()
    lexicons = {case.language: assistant.lexicon(case.language) for case in read}
    told = [case_turns(case, lexicons=lexicons, policy=assistant.policy) for case in read]
    texts = [text for turns in told for turn in turns for text in (turn.text, *_parts(turn))]
    vector_of = dict(zip(texts, np.asarray(shared_encoder().encode(texts), dtype=float)))
    cases = [
        SignalledCase(
            case.id, case.persona, tuple(_signalled(t, case, meaning, vector_of) for t in turns)
        )
        for case, turns in zip(read, told)
    ]
    return fit_strengths(cases, assistant.personas, assistant.policy.evidence)


def _parts(turn: Turn) -> Tuple[str, ...]:
    """Return the sentences that are listened to; none of a turn that says nothing."""
    if turn.neutral:
        return ()
    return sentences(without_introduction(turn.text, load_language_words().introductions))


def _signalled(
    turn: Turn, case: Case, meaning: MeaningModel, vector_of: Dict[str, np.ndarray]
) -> SignalledTurn:
    parts = _parts(turn)
    if not parts:
        return SignalledTurn(measure_all(turn), {})
    seen = [Sentence(vector_of[part], letter_columns(part)) for part in parts]
    told = meaning.persona_probabilities(vector_of[turn.text], case=case.id)
    anybody = told.pop(NONE, 0.0)
    known = replace(turn, meaning=told, anybody=anybody, wishes=meaning.wishes(seen))
    return SignalledTurn(measure_all(known), told, anybody)


def _fit_wish(
    training_data: TrainingData,
    assistant: Assistant,
    folder: Optional[Path],
    cases: Sequence[Case],
) -> Optional[LinearClassifier]:
    policy = assistant.policy
    labelled: List[Tuple[str, Sentence]] = []
    for example in training_data.intent_examples:
        wished = policy.wishes.get(example.get(INTENT))
        label = NONE if wished is None else WISH + (wished[0] if len(wished) == 1 else PERSON)
        labelled.append((label, Sentence(trained_vector(example), trained_columns(example))))
    if folder is not None:
        read = [*read_wish_examples(folder, routes=policy.routes), *_wishless(cases)]
        vectors = np.asarray(shared_encoder().encode([text for _, text in read]), dtype=float)
        shown = [Sentence(v, letter_columns(text)) for (_, text), v in zip(read, vectors)]
        labelled += zip([label for label, _ in read], shown)
    return fit_wishes([sentence for _, sentence in labelled], [label for label, _ in labelled])


def _wishless(cases: Sequence[Case]) -> List[Tuple[str, str]]:
    """Return the typed sentences of conversations in which nobody asks for a person."""
    turns = [turn for case in cases if not case.asks_human for turn in case.turns]
    typed = [turn.text for turn in turns if not turn.metadata.clicked]
    return [(NONE, sentence) for text in typed for sentence in sentences(text)]
