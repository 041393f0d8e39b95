"""The buttons below a reply: which there are, in which order, and which not."""

import pytest

from tests.reply.making import ASKED, DECISION, HIT, PERSONA, payloads


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
