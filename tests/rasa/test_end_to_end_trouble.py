"""Anger, repetition and failure over whole conversations: a person is never far."""

from collections.abc import Callable

import pytest

from tests.rasa.customer import Customer
from tests.served import SERVED

New = Callable[..., Customer]
PEOPLE = {"route:agent", "route:phone"}
# The same question twice, in other words, about something that an article answers.
ASKED = {
    "en": ("how long does delivery take?", "yes, but how many days does delivery take"),
    "de": ("Wie lange dauert die Lieferung?", "ja aber wie viele Tage dauert die Lieferung denn"),
    "fr": ("Quel est le délai de livraison ?", "oui mais la livraison prend combien de jours"),
    "es": ("¿Cuánto tarda el envío?", "sí, pero cuántos días tarda el envío"),
    "pt": ("Quanto tempo demora a entrega?", "sim, mas quantos dias demora a entrega"),
    "it": ("Quanto tempo ci vuole per la consegna?", "sì ma quanti giorni ci mette la consegna"),
    "nl": ("Hoe lang duurt de levering?", "ja maar hoeveel dagen duurt de levering dan"),
    "pl": ("Ile trwa dostawa?", "tak, ale ile dni trwa dostawa"),
    "tr": ("Teslimat ne kadar sürüyor?", "evet de teslimat kaç gün sürüyor"),
    "ar": ("كم يستغرق التوصيل؟", "نعم لكن كم يوم يستغرق التوصيل"),
}
ANGRY = {
    "en": "This is outrageous!!! Where is my parcel?",
    "de": "Das ist eine Frechheit!!! Wo ist mein Paket?",
    "fr": "C'est scandaleux !!! Où est mon colis ?",
    "es": "¡¡¡Esto es una vergüenza!!! ¿Dónde está mi paquete?",
    "pt": "Isto é uma vergonha!!! Onde está a minha encomenda?",
    "it": "È una vergogna!!! Dov'è il mio pacco?",
    "nl": "Dit is een schande!!! Waar is mijn pakket?",
    "pl": "To skandal!!! Gdzie jest moja paczka?",
    "tr": "Bu ne rezalet!!! Siparişim nerede?",
    "ar": "هذا عار!!! أين طلبي؟",
}


def routes(somebody: Customer) -> list[str]:
    """Return the routes that the buttons offer, in order."""
    return [payload for payload in somebody.payloads if payload.startswith("route:")]


@pytest.mark.parametrize("language", SERVED)
async def test_angry_customer_finds_a_person_first(new_customer: New, language: str) -> None:
    somebody = new_customer(language)
    await somebody.says(ANGRY[language])
    decision = await somebody.decision()
    assert decision["route"] in ("agent", "phone") or routes(somebody)[0] in PEOPLE


@pytest.mark.parametrize("language", SERVED)
async def test_question_asked_again_gets_another_answer_and_a_person(
    new_customer: New, language: str
) -> None:
    somebody = new_customer(language)
    asked, again = ASKED[language]
    await somebody.says(asked)
    first = somebody.text
    await somebody.says(again)
    decision = await somebody.decision()
    assert somebody.text != first
    assert decision["route"] in ("agent", "phone") or routes(somebody)[0] in PEOPLE


@pytest.mark.parametrize("language", SERVED)
async def test_two_messages_that_are_not_understood_lead_to_a_person(
    new_customer: New, language: str
) -> None:
    somebody = new_customer(language)
    await somebody.says("xkcd qwrtz plmokn")
    await somebody.says("zzyzx brfgl wmpf")
    decision = await somebody.decision()
    assert decision["route"] in ("agent", "phone") or routes(somebody)[0] in PEOPLE
