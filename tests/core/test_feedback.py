"""What customers say of an answer, by button and in words, and where it leads."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from persona_router.core.decision import Reason
from persona_router.core.feedback import Verdict, read_verdict
from persona_router.core.lexicon import Lexicon, compile_phrases
from persona_router.core.policy import Policy
from persona_router.core.state import ConversationState
from persona_router.core.turn import Metadata, Payload, Turn

CLICK = Metadata(input="button")
ASKED = ConversationState(concern="refund_policy", answers=("d1", "d7"), asked=True)
REFUND = {"intent": "refund_policy", "intent_confidence": 0.9, "article_found": True}
WORDS = Lexicon(
    language="en",
    patterns={
        "helped": compile_phrases(["that helped"]),
        "not_helped": compile_phrases(["did not help", "not what i asked"]),
    },
)


@pytest.fixture
def make(make_turn: Callable[..., Turn]) -> Callable[..., Turn]:
    return lambda text="", **fields: make_turn(text, lexicon=WORDS, **fields)


def no(decision: str = "d7", **fields: object) -> dict[str, object]:
    return {"payload": Payload("not_helped", decision), "metadata": CLICK, **fields}


@pytest.mark.parametrize(
    ("kind", "decision", "verdict"),
    [
        ("helped", "d7", Verdict(True, "d7")),
        ("not_helped", "d1", Verdict(False, "d1")),
        ("not_helped", "of another conversation", Verdict(False, None)),
    ],
)
def test_button_judges_the_answer_that_it_stands_under(make, policy, kind, decision, verdict):
    pressed = make("No", payload=Payload(kind, decision), metadata=CLICK)
    for asked in (True, False):
        assert read_verdict(pressed, replace(ASKED, asked=asked), policy) == verdict


@pytest.mark.parametrize(
    ("text", "intent", "verdict"),
    [
        ("thanks, that helped", None, Verdict(True, "d7")),
        ("sorry that did not help", None, Verdict(False, "d7")),
        ("yes", "affirm", Verdict(True, "d7")),
        ("no", "deny", Verdict(False, "d7")),
        ("and when I lost the receipt?", "refund_policy", None),
    ],
)
def test_words_judge_the_answer_just_given_and_no_other(make, policy, text, intent, verdict):
    policy = replace(policy, declines=frozenset({"deny"}))
    said = make(text, intent=intent, intent_confidence=0.9)
    assert read_verdict(said, ASKED, policy) == verdict
    assert read_verdict(said, replace(ASKED, asked=False), policy) is None
    assert read_verdict(replace(said, form="refund_form"), ASKED, policy) is None
    assert read_verdict(replace(said, with_person=True), ASKED, policy) is None


def test_doubtful_no_judges_nothing(make, policy: Policy) -> None:
    policy = replace(policy, declines=frozenset({"deny"}))
    assert read_verdict(make("nah", intent="deny", intent_confidence=0.2), ASKED, policy) is None


def test_article_waits_for_its_verdict_until_it_is_judged(route) -> None:
    first = route("may I return it", **REFUND)
    assert (first.plan, first.state.asked) == (("utter_article",), True)
    assert first.state.answers == (first.id,)
    thanked = route("thanks", first.state, intent="thank", intent_confidence=0.9)
    assert (thanked.state.answers, thanked.state.asked) == ((first.id,), False)
    helped = route("Yes", thanked.state, payload=Payload("helped", first.id), metadata=CLICK)
    assert (helped.plan, helped.state.answers) == (("utter_helped",), ())
    assert helped.verdict == Verdict(True, first.id)
    assert helped.to_json()["verdict"] == {"helped": True, "decision": first.id}
    twice = route("Yes", helped.state, payload=Payload("helped", first.id), metadata=CLICK)
    assert (twice.plan, twice.verdict) == (("utter_helped",), Verdict(True, None))


def test_no_more_than_the_last_answers_wait(route) -> None:
    state = ConversationState()
    for _ in range(8):
        state = route("may I return it", replace(state, failures=0), **REFUND).state
    assert len(state.answers) <= 5


def test_no_leads_to_the_next_route_and_says_why(route) -> None:
    decision = route("No", ASKED, **no())
    assert decision.route == "agent"
    assert decision.plan == ("utter_not_helped", "utter_offer_agent")
    assert "not_helped:knowledge_base" in decision.constraints
    assert "knowledge_base" not in decision.alternatives
    assert Reason("not_helped") in decision.reasons
    assert (decision.state.failures, decision.state.offered) == (1, "agent")
    accepted = route("yes", decision.state, intent="affirm", intent_confidence=0.9)
    assert accepted.plan == ("action_handoff",)


def test_no_leads_to_self_service_where_that_serves(route) -> None:
    sure = {"sprinter": 30.0, "researcher": -15.0, "talker": -15.0}
    state = replace(ASKED, concern="track_order", told=1, decibans=sure)
    assert route("No", state, **no()).plan == ("utter_not_helped", "track_order_form")


def test_no_to_an_article_for_a_question_of_no_intent_leads_to_a_person(route) -> None:
    state = replace(ASKED, concern=None)
    decision = route("No", state, **no())
    assert decision.plan == ("utter_not_helped", "utter_offer_agent")


def test_no_at_night_says_when_people_are_there(route, night) -> None:
    assert route("No", ASKED, at=night, **no()).plan == ("utter_not_helped", "utter_closed")


def test_no_in_a_form_does_not_lose_the_form(route) -> None:
    decision = route("No", ASKED, form="refund_form", requested_slot="refund_reason", **no())
    assert decision.plan == ("utter_not_helped",)
    assert decision.constraints == route("x", ASKED, form="refund_form").constraints


def test_wish_beside_a_verdict_is_honoured_and_the_verdict_kept(route) -> None:
    lexicon = Lexicon(
        language="en",
        patterns={
            "not_helped": compile_phrases(["did not help"]),
            "wish_phone": compile_phrases(["call me"]),
        },
    )
    decision = route("that did not help, call me", ASKED, lexicon=lexicon)
    assert decision.plan == ("callback_form",)
    assert decision.verdict == Verdict(False, "d7")


def test_help_ends_the_count_of_failures(route) -> None:
    state = replace(ASKED, failures=3)
    helped = route("Yes", state, payload=Payload("helped", "d7"), metadata=CLICK)
    assert helped.state.failures == 0


def test_rest_of_a_short_answer_is_an_aside_to_the_answer(route) -> None:
    first = route("may I return it", **REFUND)
    more = route("More", first.state, payload=Payload("more"), metadata=CLICK)
    assert (more.plan, more.answers) == (("utter_article_more",), "full")
    assert (more.state.answers, more.state.asked) == ((first.id,), True)
    assert more.state.tried == ("knowledge_base",)
    in_form = route(
        "More", first.state, payload=Payload("more"), metadata=CLICK, form="refund_form"
    )
    assert in_form.plan == ("utter_article_more",)
