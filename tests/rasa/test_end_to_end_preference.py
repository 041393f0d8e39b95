"""A guess that is told and corrected, a choice remembered and forgotten, in every language."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from persona_router.reply.texts import PACKAGED_TEXTS
from tests.rasa.customer import Customer

New = Callable[..., Customer]
HASTE = {"seconds": 3, "device": "mobile", "remembers": True}
SPOKEN = [
    pytest.param("en", "track 10457720", "cancel 10457720", id="en"),
    pytest.param("de", "10457720 verfolgen", "10457720 stornieren", id="de"),
    pytest.param("fr", "suivre 10457720", "annuler 10457720", id="fr"),
    pytest.param("es", "rastrear 10457720", "cancelar 10457720", id="es"),
    pytest.param("pt", "rastrear 10457720", "cancelar 10457720", id="pt"),
    pytest.param("it", "traccia 10457720", "annulla 10457720", id="it"),
    pytest.param("nl", "volg 10457720", "annuleer 10457720", id="nl"),
    pytest.param("pl", "śledź 10457720", "anuluj 10457720", id="pl"),
    pytest.param("tr", "10457720 takip", "10457720 iptal", id="tr"),
    pytest.param("ar", "تتبع 10457720", "إلغاء 10457720", id="ar"),
]


def phrases(locale: str) -> dict[str, str]:
    content = yaml.safe_load((PACKAGED_TEXTS / f"{locale}.yml").read_text(encoding="utf-8"))
    return dict(content["phrases"])


def told(customer: Customer) -> list[str]:
    """Return the lines of the list in what was said last."""
    return [line[2:] for line in customer.text.splitlines() if line.startswith("- ")]


async def kept(customer: Customer) -> Any:
    """Return what the last reply tells the customer's page to remember."""
    events = (await customer.tracker()).events
    return next(e.metadata.get("remember") for e in reversed(events) if e.type_name == "bot")


@pytest.mark.parametrize(("locale", "first", "second"), SPOKEN)
async def test_guess_is_told_in_two_reasons_corrected_and_not_made_again(
    new_customer: New, locale: str, first: str, second: str
) -> None:
    somebody = new_customer(locale, **HASTE)
    await somebody.says(first)
    assert (await somebody.decision())["persona"] == "sprinter"
    assert await somebody.clicks("why") == [f"utter_why@{locale}"]
    signals = {text for key, text in phrases(locale).items() if key.startswith("signal_")}
    assert len(told(somebody)) == 2
    assert set(told(somebody)) <= signals
    assert {"route:agent", "route:phone", "correct"} <= set(somebody.payloads)

    assert await somebody.clicks("correct") == [f"utter_corrected@{locale}"]
    assert {"route:agent", "route:phone", "remember"} <= set(somebody.payloads)
    await somebody.says(second)
    decision = await somebody.decision()
    assert (decision["persona"], decision["corrected"]) == (None, True)
    assert decision["inferred_persona"] == "sprinter"
    assert (await somebody.slots())["persona"] == ""
    assert await somebody.clicks("why") == [f"utter_why@{locale}"]
    assert phrases(locale)["why_corrected"] in told(somebody)
    assert "correct" not in somebody.payloads

    rows = await somebody.logged()
    assert [row["corrected"] for row in rows[::-1]] == [0, 0, 1, 1, 1]
    assert {row["inferred_persona"] for row in rows} == {"sprinter"}
    assert [row["persona"] for row in rows[::-1]] == ["sprinter", "sprinter", None, None, None]


@pytest.mark.parametrize(("locale", "first", "second"), SPOKEN)
async def test_chosen_route_is_remembered_at_a_click_and_begins_the_next_visit(
    new_customer: New, locale: str, first: str, second: str
) -> None:
    somebody = new_customer(locale, **HASTE)
    await somebody.says(first)
    assert "remember" not in somebody.payloads
    assert await somebody.clicks("route:phone") == [f"utter_offer_phone@{locale}"]
    assert await kept(somebody) is None
    assert await somebody.clicks("remember") == [f"utter_remembered@{locale}"]
    assert await kept(somebody) == {"preferred": "phone", "corrected": False}
    words = phrases(locale)
    assert told(somebody) == [words["remembered_route"].replace("{route}", words["route_phone"])]
    assert words["button_forget"] in somebody.text
    rows = await somebody.logged()
    assert (rows[1]["stated_route"], rows[1]["inferred_route"]) == ("phone", "self_service")

    later = new_customer(locale, **HASTE, preferred="phone", returning=True)
    assert await later.says(first) == [f"utter_offer_phone@{locale}"]
    assert await later.clicks("why") == [f"utter_why@{locale}"]
    assert told(later) == [words["why_remembered"]]
    assert await later.clicks("forget") == [f"utter_forgotten@{locale}"]
    assert await kept(later) == {"preferred": None, "corrected": False}
    assert (await later.decision())["stated_route"] is None


async def test_remembered_colleague_is_reached_and_can_be_remembered_while_waiting(
    new_customer: New,
) -> None:
    anna = new_customer("de", **HASTE)
    await anna.says("10457720 verfolgen")
    assert await anna.clicks("route:agent") == ["utter_handoff_waiting@de"]
    assert anna.payloads == ["resume", "remember"]
    assert await anna.clicks("remember") == ["utter_remembered@de"]
    assert await kept(anna) == {"preferred": "agent", "corrected": False}
    assert anna.payloads == ["resume", "forget"]
    later = new_customer("de", **HASTE, preferred="agent")
    assert await later.says("10457720 verfolgen") == ["utter_offer_agent@de"]
    assert await later.clicks("why") == ["utter_why@de"]
    assert await later.says("ja") == ["utter_handoff_waiting@de"]


async def test_typed_titles_mean_their_buttons(new_customer: New) -> None:
    tom = new_customer("en", **HASTE)
    await tom.says("track 10457720")
    await tom.says("why this?")
    assert await tom.says("that does not fit me") == ["utter_corrected@en"]
    assert await tom.says("Remember this for next time!") == ["utter_remembered@en"]
    assert told(tom) == ["I am not to guess how you like to be helped"]
    assert await kept(tom) == {"preferred": None, "corrected": True}
    assert await tom.says("forget my choice") == ["utter_forgotten@en"]


async def test_page_that_cannot_remember_is_not_asked_to(new_customer: New) -> None:
    tom = new_customer("en", seconds=3)
    await tom.says("track 10457720")
    await tom.clicks("route:phone")
    assert "remember" not in tom.payloads
    await tom.clicks("why")
    assert {"remember", "forget"}.isdisjoint(tom.payloads)
