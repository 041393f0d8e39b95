from persona_router.core.evidence import EvidenceParams
from persona_router.core.learned import Learned, LearnedModel
from persona_router.core.persona import Persona, Strength

PARAMS = EvidenceParams(threshold=0.6, tempering=0.5, turn_cap=25.0, meaning_weight=0.8)
LEARNED = Learned(
    {"talker": {"narrative": Strength(5.5, -1.0)}}, meaning_weight=1.5, temperature=1.2
)


def test_what_was_learned_takes_the_place_of_what_cards_state() -> None:
    stated = (
        Persona("talker", "The talker", ("phone",), {"narrative": Strength(7.0)}, prior=2.0),
        Persona("sprinter", "The sprinter", ("agent",), {"haste": Strength(4.0)}),
    )
    talker, sprinter = LEARNED.personas(stated)
    assert talker.strengths == {"narrative": Strength(5.5, -1.0)}
    assert (talker.ranking, talker.prior) == (("phone",), 2.0)
    assert sprinter == stated[1]


def test_policy_keeps_its_threshold_and_tempering() -> None:
    params = LEARNED.params(PARAMS)
    assert (params.threshold, params.tempering, params.turn_cap) == (0.6, 0.5, 25.0)
    assert (params.meaning_weight, params.temperature) == (1.5, 1.2)


def test_labelled_conversations_are_judged_without_themselves() -> None:
    other = Learned({}, meaning_weight=0.0)
    model = LearnedModel(LEARNED, {"en-001": other})
    assert model.of("en-001") is other
    assert model.of("en-999") is LEARNED
    assert model.of(None) is LEARNED
    assert LearnedModel().of("en-001") is None
