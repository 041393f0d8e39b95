"""What is fitted at `rasa train`: persona and person wish by sentence vector."""

from itertools import islice
from pathlib import Path
from typing import List, Optional

import numpy as np
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.training_data import TrainingData

from persona_router.content.assistant import Assistant
from persona_router.content.examples import read_cases
from persona_router.content.meaning_fit import fit_held_out, fit_persona, fit_wish
from persona_router.core.meaning import LinearClassifier, MeaningModel
from persona_router.encoder import shared_encoder
from persona_router.rasa.encoder import trained_vector


def fit_meaning(
    training_data: TrainingData, assistant: Assistant, examples: Optional[Path]
) -> MeaningModel:
    """Return the classifiers fitted on the intent examples and the labelled conversations."""
    wish = _fit_wish(training_data, assistant)
    if examples is None:
        return MeaningModel(wish=wish)
    declared = {persona.id for persona in assistant.personas}
    cases = [case for case in read_cases(examples) if case.persona in declared]
    typed = [[turn.text for turn in case.turns if not turn.metadata.clicked] for case in cases]
    texts = [text for turns in typed for text in turns]
    encoded = iter(np.asarray(shared_encoder().encode(texts), dtype=float))
    vectors = [list(islice(encoded, len(turns))) for turns in typed]
    rows = [(v, str(case.persona)) for case, turns in zip(cases, vectors) for v in turns]
    persona = fit_persona([v for v, _ in rows], [p for _, p in rows]) if rows else None
    return MeaningModel(persona, wish, fit_held_out(cases, vectors))


def _fit_wish(training_data: TrainingData, assistant: Assistant) -> Optional[LinearClassifier]:
    wishes: List[np.ndarray] = []
    others: List[np.ndarray] = []
    for example in training_data.intent_examples:
        wished = example.get(INTENT) in assistant.policy.wishes
        (wishes if wished else others).append(trained_vector(example))
    return fit_wish(wishes, others)
