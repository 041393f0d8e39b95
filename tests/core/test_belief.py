import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.belief import (
    Belief,
    BeliefParams,
    choose,
    from_json,
    hold,
    is_unsupported,
    start,
    update,
)
from persona_router.core.language import OTHER, LanguageGuess, guess_from_scores

LANGUAGES = ("en", "de", "es", "ar")


def clearly(code: str) -> LanguageGuess:
    likelihoods = dict.fromkeys((*LANGUAGES, OTHER), -8.0) | {code: 0.0}
    return LanguageGuess(
        scores={c: 1.0 if c == code else 0.0 for c in likelihoods},
        best=code if code != OTHER else "en",
        code=code if code != OTHER else "en",
        log_likelihoods=likelihoods,
    )


NOTHING = LanguageGuess(
    scores={"en": 0.3, "de": 0.3, "es": 0.2, "ar": 0.18, OTHER: 0.02},
    best="en",
    code=None,
    log_likelihoods={},
)


def test_start_leans_half_towards_the_browser_locale() -> None:
    belief = start(LANGUAGES, default="en", browser_locales=["de-AT"])
    assert belief.probabilities["de"] == pytest.approx(0.98 * (0.5 + 0.5 / 4))
    assert belief.probabilities["es"] == pytest.approx(0.98 * 0.125)
    assert choose(belief) == "de"


def test_start_weighs_several_browser_locales_by_their_order() -> None:
    belief = start(LANGUAGES, default="en", browser_locales=["ar-EG", "es", "ar"])
    assert belief.probabilities["ar"] == pytest.approx(0.98 * (0.125 + 0.5 * 2 / 3))
    assert belief.probabilities["es"] == pytest.approx(0.98 * (0.125 + 0.5 / 3))


@pytest.mark.parametrize("locales", [[], ["hu-HU"], [None, 7, "%%"], [{"x": []}]])
def test_start_without_a_served_locale_is_the_default(locales: list[object]) -> None:
    belief = start(LANGUAGES, default="es", browser_locales=locales)
    assert choose(belief) == "es"
    assert belief.probabilities["de"] == belief.probabilities["es"] == pytest.approx(0.245)


def test_start_refuses_a_default_that_is_not_served() -> None:
    with pytest.raises(ValueError, match=r"Unknown language 'fr'\. Configured: en, de, es, ar\."):
        start(LANGUAGES, default="fr")


def test_update_follows_a_genuine_switch_after_one_clear_message() -> None:
    belief = start(LANGUAGES, default="en", browser_locales=["en"])
    for _ in range(6):
        belief = update(belief, clearly("en"))
    assert choose(belief) == "en"
    belief = update(belief, clearly("de"))
    assert choose(belief) == "de"


def test_update_does_not_switch_for_one_foreign_word() -> None:
    belief = update(start(LANGUAGES, default="en"), clearly("de"))
    word = guess_from_scores({"en": 0.8, "de": 0.15, "es": 0.05, "ar": 0.0})
    assert choose(update(belief, word)) == "de"


def test_update_keeps_the_language_when_a_message_is_no_evidence() -> None:
    belief = update(start(LANGUAGES, default="en"), clearly("ar"))
    assert update(belief, NOTHING) is belief
    assert choose(update(belief, NOTHING)) == "ar"


def test_update_keeps_the_last_language_while_in_doubt() -> None:
    belief = update(start(LANGUAGES, default="en"), clearly("es"))
    doubtful = guess_from_scores({"en": 0.49, "de": 0.49, "es": 0.0001, "ar": 0.0})
    in_doubt = update(belief, doubtful)
    assert max(in_doubt.probabilities.values()) < 0.6
    assert choose(in_doubt) == "es"


def test_hold_beats_evidence_until_the_next_choice() -> None:
    belief = hold(start(LANGUAGES, default="en"), "ar")
    for _ in range(5):
        belief = update(belief, clearly("de"))
    assert choose(belief) == "ar"
    assert choose(hold(belief, "es")) == "es"


@pytest.mark.parametrize("code", ["fr", OTHER, ""])
def test_hold_refuses_a_language_that_is_not_served(code: str) -> None:
    with pytest.raises(ValueError, match=r"Configured: en, de, es, ar\."):
        hold(start(LANGUAGES, default="en"), code)


def test_is_unsupported_tells_foreign_languages_and_answers_in_the_browsers() -> None:
    belief = update(start(LANGUAGES, default="en", browser_locales=["de"]), clearly(OTHER))
    assert is_unsupported(belief)
    assert choose(belief) == "de"
    assert not is_unsupported(hold(belief, "en"))
    assert not is_unsupported(update(belief, clearly("es")))


def test_from_json_restores_what_to_json_wrote() -> None:
    fresh = start(LANGUAGES, default="en")
    belief = hold(update(fresh, clearly("de")), "es")
    restored = from_json(json.loads(json.dumps(belief.to_json())), fresh=fresh)
    assert restored.probabilities == pytest.approx(belief.probabilities, abs=1e-8)
    assert (restored.held, restored.current, restored.fallback) == ("es", "de", "en")


def _changed(**changes: object) -> dict[str, object]:
    return start(LANGUAGES, default="en").to_json() | changes


@pytest.mark.parametrize(
    "value",
    [
        None,
        "de",
        [],
        {},
        _changed(probabilities={"en": 1.0}),
        _changed(probabilities={"en": "1", "de": 0.0, "es": 0.0, "ar": 0.0, "other": 0.0}),
        _changed(probabilities={"en": 5.0, "de": -4.0, "es": 0.0, "ar": 0.0, "other": 0.0}),
        _changed(probabilities={"en": math.nan, "de": 0.0, "es": 0.0, "ar": 0.0, "other": 1.0}),
        _changed(probabilities={"en": True, "de": 0.0, "es": 0.0, "ar": 0.0, "other": 0.0}),
        _changed(probabilities=dict.fromkeys(("en", "de", "es", "ar", "other"), 0.0)),
        _changed(held="fr"),
        _changed(held="other"),
        _changed(held=["en"]),
        _changed(fallback=None),
    ],
)
def test_from_json_starts_afresh_from_anything_malformed(value: object) -> None:
    fresh = start(LANGUAGES, default="en", browser_locales=["es"])
    assert from_json(value, fresh=fresh) is fresh


@pytest.mark.parametrize(
    ("name", "value"), [("commit", 0.2), ("switch_rate", 0.0), ("clip", -1.0), ("prior_weight", 2)]
)
def test_params_refuse_numbers_that_cannot_work(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is .* Choose a number from"):
        BeliefParams(**{name: value})


evidence = st.fixed_dictionaries({c: st.floats(-8, 0) for c in (*LANGUAGES, OTHER)})


def _guess(likelihoods: dict[str, float]) -> LanguageGuess:
    return LanguageGuess(scores={}, best="en", code="en", log_likelihoods=likelihoods)


@given(st.lists(evidence, max_size=30))
def test_probabilities_always_sum_to_one(messages: list[dict[str, float]]) -> None:
    belief = start(LANGUAGES, default="en", browser_locales=["ar"])
    for likelihoods in messages:
        belief = update(belief, _guess(likelihoods))
    assert math.fsum(belief.probabilities.values()) == pytest.approx(1.0)
    assert all(p > 0.0 for p in belief.probabilities.values())


@given(evidence, st.sampled_from(LANGUAGES), st.floats(0.01, 4))
def test_more_evidence_for_a_language_never_lowers_it(
    likelihoods: dict[str, float], code: str, more: float
) -> None:
    before: Belief = update(start(LANGUAGES, default="en"), clearly("de"))
    weaker = update(before, _guess(likelihoods))
    stronger = update(before, _guess(likelihoods | {code: likelihoods[code] + more}))
    assert stronger.probabilities[code] >= weaker.probabilities[code] - 1e-12
