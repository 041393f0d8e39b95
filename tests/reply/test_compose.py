from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from persona_router.core.policy import Service
from persona_router.reply.compose import Composer, Reply, Situation
from persona_router.reply.texts import LocaleTexts, Response, Texts

ENGLISH = LocaleTexts(
    {
        "utter_greet": Response(
            "Hello {name}", ({"title": "Track {name}", "payload": "intent:track_order"},)
        ),
        "utter_article": Response("{passage} [{title}]({url}) {updated}"),
        "utter_article_more": Response("All: {passage}"),
        "utter_offer_phone": Response("{number}\n{hours}"),
        "utter_offer_agent": Response("Shall I?", ({"title": "Yes", "payload": "route:agent"},)),
        "utter_closed": Response("Closed:\n{closed}"),
        "utter_why": Response("Because:\n{reasons}"),
        "utter_corrected": Response("I will not guess."),
        "utter_remembered": Response("Kept:\n{remembered}\n{why}, {forget}"),
        "utter_forgotten": Response("Gone."),
        "utter_not_understood": Response("Pardon?"),
        "utter_unsupported_language": Response("Choose"),
        "utter_ask": Response("Your number?"),
        "utter_helped": Response("Good."),
        "utter_not_helped": Response("Sorry."),
    },
    {
        **{f"button_route_{r}": f"[{r}]" for r in ("self_service", "knowledge_base", "phone")},
        "button_route_agent": "[chat]",
        "button_why": "[why]",
        "button_helped": "[helped]",
        "button_more": "[more]",
        "button_not_helped": "[not helped]",
        "ask_helped": "Helped?",
        "button_correct": "[correct]",
        "button_remember": "[remember]",
        "button_forget": "[forget]",
        "button_stop": "[stop]",
        "button_resume": "[resume]",
        "route_phone": "our phone line",
        "route_agent": "the chat",
        "closed_route": "{route} opens {opens}",
        "closed_route_unknown": "{route} is closed",
        "article_none": "no article",
        "article_fallback": "only in {language}",
        "colleagues_speak": "People here speak {language}.",
        "why_neutral": "I do not know yet",
        "why_override": "you chose it",
        "why_repeated_failure": "failed {times} times",
        "why_closed": "{route} opens {opens}",
        "why_closed_unknown": "{route} is closed",
        "why_anger": "it went wrong",
        "why_remembered": "you asked for it before",
        "remembered_route": "your way: {route}",
        "remembered_correction": "no guessing",
        "signal_haste": "you were quick",
        "signal_terms": "you knew the terms",
        "signal_other": "the way you wrote",
    },
)
GERMAN = LocaleTexts(
    {"utter_greet": Response("Guten Tag {name}")}, {"button_route_agent": "[Kollegin]"}
)
DECISION = {
    "route": "self_service",
    "plan": ["track_order_form"],
    "alternatives": ["agent", "phone"],
    "closed": [],
    "reasons": [{"code": "neutral", "values": {}}],
}
HIT = {
    "locale": "en",
    "article": "returns",
    "title": "Returns",
    "heading": "",
    "passage": "Within 30 days.",
    "updated": "2026-11-01",
    "fallback": False,
}


@pytest.fixture
def composer(policy) -> Composer:
    texts = Texts({"en": ENGLISH, "de": GERMAN})
    return Composer(texts, policy, article_url="/chat/articles/{locale}/{id}")


@pytest.fixture
def say(composer: Composer, noon: datetime):
    """A function that composes a reply in an English situation."""

    def compose(name: str, **fields: Any) -> Reply:
        reply = composer.compose(
            name, Situation(**{"chain": ("en-GB", "en"), "at": noon, **fields})
        )
        assert reply is not None
        return reply

    return compose


def payloads(reply: Reply) -> list[str]:
    return [button["payload"] for button in reply.buttons]


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


def test_compose_offers_the_alternatives_and_why(say) -> None:
    reply = say("utter_ask", decision=DECISION)
    assert reply.buttons == (
        {"title": "[chat]", "payload": "route:agent"},
        {"title": "[phone]", "payload": "route:phone"},
        {"title": "[why]", "payload": "why"},
    )


def test_compose_titles_each_button_in_the_best_language_there_is(say) -> None:
    reply = say("utter_greet", decision=DECISION, chain=("de", "en"))
    assert [b["title"] for b in reply.buttons] == ["[Kollegin]", "[phone]", "[why]"]


def test_compose_offers_no_route_twice(say) -> None:
    assert payloads(say("utter_offer_agent", decision=DECISION)) == [
        "route:agent", "route:phone", "why",
    ]  # fmt: skip


def test_compose_in_a_form_offers_to_stop(say) -> None:
    assert payloads(say("utter_ask", decision=DECISION, in_form=True)) == [
        "route:agent", "route:phone", "why", "stop",
    ]  # fmt: skip
    answered = {**DECISION, "plan": []}
    assert payloads(say("utter_ask", decision=answered, in_form=True)) == [
        "route:agent", "route:phone", "stop",
    ]  # fmt: skip


def test_compose_with_a_person_offers_only_the_way_back(say) -> None:
    reply = say("utter_ask", decision=DECISION, with_person=True)
    assert reply.buttons == ({"title": "[resume]", "payload": "resume"},)


def test_compose_of_small_talk_offers_the_best_route_too(say) -> None:
    reply = say("utter_greet", decision={**DECISION, "plan": []})
    assert payloads(reply) == [
        "intent:track_order", "route:self_service", "route:agent", "route:phone",
    ]  # fmt: skip


@pytest.mark.parametrize(("closed", "offered"), [([], True), (["self_service"], False)])
def test_compose_offers_the_route_itself_when_it_was_not_carried_out(say, closed, offered) -> None:
    decision = {**DECISION, "closed": [{"route": r, "opens": None} for r in closed]}
    reply = say("utter_not_understood", decision=decision)
    assert ("route:self_service" in payloads(reply)) is offered


def test_compose_after_a_failed_decision_offers_nothing_made_up(say) -> None:
    assert say("utter_ask", decision={"error": True, "plan": ["action_handoff"]}).buttons == ()


def test_compose_lists_the_languages_in_their_own_names(say) -> None:
    reply = say("utter_unsupported_language")
    assert reply.buttons == (
        {"title": "English", "payload": "language:en"},
        {"title": "Deutsch", "payload": "language:de"},
        {"title": "العربية", "payload": "language:ar"},
        {"title": "Türkçe", "payload": "language:tr"},
    )


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


PERSONA = [
    {"code": "persona", "values": {"persona": "sprinter", "signal": signal}}
    for signal in ("haste", "terms", "brevity")
]
ASKED = {**DECISION, "plan": ["utter_why"], "reasons": PERSONA}


def test_why_names_the_two_strongest_reasons_and_no_more(say) -> None:
    assert say("utter_why", decision=ASKED).text.splitlines() == [
        "Because:", "- you were quick", "- you knew the terms",
    ]  # fmt: skip


def test_why_offers_the_other_routes_and_to_correct_a_guess(say) -> None:
    reply = say("utter_why", decision=ASKED)
    assert payloads(reply) == ["route:agent", "route:phone", "correct"]
    assert reply.buttons[-1]["title"] == "[correct]"


@pytest.mark.parametrize(
    "reasons",
    [
        pytest.param([{"code": "neutral", "values": {}}], id="no-guess"),
        pytest.param(
            [{"code": "override", "values": {}}, {"code": "anger", "values": {}}, *PERSONA],
            id="guess-not-told",
        ),
    ],
)
def test_why_offers_no_correction_of_what_it_did_not_say(say, reasons) -> None:
    assert "correct" not in payloads(say("utter_why", decision={**ASKED, "reasons": reasons}))


def test_why_offers_to_remember_and_to_forget(say) -> None:
    decision = {**ASKED, "memory": ["remember", "forget"]}
    assert payloads(say("utter_why", decision=decision))[2:] == ["correct", "remember", "forget"]
    in_form = say("utter_why", decision=decision, in_form=True)
    assert payloads(in_form)[2:] == ["correct", "remember", "forget", "stop"]


def test_stated_route_may_be_remembered_in_a_form_and_with_a_person_too(say) -> None:
    decision = {**DECISION, "memory": ["remember"]}
    assert payloads(say("utter_ask", decision=decision))[-2:] == ["remember", "why"]
    in_form = say("utter_ask", decision=decision, in_form=True)
    assert payloads(in_form)[-3:] == ["remember", "why", "stop"]
    assert payloads(say("utter_ask", decision=decision, with_person=True)) == ["resume", "remember"]


def test_correction_is_answered_with_every_open_route(say) -> None:
    decision = {**DECISION, "plan": ["utter_corrected"], "memory": ["remember"]}
    reply = say("utter_corrected", decision=decision)
    assert payloads(reply) == ["route:self_service", "route:agent", "route:phone", "remember"]
    in_form = say("utter_corrected", decision=decision, in_form=True)
    assert payloads(in_form) == ["route:agent", "route:phone", "remember", "stop"]


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


def test_compose_asks_of_an_article_whether_it_helped(say) -> None:
    decision = {**DECISION, "id": "d7", "route": "knowledge_base", "plan": ["utter_article"]}
    reply = say("utter_article", decision=decision, hits=[HIT])
    assert reply.text.endswith("\n\nHelped?")
    assert payloads(reply)[:2] == ["helped:d7", "not_helped:d7"]
    assert payloads(reply)[2:] == ["route:agent", "route:phone", "why"]
    nothing = say("utter_article", decision=decision)
    assert "helped:d7" not in payloads(nothing)
    assert "Helped?" not in nothing.text


@pytest.mark.parametrize("name", ["utter_helped", "utter_not_helped"])
def test_compose_of_the_answer_to_a_verdict_offers_nothing_by_itself(say, name: str) -> None:
    assert say(name, decision={**DECISION, "plan": [name, "utter_offer_agent"]}).buttons == ()


def test_short_answer_has_a_button_for_the_rest(say) -> None:
    passage = "Within 30 days of the day of delivery. Gifts count from the purchase."
    decision = {**DECISION, "id": "d7", "plan": ["utter_article"], "answers": "short"}
    short = say("utter_article", decision=decision, hits=[{**HIT, "passage": passage}])
    assert short.text.startswith("Within 30 days of the day of delivery. [Returns]")
    assert payloads(short)[:3] == ["more", "helped:d7", "not_helped:d7"]
    more = {**decision, "plan": ["utter_article_more"], "answers": "full"}
    rest = say("utter_article_more", decision=more, hits=[{**HIT, "passage": passage}])
    assert rest.text == f"All: {passage}\n\nHelped?"
    assert payloads(rest)[:2] == ["helped:d7", "not_helped:d7"]
    assert "why" not in payloads(rest)
