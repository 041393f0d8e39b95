"""Fits what signals say for each persona to labelled conversations, starting from the cards."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from persona_router.content.folds import FOLDS, folds
from persona_router.core.evidence import EvidenceParams
from persona_router.core.learned import Learned, LearnedModel
from persona_router.core.persona import Persona, Strength

Numbers = NDArray[np.float64]

_NEAR = np.array([0.15, 0.6])
"""How dear a squared deciban of distance from the card is, against the log loss of one
conversation, for a signal that is present and for one at zero. From a fifth to twice of it,
cross-validated figures differ by chance only. What is not there is dearer: else zeros of many
signals would share out what no signal tells, and be missed in turns without them."""
_UNTOLD = 0.1
"""What a conversation counts that nobody could label; with more, the others stay undecided."""
_NATS = math.log(10) / 10
_NOTHING = Strength(0.0)


@dataclass(frozen=True)
class SignalledTurn:
    """The signals present in a turn, and each persona's probability by meaning, if it has any.

    `anybody` is the probability that the turn could be anybody's.
    """

    signals: Mapping[str, float]
    meaning: Mapping[str, float]
    anybody: float = 0.0


@dataclass(frozen=True)
class SignalledCase:
    """A labelled conversation as inference sees it; `persona` is None where nobody could tell."""

    id: str
    persona: str | None
    turns: tuple[SignalledTurn, ...]


def fit_strengths(
    cases: Sequence[SignalledCase], personas: Sequence[Persona], params: EvidenceParams
) -> LearnedModel:
    """Return what the cases teach; nothing with under two personas or `FOLDS` cases.

    The posterior of naive Bayes is a softmax of weights that are linear in the signals, so the
    strengths are those of a multinomial logistic regression, which counts correlated signals once
    (Ng & Jordan, "On Discriminative vs. Generative Classifiers", 2001). The cards are its prior:
    a normal distribution around each stated strength, on the side of zero that it states. Every
    turn of a conversation is scored, with its conversation weighing one; one that nobody could
    label should leave all personas as likely as before. The temperature is fitted to conversations
    that the strengths were fitted without.
    """
    declared = {persona.id for persona in personas}
    labelled = [case for case in cases if case.persona is None or case.persona in declared]
    if len(declared) < 2 or len(labelled) < FOLDS:
        return LearnedModel()
    fit = _Fit(labelled, personas, params)
    whole = fit.weights(range(len(labelled)))
    fold_of = folds([case.persona for case in labelled])
    parts = [fit.weights([n for n, f in enumerate(fold_of) if f != fold]) for fold in range(FOLDS)]
    temperature = fit.temperature([parts[fold] for fold in fold_of])
    held_out = [fit.learned(weights, temperature) for weights in parts]
    return LearnedModel(
        fit.learned(whole, temperature),
        {case.id: held_out[fold] for case, fold in zip(labelled, fold_of, strict=True)},
    )


class _Fit:
    """The scored turns as arrays: a row for each, with two columns a signal and one of meaning."""

    def __init__(
        self, cases: Sequence[SignalledCase], personas: Sequence[Persona], params: EvidenceParams
    ) -> None:
        self._ids = [persona.id for persona in personas]
        known = {name for persona in personas for name in persona.strengths}
        found = {name for case in cases for turn in case.turns for name in turn.signals}
        self._signals = sorted(known | found)
        self._prior = np.log([persona.prior for persona in personas])
        self._stated = self._card_weights(personas)
        self._stated_meaning = params.meaning_weight
        rows, meaning, wanted, owner = [], [], [], []
        for number, case in enumerate(cases):
            for signals, vector in self._sums(case, params.tempering):
                rows.append(signals)
                meaning.append(vector)
                wanted.append(self._wanted(case.persona))
                owner.append(number)
        self._rows, self._meaning = np.array(rows), np.array(meaning)
        self._wanted_shares, self._owner = np.array(wanted), np.array(owner)
        dear = np.array([_UNTOLD if case.persona is None else 1.0 for case in cases])
        self._weight = (dear / np.bincount(self._owner))[self._owner]

    def weights(self, cases: Sequence[int]) -> Numbers:
        """Return the fitted strengths of the given cases, flat, the weight of meaning last."""
        chosen = np.isin(self._owner, cases)
        rows, meaning = self._rows[chosen], self._meaning[chosen]
        dear = np.tile(_NEAR, len(self._signals))
        wanted, weight = self._wanted_shares[chosen], self._weight[chosen][:, None]

        def loss_and_gradient(flat: Numbers) -> tuple[float, Numbers]:
            strengths = flat[:-1].reshape(self._stated.shape)
            shares = self._shares(rows, meaning, flat)
            away = strengths - self._stated
            loss = -np.sum(weight * wanted * np.log(shares + 1e-12)) + np.sum(dear * away**2)
            slope = weight * (shares - wanted) * _NATS
            gradient = slope.T @ rows + 2 * dear * away
            return float(loss), np.append(gradient.ravel(), np.sum(slope * meaning))

        start = np.append(self._stated.ravel(), self._stated_meaning)
        bounds = [_side(stated) for stated in start[:-1]] + [(0.0, None)]
        found = minimize(
            loss_and_gradient, start, jac=True, method="L-BFGS-B", bounds=bounds,
            options={"maxiter": 300},
        )  # fmt: skip
        return np.asarray(found.x)

    def temperature(self, weights: Sequence[Numbers]) -> float:
        """Return the temperature at which each case is told best by the weights given for it."""
        flats = [weights[number] for number in self._owner]
        scores = np.array(
            [self._scores(*row) for row in zip(self._rows, self._meaning, flats, strict=True)]
        )

        def loss(log_temperature: float) -> float:
            shares = _softmax(self._prior + _NATS * scores / math.exp(log_temperature))
            told = np.sum(self._wanted_shares * np.log(shares + 1e-12), axis=1)
            return -float(np.sum(self._weight * told))

        found = minimize_scalar(loss, bounds=(math.log(0.25), math.log(4)), method="bounded")
        return round(math.exp(found.x), 3)

    def learned(self, flat: Numbers, temperature: float) -> Learned:
        """Return the weights by persona and signal."""
        strengths = flat[:-1].reshape(len(self._ids), len(self._signals), 2)
        return Learned(
            {
                id_: {
                    name: Strength(round(float(present), 3), round(float(absent), 3))
                    for name, (present, absent) in zip(self._signals, of_persona, strict=True)
                }
                for id_, of_persona in zip(self._ids, strengths, strict=True)
            },
            meaning_weight=round(float(flat[-1]), 3),
            temperature=temperature,
        )

    def _card_weights(self, personas: Sequence[Persona]) -> Numbers:
        return np.array(
            [
                [
                    end
                    for name in self._signals
                    for strength in [persona.strengths.get(name, _NOTHING)]
                    for end in (strength.present, strength.absent)
                ]
                for persona in personas
            ]
        )

    def _sums(self, case: SignalledCase, tempering: float) -> list[tuple[Numbers, Numbers]]:
        """Return what the conversation has said after each turn, tempered as in inference."""
        signals, meaning = np.zeros(2 * len(self._signals)), np.zeros(len(self._ids))
        told, sums = 0, []
        for turn in case.turns:
            counts = 1.0 - turn.anybody
            for name, value in turn.signals.items():
                place = 2 * self._signals.index(name)
                signals[place : place + 2] += counts * value, counts * (1 - value)
            if set(turn.meaning) == set(self._ids):
                logs = 10 * np.log10([max(turn.meaning[id_], 1e-6) for id_ in self._ids])
                meaning = meaning + counts * (logs - logs.mean())
            told += bool(turn.signals or turn.meaning)
            temper = max(1, told) ** -tempering
            sums.append((signals * temper, meaning * temper))
        return sums

    def _wanted(self, persona: str | None) -> list[float]:
        if persona is None:
            return [float(share) for share in _softmax(self._prior[None])[0]]
        return [1.0 if id_ == persona else 0.0 for id_ in self._ids]

    def _shares(self, rows: Numbers, meaning: Numbers, flat: Numbers) -> Numbers:
        strengths = flat[:-1].reshape(self._stated.shape)
        return _softmax(self._prior + _NATS * (rows @ strengths.T + flat[-1] * meaning))

    def _scores(self, row: Numbers, meaning: Numbers, flat: Numbers) -> Numbers:
        strengths = flat[:-1].reshape(self._stated.shape)
        return np.asarray(strengths @ row + flat[-1] * meaning)


def _side(stated: float) -> tuple[float | None, float | None]:
    """Return the bounds of a strength: what a card says is for a persona never turns against it."""
    return (0.0 if stated > 0 else None, 0.0 if stated < 0 else None)


def _softmax(scores: Numbers) -> Numbers:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
