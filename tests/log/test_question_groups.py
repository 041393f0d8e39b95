"""Questions of one meaning stand together, across words and languages."""

from persona_router.encoder import shared_encoder
from persona_router.log.question_groups import groups
from persona_router.log.questions import Question

ASKED = {
    "a1": ("en", "Do you offer gift wrapping?"),
    "a2": ("de", "Können Sie das als Geschenk verpacken?"),
    "a3": ("es", "¿Envuelven los regalos?"),
    "b1": ("en", "Can I pay in instalments?"),
    "b2": ("fr", "Puis-je payer en plusieurs fois ?"),
    "c1": ("en", "Where is your head office?"),
}
QUESTIONS = tuple(
    Question(decision=id, at=float(number), language=language, text=text)
    for number, (id, (language, text)) in enumerate(ASKED.items())
)


def test_questions_of_one_meaning_are_a_group_in_any_language() -> None:
    found = groups(QUESTIONS, shared_encoder().encode)
    assert [sorted(one.decision for one in group.questions) for group in found] == [
        ["a1", "a2", "a3"], ["b1", "b2"], ["c1"],
    ]  # fmt: skip
    assert found[0].languages == {"en": 1, "de": 1, "es": 1}


def test_one_question_or_none_is_a_group_or_none() -> None:
    assert groups((), shared_encoder().encode) == ()
    (group,) = groups(QUESTIONS[:1], shared_encoder().encode)
    assert group.questions == QUESTIONS[:1]
