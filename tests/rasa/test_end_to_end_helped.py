"""Did this help? Asked under every article, answered by button or in words, in ten languages."""

from collections.abc import Callable

import pytest

from persona_router.handoff.sqlite import open_queue
from tests.rasa.customer import Customer
from tests.rasa.test_end_to_end_routes import WARRANTY

New = Callable[..., Customer]
NO = {
    "en": "no, that didn't help",
    "de": "nein",
    "fr": "non, cela ne m'aide pas",
    "es": "no me ha servido",
    "pt": "não ajudou",
    "it": "non mi è stato utile",
    "nl": "nee, dit helpt me niet",
    "pl": "nie pomogło",
    "tr": "işime yaramadı",
    "ar": "لم يفدني",
}
YES = {
    "en": "yes",
    "de": "ja, das hat geholfen",
    "fr": "oui",
    "es": "sí, me ha servido",
    "pt": "sim, ajudou",
    "it": "sì, mi è stato utile",
    "nl": "ja",
    "pl": "tak, pomogło",
    "tr": "evet, işime yaradı",
    "ar": "نعم",
}


def verdict_button(somebody: Customer, kind: str) -> str:
    return next(payload for payload in somebody.payloads if payload.startswith(f"{kind}:"))


@pytest.mark.parametrize("locale", WARRANTY)
async def test_no_leads_on_at_once_and_the_person_sees_what_was_read(
    new_customer: New, locale: str
) -> None:
    somebody = new_customer(locale)
    assert await somebody.says(WARRANTY[locale]) == [f"utter_article@{locale}"]
    first = (await somebody.decision())["id"]
    title = (await somebody.parsed())["knowledge"][0]["title"]
    replies = await somebody.clicks(verdict_button(somebody, "not_helped"))
    assert replies == [f"utter_not_helped@{locale}", f"utter_offer_agent@{locale}"]
    assert "route:knowledge_base" not in somebody.payloads
    logged = {row["id"]: row["helped"] for row in await somebody.logged()}
    assert logged[first] == 0
    assert await somebody.clicks("route:agent") == [f"utter_handoff_waiting@{locale}"]
    (handoff,) = open_queue().open_for(somebody.name)
    assert list(handoff.request.articles) == [{"title": title, "helped": False}]


@pytest.mark.parametrize("locale", WARRANTY)
async def test_words_answer_the_question_too(new_customer: New, locale: str) -> None:
    pleased, disappointed = new_customer(locale), new_customer(locale)
    for somebody, words, reply, helped in (
        (pleased, YES[locale], "utter_helped", 1),
        (disappointed, NO[locale], "utter_not_helped", 0),
    ):
        await somebody.says(WARRANTY[locale])
        assert (await somebody.says(words))[0] == f"{reply}@{locale}"
        assert (await somebody.logged())[1]["helped"] == helped


async def test_article_that_a_button_asks_for_is_logged_with_its_id(new_customer: New) -> None:
    tom = new_customer("en")
    await tom.says("track order 4471903")
    assert await tom.clicks("route:knowledge_base") == ["utter_article@en"]
    asked = (await tom.decision())["id"]
    logged = {row["id"]: row["article"] for row in await tom.logged()}
    assert logged[asked] == "track-order"


async def test_old_button_judges_its_own_article_once(new_customer: New) -> None:
    somebody = new_customer("de")
    await somebody.says(WARRANTY["de"])
    button = verdict_button(somebody, "helped")
    await somebody.says("Danke")
    assert await somebody.clicks(button, "Ja, das hat geholfen") == ["utter_helped@de"]
    assert await somebody.clicks(button, "Ja, das hat geholfen") == ["utter_helped@de"]
    rows = await somebody.logged()
    assert [row["helped"] for row in rows] == [None, None, None, 1]


async def test_sprinter_reads_a_line_and_gets_the_rest_by_a_click(new_customer: New) -> None:
    tom = new_customer("en-GB", seconds=3, device="mobile")
    await tom.says("track 10457720")
    assert await tom.says("delivery options") == ["utter_article@en"]
    assert (await tom.decision())["persona"] == "sprinter"
    line = tom.text
    asked = verdict_button(tom, "helped")
    assert await tom.clicks("more") == ["utter_article_more@en"]
    assert len(tom.text) > len(line)
    assert asked in tom.payloads
