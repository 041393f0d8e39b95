"""What language a conversation is in: evidence of all turns so far, the browser, and the choice.

A hidden Markov model over the served languages and `OTHER`: every message multiplies the odds by
its clipped likelihoods, and between messages the customer may have switched.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from persona_router.core.language_model import OTHER, LanguageGuess
from persona_router.core.locale import canonical_or_none

_DIGITS: Final = 9


@dataclass(frozen=True, kw_only=True)
class BeliefParams:
    """How evidence adds up; defaults as measured on switching conversations (DESIGN §8).

    `prior_weight` of the first probability goes to the browser's locales (0–1), `other_prior` to
    unsupported languages; `clip` bounds what one message may say, in nats; `switch_rate` is the
    probability of a new language with every message; `commit` is the probability (above 0.5) from
    which a language is taken. Clip 8 with switch rate .01 follows a genuine switch after one
    message in 88 % of cases; clip 6 needs two but makes a third of the false switches.
    """

    prior_weight: float = 0.5
    other_prior: float = 0.02
    clip: float = 8.0
    switch_rate: float = 0.01
    commit: float = 0.6

    def __post_init__(self) -> None:
        for name, low, high in (
            ("prior_weight", 0.0, 0.99),
            ("other_prior", 0.0001, 0.5),
            ("clip", 0.1, 50.0),
            ("switch_rate", 0.000001, 0.5),
            ("commit", 0.5, 1.0),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} is {value}. Choose a number from {low} to {high}.")


@dataclass(frozen=True, kw_only=True)
class Belief:
    """The state kept in the tracker between turns.

    `probabilities` over the served languages and `OTHER`, summing to 1; `fallback` the language
    to use before anything is known (browser's, else default); `current` the last one that the
    evidence committed to; `held` the one the customer chose, which beats all evidence.
    """

    probabilities: Mapping[str, float]
    fallback: str
    current: str | None = None
    held: str | None = None

    def to_json(self) -> dict[str, object]:
        """The belief as JSON-serialisable values, for `from_json`."""
        return {
            "probabilities": {k: round(p, _DIGITS) for k, p in self.probabilities.items()},
            "fallback": self.fallback,
            "current": self.current,
            "held": self.held,
        }


def start(
    languages: Sequence[str],
    *,
    default: str,
    browser_locales: Sequence[object] = (),
    params: BeliefParams | None = None,
) -> Belief:
    """The belief before the first message: uniform, leaning towards the browser's locales.

    `browser_locales` are untrusted tags, best first, each with half the weight of the one before;
    malformed and unserved ones are ignored. Raises ValueError if `default` is not among
    `languages`.
    """
    if default not in languages:
        raise ValueError(f"Unknown language {default!r}. Configured: {', '.join(languages)}.")
    params = params or BeliefParams()
    tags = [canonical_or_none(tag) for tag in browser_locales]
    wanted = dict.fromkeys(tag.split("-", 1)[0] for tag in tags if tag)
    served = [code for code in wanted if code in languages]
    shares = {code: 0.5**rank for rank, code in enumerate(served)}
    total = sum(shares.values())
    lean = params.prior_weight if served else 0.0
    known = 1.0 - params.other_prior
    probabilities = {
        code: known
        * ((1.0 - lean) / len(languages) + (lean * shares.get(code, 0.0) / total if served else 0))
        for code in languages
    }
    probabilities[OTHER] = params.other_prior
    return Belief(probabilities=probabilities, fallback=served[0] if served else default)


def update(belief: Belief, guess: LanguageGuess, params: BeliefParams | None = None) -> Belief:
    """The belief after one more message; unchanged if the message is no evidence.

    More likelihood for a language never lowers its probability. A held language stays held, while
    the evidence behind it is still counted.
    """
    params = params or BeliefParams()
    evidence = guess.log_likelihoods
    if guess.code is None or not evidence:
        return belief
    best = max(evidence.values())
    each = params.switch_rate / len(belief.probabilities)
    weights = {
        code: ((1.0 - params.switch_rate) * probability + each)
        * math.exp(max(evidence.get(code, -math.inf) - best, -params.clip))
        for code, probability in belief.probabilities.items()
    }
    total = sum(weights.values())
    posterior = {code: weight / total for code, weight in weights.items()}
    top = max(posterior, key=posterior.__getitem__)
    committed = top if top != OTHER and posterior[top] >= params.commit else belief.current
    return replace(belief, probabilities=posterior, current=committed)


def hold(belief: Belief, code: str) -> Belief:
    """The belief with the language that the customer chose, kept until the next choice.

    Raises ValueError if the language is not served.
    """
    if code not in belief.probabilities or code == OTHER:
        served = ", ".join(known for known in belief.probabilities if known != OTHER)
        raise ValueError(f"Unknown language {code!r}. Configured: {served}.")
    return replace(belief, held=code)


def choose(belief: Belief) -> str:
    """The language to answer in: chosen, else committed to, else the browser's, else default."""
    return belief.held or belief.current or belief.fallback


def is_unsupported(belief: Belief, params: BeliefParams | None = None) -> bool:
    """Whether the customer writes, without having chosen a language, one that is not served."""
    params = params or BeliefParams()
    return belief.held is None and belief.probabilities[OTHER] >= params.commit


def from_json(value: object, *, fresh: Belief) -> Belief:
    """The belief that `to_json` wrote; `fresh` for anything malformed or of other languages."""
    if not isinstance(value, Mapping):
        return fresh
    numbers = value.get("probabilities")
    if not isinstance(numbers, Mapping) or set(numbers) != set(fresh.probabilities):
        return fresh
    read = {code: numbers[code] for code in fresh.probabilities}
    if not all(type(p) in (int, float) and 0.0 <= p <= 1.0 for p in read.values()):
        return fresh
    total = math.fsum(read.values())
    codes = {None, *read} - {OTHER}
    names = [value.get(key) for key in ("fallback", "current", "held")]
    if abs(total - 1.0) > 0.001 or not all(n is None or isinstance(n, str) for n in names):
        return fresh
    fallback, current, held = names
    if fallback is None or not {fallback, current, held} <= codes:
        return fresh
    return Belief(
        probabilities={code: p / total for code, p in read.items()},
        fallback=fallback,
        current=current,
        held=held,
    )
