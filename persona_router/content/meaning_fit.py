"""Fits the classifiers over sentence vectors from labelled conversations and intent examples."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sklearn.linear_model import LogisticRegression

from persona_router.content.examples import Case
from persona_router.content.folds import FOLDS, folds
from persona_router.core.meaning import NONE, Array, LinearClassifier, MeaningModel

_PERSONA_C = 3.0
"""Inverse regularisation, chosen by cross-validation over the development conversations."""


def fit_persona(vectors: Sequence[Array], labels: Sequence[str]) -> LinearClassifier | None:
    """Return the classifier of utterances by persona; None with fewer than two personas.

    The label `NONE` marks what could be anybody's.
    """
    if len(set(labels) - {NONE}) < 2:
        return None
    return _fit(np.asarray(vectors), labels, _PERSONA_C)


def fit_held_out(
    cases: Sequence[Case], vectors: Sequence[Sequence[Array]]
) -> dict[str, LinearClassifier]:
    """Return, for each case, the classifier fitted without its fold.

    `vectors` holds one vector a typed turn of each case.
    """
    fold_of = folds([case.persona for case in cases])
    held_out: dict[str, LinearClassifier] = {}
    for fold in range(FOLDS):
        inside = [n for n, other in enumerate(fold_of) if other != fold]
        rows = [(v, cases[n].persona or NONE) for n in inside for v in vectors[n]]
        classifier = fit_persona([v for v, _ in rows], [p for _, p in rows]) if rows else None
        if classifier is not None:
            held_out.update({cases[n].id: classifier for n, f in enumerate(fold_of) if f == fold})
    return held_out


def _fit(vectors: Array, labels: Sequence[str], strength: float) -> LinearClassifier:
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=500, random_state=0)
    model.fit(vectors, labels)
    names = tuple(str(name) for name in model.classes_)
    weights, bias = np.asarray(model.coef_, dtype=float), np.asarray(model.intercept_, dtype=float)
    if len(names) == 2:  # scikit-learn keeps one row for two classes
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return LinearClassifier(names, weights, bias)


def save_meaning(model: MeaningModel, path: Path) -> None:
    """Write the model as a compressed array file without pickled objects."""
    arrays: dict[str, Array] = {}
    named = {"persona": model.persona, "wish": model.wish}
    named.update({f"case:{id_}": c for id_, c in (model.held_out or {}).items()})
    for name, classifier in named.items():
        if classifier is not None:
            arrays[f"{name}|labels"] = np.asarray(classifier.labels)
            arrays[f"{name}|weights"] = classifier.weights.astype(np.float32)
            arrays[f"{name}|bias"] = classifier.bias
            if classifier.letters is not None:
                arrays[f"{name}|letters"] = classifier.letters.astype(np.float32)
    np.savez_compressed(path, **arrays)


def load_meaning(path: Path) -> MeaningModel:
    """Return the model that `save_meaning` wrote. Raises OSError or ValueError for another file."""
    try:
        return _loaded(path)
    except (BadZipFile, KeyError, AttributeError) as error:
        raise ValueError(f"{path} is no saved meaning model. Train again.") from error


def _loaded(path: Path) -> MeaningModel:
    with np.load(path, allow_pickle=False) as arrays:
        names = {key.rpartition("|")[0] for key in arrays.files}
        read = {
            name: LinearClassifier(
                tuple(str(label) for label in arrays[f"{name}|labels"]),
                np.asarray(arrays[f"{name}|weights"], dtype=float),
                np.asarray(arrays[f"{name}|bias"], dtype=float),
                arrays[f"{name}|letters"] if f"{name}|letters" in arrays.files else None,
            )
            for name in names
        }
    held_out = {n.partition(":")[2]: c for n, c in read.items() if n.startswith("case:")}
    return MeaningModel(read.get("persona"), read.get("wish"), held_out)
