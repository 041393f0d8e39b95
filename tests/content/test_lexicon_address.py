"""Phrase lists hear the same in polite and informal address, and in the words of other regions."""

import pytest

from persona_router.content.lexicons import read_lexicons
from persona_router.core.text import fold
from tests.served import SERVED

LEXICONS = read_lexicons(SERVED)


@pytest.mark.parametrize(
    ("language", "category", "polite", "other"),
    [
        ("de", "courtesy", "Können Sie mir die ausstellen?", "Könnt ihr mir die ausstellen?"),
        ("de", "hedging", "ich kenne mich mit so etwas leider nicht gut aus",
         "ich kenn mich mit sowas leider nicht gut aus"),
        ("en", "references", "where is that written in your terms?",
         "where is that spelled out in your terms?"),
        ("en", "narrative", "I have two accounts.", "I've got two accounts."),
        ("es", "references", "¿me indica cómo?", "¿me dices cómo?"),
        ("es", "urgency", "¿Me cobran gastos de anulación si ya está empaquetado?",
         "¿Me cobran cargos por cancelación si el pedido ya está empacado?"),
        ("es", "help_seeking", "¿cómo paso de una a la otra?",
         "¿cómo le hago para cambiarme a la otra?"),
        ("es", "lost", "no me acepta el código", "no me agarra el código"),
        ("fr", "references", "D'après votre mail, livré", "D'après ton mail, livré"),
        ("fr", "references", "et où est-ce écrit ?", "et c'est écrit où ?"),
        ("fr", "lost", "Où puis-je laisser un avis ?", "Où est-ce que je peux laisser un avis ?"),
        ("fr", "hedging", "J'ai peur que tout soit perdu", "J'ai bien peur d'avoir tout perdu"),
        ("fr", "courtesy", "Pourriez-vous la remplacer ?", "Tu pourrais la remplacer ?"),
        ("it", "help_seeking", "Mi dà una mano?", "Mi dai una mano?"),
        ("it", "help_seeking", "Mi spieghi come si fa.", "Spiegami come si fa."),
        ("nl", "hedging", "ik overweeg om het bij u te kopen", "ik denk eraan om het te kopen"),
        ("pl", "help_seeking", "Czy mogą Państwo coś z tym zrobić?", "Możesz coś z tym zrobić?"),
        ("pl", "help_seeking", "Proszę do mnie oddzwonić po 16.", "Oddzwoń do mnie po 16."),
        ("pt", "help_seeking", "Explique-me como é que abro", "Explica-me como é que abro"),
        ("pt", "narrative", "Sabe dizer onde posso deixar", "Sabes dizer onde posso deixar"),
        ("tr", "help_seeking", "yardımcı olur musunuz?", "yardımcı oluverin"),
        ("tr", "help_seeking", "adresini değiştirir misiniz?", "adresini değiştiriverin."),
        ("ar", "urgency", "مرحبًا، طلبت من متجركم", "هلا، طلبت من عندكم"),
        ("ar", "conditions", "هل يمكنكم مساعدتي؟", "ممكن تساعدني؟"),
    ],
)  # fmt: skip
def test_address_and_region_change_no_count(
    language: str, category: str, polite: str, other: str
) -> None:
    counts = [LEXICONS[language].count(category, fold(text)) for text in (polite, other)]
    assert counts[0] == counts[1]


def test_from_morning_till_evening_is_no_hurry() -> None:
    said = fold("ben o gün sabahtan akşama kadar evdeydim")
    assert not LEXICONS["tr"].says("urgency", said)
    assert LEXICONS["tr"].says("urgency", fold("akşama kadar lazım"))
