"""What a customer reads: the text, the article, the number, and why."""

from dataclasses import replace
from datetime import datetime

import pytest

from persona_router.core.policy import Service
from persona_router.reply.compose import Composer, Reply
from persona_router.reply.situation import Situation
from persona_router.reply.texts import Texts
from tests.reply.making import ASKED, DECISION, ENGLISH, HIT, payloads


def test_compose_fills_text_and_buttons_with_slots(say) -> None:
    reply = say("utter_greet", values={"name": "Zoë"})
    assert reply == Reply(
        "Hello Zoë", ({"title": "Track Zoë", "payload": "intent:track_order"},), "en"
    )


def test_compose_tells_which_locale_of_the_chain_it_found(say) -> None:
    assert say("utter_greet", chain=("de-AT", "de", "en")).locale == "de"
    assert say("utter_ask", chain=("de-AT", "de", "en")).locale == "en"


def test_compose_of_an_unknown_reply_is_none(composer: Composer, noon: datetime) -> None:
    assert composer.compose("utter_nothing", Situation(chain=("en",), at=noon)) is None


def test_compose_offers_the_people_who_speak_an_unserved_language(say) -> None:
    spoken = {**DECISION, "route": "agent", "alternatives": [], "plan": ["utter_x"]}
    decision = {**spoken, "spoken": "uk", "speaking": ["agent"]}
    reply = say("utter_unsupported_language", decision=decision)
    assert reply.text == "Choose People here speak Ukrainian."
    assert reply.buttons[4] == {"title": "[chat] · Українська", "payload": "route:agent"}


def test_compose_promises_nobody_where_nobody_speaks_the_language(say) -> None:
    decision = {**DECISION, "route": "agent", "spoken": "uk", "speaking": []}
    reply = say("utter_unsupported_language", decision=decision)
    assert reply.text == "Choose"
    assert {"title": "[chat]", "payload": "route:agent"} in reply.buttons


def test_article_shows_passage_title_link_and_date(say) -> None:
    assert say("utter_article", hits=[HIT]).text == (
        "Within 30 days. [Returns](/chat/articles/en/returns) 1 Nov 2026"
    )


def test_article_of_another_language_is_labelled_so(say) -> None:
    hit = {**HIT, "locale": "de", "passage": "Binnen 30 Tagen.", "fallback": True}
    assert say("utter_article", hits=[hit]).text.startswith("only in German\n\nBinnen 30 Tagen. ")


def test_article_stands_under_its_heading_with_links_as_addresses(say) -> None:
    passage = "See [fees](cancellation-fees.md) or [us](https://shop.example/x)."
    assert say("utter_article", hits=[{**HIT, "heading": "Costs", "passage": passage}]).text == (
        "**Costs**\n\nSee [fees](/chat/articles/en/cancellation-fees) "
        "or [us](https://shop.example/x). [Returns](/chat/articles/en/returns) 1 Nov 2026"
    )


def test_links_to_headings_lead_to_the_article_page(say) -> None:
    passage = "See [costs](#costs), [fees](../de/fees.md#gebühr) or [us](https://shop.example/x#y)."
    assert say("utter_article", hits=[{**HIT, "passage": passage}]).text.startswith(
        "See [costs](/chat/articles/en/returns#costs), [fees](/chat/articles/de/fees#gebühr) "
        "or [us](https://shop.example/x#y). "
    )


def test_article_is_never_filled_with_what_the_customer_wrote(say) -> None:
    hit = {**HIT, "passage": "Write {email} to us.", "title": "{name}"}
    text = say("utter_article", hits=[hit], values={"email": "a@b.example", "name": "x"}).text
    assert text.startswith("Write {email} to us. [{name}](")


def test_article_without_a_hit_says_so(say) -> None:
    assert say("utter_article").text == "no article"


def test_phone_shows_number_and_hours_in_the_customers_zone(say) -> None:
    text = say("utter_offer_phone", zone="Europe/London").text
    assert text.splitlines()[:2] == [
        "[+44 20 7946 0112](tel:+442079460112)",
        "- Monday 07:00 – 19:00",
    ]


def test_phone_of_another_locale_is_its_own(say) -> None:
    text = say("utter_offer_phone", chain=("de-AT", "de", "en")).text
    assert text.splitlines()[:2] == [
        "[+49 30 23125 112](tel:+493023125112)",
        "- Montag 08:00 – 20:00",
    ]


def test_phone_of_a_reason_goes_before_that_of_the_locale(policy) -> None:
    own = Service(locales=("de",), number="+49 30 23125 113", intents=frozenset({"complaint"}))
    phone = replace(policy.routes["phone"], services=(*policy.routes["phone"].services, own))
    changed = replace(policy, routes={**policy.routes, "phone": phone})
    composer = Composer(Texts({"en": ENGLISH}), changed, article_url="/")
    for concern, number in (("complaint", "113"), ("track_order", "112"), (None, "112")):
        decision = {**DECISION, "concern": concern}
        at = datetime.fromisoformat("2026-11-23T12:00+00:00")
        situation = Situation(chain=("de", "en"), at=at, decision=decision)
        reply = composer.compose("utter_offer_phone", situation)
        assert reply is not None
        assert f"(tel:+493023125{number})" in reply.text


def test_phone_where_nobody_answers_shows_no_number(say) -> None:
    assert say("utter_offer_phone", chain=("tr", "en")).text == "\n"


def test_closed_tells_when_each_route_opens(say) -> None:
    decision = {
        "closed": [
            {"route": "agent", "opens": "2026-11-23T08:00:00+01:00"},
            {"route": "phone", "opens": None},
        ]
    }
    assert say("utter_closed", decision=decision, zone="Europe/London").text == (
        "Closed:\n- the chat opens Monday 07:00\n- our phone line is closed"
    )


@pytest.mark.parametrize(
    ("reasons", "lines"),
    [
        pytest.param([], ["- I do not know yet"], id="none"),
        pytest.param([("override", {})], ["- you chose it"], id="override"),
        pytest.param(
            [("persona", {"persona": "sprinter", "signal": "haste"})],
            ["- you were quick"],
            id="signal",
        ),
        pytest.param(
            [("persona", {"persona": "sprinter", "signal": "of_a_plugin"})],
            ["- the way you wrote"],
            id="unknown-signal",
        ),
        pytest.param(
            [("persona", {"signal": "a"}), ("persona", {"signal": "b"})],
            ["- the way you wrote"],
            id="said-once",
        ),
        pytest.param([("repeated_failure", {"times": "3"})], ["- failed 3 times"], id="values"),
        pytest.param(
            [("closed", {"route": "phone", "opens": "2026-11-23T08:00:00+01:00"})],
            ["- our phone line opens Monday 08:00"],
            id="closed",
        ),
        pytest.param(
            [("closed", {"route": "phone", "opens": ""})],
            ["- our phone line is closed"],
            id="closed-for-long",
        ),
        pytest.param([("of_the_future", {})], ["- I do not know yet"], id="unknown-reason"),
    ],
)
def test_why_tells_the_reasons_in_words(say, reasons, lines) -> None:
    decision = {**DECISION, "reasons": [{"code": code, "values": v} for code, v in reasons]}
    reply = say("utter_why", decision=decision)
    assert reply.text.splitlines() == ["Because:", *lines]
    assert "why" not in payloads(reply)


def test_why_never_names_the_persona(say) -> None:
    values = {"persona": "talker", "signal": "haste"}
    decision = {**DECISION, "reasons": [{"code": "persona", "values": values}]}
    assert "talker" not in say("utter_why", decision=decision).text


def test_why_names_the_two_strongest_reasons_and_no_more(say) -> None:
    assert say("utter_why", decision=ASKED).text.splitlines() == [
        "Because:", "- you were quick", "- you knew the terms",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "corrected", "lines"),
    [
        ("phone", False, ["- your way: our phone line"]),
        (None, True, ["- no guessing"]),
        ("agent", True, ["- your way: the chat", "- no guessing"]),
    ],
)
def test_remembering_says_what_is_kept_and_tells_the_page(say, stated, corrected, lines) -> None:
    decision = {
        **DECISION, "plan": ["utter_remembered"], "stated_route": stated, "corrected": corrected,
        "memory": ["forget"],
    }  # fmt: skip
    reply = say("utter_remembered", decision=decision)
    assert reply.text.splitlines() == ["Kept:", *lines, "[why], [forget]"]
    assert reply.remember == {"preferred": stated, "corrected": corrected}
    assert payloads(reply) == ["route:agent", "route:phone", "forget"]


def test_forgetting_tells_the_page_to_keep_nothing(say) -> None:
    decision = {**DECISION, "plan": ["utter_forgotten"], "stated_route": "phone"}
    reply = say("utter_forgotten", decision=decision)
    assert reply.remember == {"preferred": None, "corrected": False}


@pytest.mark.parametrize("name", ["utter_remembered", "utter_forgotten", "utter_ask", "utter_why"])
def test_page_is_told_nothing_that_the_customer_did_not_ask_for(say, name) -> None:
    decision = {**DECISION, "stated_route": "phone", "corrected": True}
    assert say(name, decision=decision).remember is None
