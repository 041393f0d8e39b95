import pytest

from persona_router.core.planning import (
    LISTEN,
    carries_out,
    leaves_form,
    next_action,
    plan_turn,
    settles_turn,
)
from persona_router.core.turn import Metadata, Payload
from persona_router.core.wishes import Wish

CLICK = Metadata(input="button")
PEOPLE = ("agent", "phone")


@pytest.fixture
def plan(make_turn, policy):
    """A function that plans a turn which states that somebody wants to track an order."""

    def make(text="where is my order", turn=None, **changes):
        settings = {
            "wish": Wish(),
            "concern": "track_order",
            "stated": True,
            "failures": 0,
            "route": "self_service",
            "route_open": True,
            **changes,
        }
        fields = {"intent": "track_order", "intent_confidence": 0.9, **(turn or {})}
        return plan_turn(make_turn(text, **fields), policy, **settings)

    return make


@pytest.mark.parametrize(
    ("route", "actions"),
    [
        ("self_service", ("track_order_form",)),
        ("knowledge_base", ("utter_article",)),
        ("agent", ("utter_offer_agent",)),
        ("phone", ("utter_offer_phone",)),
        (None, ("utter_no_route",)),
    ],
)
def test_plan_carries_out_or_offers_the_route(plan, route, actions) -> None:
    assert plan(route=route, route_open=route is not None) == actions


@pytest.mark.parametrize(
    ("said", "route", "actions"),
    [
        ("words", "phone", ("callback_form",)),
        ("intent", "phone", ("callback_form",)),
        ("button", "phone", ("utter_offer_phone",)),
        ("meaning", "phone", ("utter_offer_phone",)),
        ("words", "agent", ("action_handoff",)),
        ("offer", "agent", ("action_handoff",)),
        ("meaning", "agent", ("action_handoff",)),
        ("button", "self_service", ("track_order_form",)),
    ],
)
def test_plan_acts_at_once_on_a_wish(plan, said, route, actions) -> None:
    assert plan(wish=Wish((route,), (), said), route=route) == actions


def test_plan_acts_at_once_where_only_people_can_serve(plan) -> None:
    assert plan(concern="complaint", route="agent") == ("action_handoff",)


def test_plan_of_a_closed_route_says_so(plan) -> None:
    wish = Wish(("phone",), (), "words")
    assert plan(wish=wish, route="phone", route_open=False) == ("utter_closed",)


def test_plan_offers_another_person_rather_than_the_one_asked_for(plan) -> None:
    assert plan(wish=Wish(("phone",), (), "words"), route="agent") == ("utter_offer_agent",)


def test_plan_asks_what_it_is_about_when_there_is_nothing_to_do_oneself(plan) -> None:
    wish = Wish(("self_service",), (), "words")
    assert plan("do it myself", wish=wish, concern=None, route="knowledge_base") == (
        "utter_not_understood",
    )


@pytest.mark.parametrize(
    ("wish", "actions"),
    [
        pytest.param(
            Wish(PEOPLE, (), "words"), ("action_deactivate_loop", "action_handoff"), id="words"
        ),
        pytest.param(
            Wish(PEOPLE, (), "button"), ("action_deactivate_loop", "action_handoff"), id="button"
        ),
    ],
)
def test_plan_leaves_a_form_for_a_wish_even_while_it_asks_for_free_text(
    plan, wish, actions
) -> None:
    turn = {"form": "refund_form", "requested_slot": "refund_reason"}
    assert plan("get me a person", turn=turn, wish=wish, route="agent") == actions


@pytest.mark.parametrize(
    ("intent", "confidence", "slot", "expected"),
    [
        pytest.param("track_order", 0.7, "order_number", True, id="sure"),
        pytest.param("track_order", 0.69, "order_number", False, id="doubtful"),
        pytest.param("track_order", 0.99, "refund_reason", False, id="asks-for-free-text"),
        pytest.param("cancel_order", 0.99, "order_number", False, id="the-forms-own-concern"),
        pytest.param("greet", 0.99, "order_number", False, id="small-talk"),
        pytest.param(None, 0.0, "order_number", False, id="no-intent"),
    ],
)
@pytest.mark.parametrize("form", ["refund_form", "cancel_order_form"])
def test_leaves_form_takes_a_clear_statement_of_another_concern(
    make_turn, policy, form, intent, confidence, slot, expected
) -> None:
    turn = make_turn(
        "x", form=form, intent=intent, intent_confidence=confidence, requested_slot=slot
    )
    free = form == "cancel_order_form" and slot == "refund_reason"
    own = form == "refund_form" and intent == "cancel_order"
    assert leaves_form(turn, policy) is (expected or free or own)


def test_leaves_form_takes_the_button_of_an_intent_even_for_free_text(make_turn, policy) -> None:
    turn = make_turn(
        "Track an order",
        form="refund_form",
        requested_slot="refund_reason",
        intent="track_order",
        payload=Payload("intent", "track_order"),
        metadata=CLICK,
    )
    assert leaves_form(turn, policy)


def test_plan_leaves_the_form_for_another_concern(plan) -> None:
    assert plan(turn={"form": "refund_form"}) == ("action_deactivate_loop", "track_order_form")


def test_plan_leaves_answers_of_a_form_to_the_form(plan) -> None:
    turn = {"form": "track_order_form", "requested_slot": "order_number", "intent": "inform"}
    assert plan("4471903", turn=turn, stated=False) == ()


@pytest.mark.parametrize(
    ("text", "turn", "actions"),
    [
        ("why this?", {}, ("utter_why",)),
        ("why this?", {"form": "refund_form"}, ("utter_why",)),
        ("Why?", {"payload": Payload("why"), "metadata": CLICK}, ("utter_why",)),
        ("No", {"payload": Payload("correct"), "metadata": CLICK}, ("utter_corrected",)),
        ("No", {"payload": Payload("correct"), "form": "refund_form"}, ("utter_corrected",)),
        ("Forget", {"payload": Payload("forget"), "form": "refund_form"}, ("utter_forgotten",)),
        ("stop", {"form": "refund_form"}, ("action_deactivate_loop", "utter_stopped")),
        ("never mind", {}, ("utter_stopped",)),
        (
            "Callback",
            {"payload": Payload("callback"), "metadata": CLICK, "form": "refund_form"},
            ("action_deactivate_loop", "callback_form"),
        ),
    ],
)
def test_plan_answers_why_stop_and_callback(plan, text, turn, actions) -> None:
    assert plan(text, turn=turn) == actions


@pytest.mark.parametrize(("keeps", "actions"), [(True, ("utter_remembered",)), (False, ())])
def test_plan_remembers_only_what_there_is(plan, keeps, actions) -> None:
    turn = {"payload": Payload("remember"), "metadata": CLICK}
    assert plan("Remember", turn=turn, stated=False, keeps=keeps) == actions


@pytest.mark.parametrize(
    ("said", "confidence", "actions"),
    [
        ("words", 0.0, ("action_handoff",)),
        ("meaning", 0.0, ("action_handoff",)),
        ("intent", 0.7, ("action_handoff",)),
        ("intent", 0.69, ("utter_stopped",)),
    ],
)
def test_plan_honours_a_clear_wish_said_together_with_stop(plan, said, confidence, actions) -> None:
    wish = Wish(PEOPLE, (), said)
    turn = {"intent": "talk_to_human", "intent_confidence": confidence}
    assert plan("stop, get me a person", turn=turn, wish=wish, route="agent") == actions


def test_plan_obeys_the_stop_button_before_all(plan) -> None:
    turn = {"payload": Payload("stop"), "metadata": CLICK, "form": "refund_form"}
    wish = Wish(PEOPLE, (), "words")
    assert plan("Stop", turn=turn, wish=wish) == ("action_deactivate_loop", "utter_stopped")


@pytest.mark.parametrize(
    ("turn", "actions"),
    [
        ({"language_requested": True}, ("utter_language_changed",)),
        ({"language_served": False}, ("utter_unsupported_language",)),
        (
            {"language_served": False, "form": "refund_form"},
            ("action_deactivate_loop", "utter_unsupported_language"),
        ),
    ],
)
def test_plan_speaks_of_the_language(plan, turn, actions) -> None:
    assert plan("Magyarul szeretném", turn=turn) == actions


def test_plan_honours_a_wish_in_a_language_that_is_not_served(plan) -> None:
    wish = Wish(("agent",), (), "meaning")
    turn = {"language_served": False}
    assert plan("Embert kérek", turn=turn, wish=wish, route="agent") == ("action_handoff",)


@pytest.mark.parametrize(
    ("failures", "found", "route", "actions"),
    [
        (0, None, "knowledge_base", ("utter_not_understood",)),
        (1, False, "agent", ("utter_not_understood",)),
        (2, False, "agent", ("utter_offer_agent",)),
        (0, True, "knowledge_base", ("utter_article",)),
    ],
)
def test_plan_of_what_is_not_understood(plan, failures, found, route, actions) -> None:
    turn = {"intent": "nlu_fallback", "article_found": found}
    assert plan("qwrt", turn=turn, concern=None, failures=failures, route=route) == actions


def test_plan_leaves_small_talk_to_the_hosts_rules(plan) -> None:
    assert plan("thanks", turn={"intent": "thank"}, stated=False) == ()


@pytest.mark.parametrize("text", ["are you there", "talk to a person", "stop", "why this"])
def test_plan_is_silent_while_a_person_is_there(plan, text) -> None:
    assert plan(text, turn={"with_person": True}, wish=Wish(PEOPLE, (), "words")) == ()


def test_plan_resumes_from_a_person_by_button(plan) -> None:
    turn = {"with_person": True, "payload": Payload("resume"), "metadata": CLICK}
    assert plan("Back", turn=turn) == ("action_end_handoff",)


@pytest.mark.parametrize(
    ("action", "route", "concern", "expected"),
    [
        ("track_order_form", "self_service", "track_order", True),
        ("track_order_form", "self_service", "cancel_order", False),
        ("callback_form", "phone", None, True),
        ("utter_offer_phone", "phone", None, True),
        ("utter_offer_agent", "agent", "track_order", False),
        ("utter_why", "agent", "track_order", False),
        ("utter_article", "self_service", "track_order", False),
    ],
)
def test_carries_out_tells_the_route_from_an_offer(
    policy, action, route, concern, expected
) -> None:
    assert carries_out(action, route, policy, concern) is expected


@pytest.fixture
def after(policy):
    """A function that says what comes after the executed actions of a plan."""

    def make(plan, executed, *, with_person=False, produced=True):
        return next_action(
            plan,
            executed,
            with_person=with_person,
            produced=produced,
            forms={"track_order_form", "callback_form"},
            failed="utter_failed",
            must_answer=policy.must_answer,
        )

    return make


@pytest.mark.parametrize(
    ("plan", "executed", "expected"),
    [
        pytest.param((), [], None, id="nothing-planned"),
        pytest.param((), ["utter_greet"], None, id="the-hosts-rules"),
        pytest.param(("utter_article",), [], "utter_article", id="first"),
        pytest.param(("utter_article",), ["utter_article"], LISTEN, id="done"),
        pytest.param(
            ("action_deactivate_loop", "action_handoff"),
            ["action_deactivate_loop"],
            "action_handoff",
            id="second",
        ),
        pytest.param(("track_order_form",), ["track_order_form"], None, id="the-form-goes-on"),
        pytest.param(
            ("track_order_form",),
            ["track_order_form", "action_track_order"],
            None,
            id="the-rule-after-the-form",
        ),
    ],
)
def test_next_action_follows_the_plan(after, plan, executed, expected) -> None:
    assert after(plan, executed) == expected


@pytest.mark.parametrize(
    ("plan", "executed"),
    [
        pytest.param(("action_handoff",), ["action_handoff"], id="planned"),
        pytest.param(("track_order_form",), ["track_order_form"], id="form"),
        pytest.param(
            ("action_deactivate_loop", "action_handoff"), ["action_deactivate_loop"], id="first"
        ),
        pytest.param((), ["track_order_form", "action_track_order"], id="must-answer"),
    ],
)
def test_next_action_after_a_crash_says_so_once(after, plan, executed) -> None:
    assert after(plan, executed, produced=False) == "utter_failed"
    assert after(plan, [*executed, "utter_failed"], produced=True) == LISTEN
    assert after(plan, [*executed, "utter_failed"], produced=False) == LISTEN


def test_next_action_leaves_other_silent_actions_alone(after) -> None:
    assert after((), ["action_extract"], produced=False) is None


def test_next_action_is_silent_in_a_handoff(after) -> None:
    assert after((), [], with_person=True) == LISTEN
    assert after((), ["utter_greet"], with_person=True) == LISTEN


def test_next_action_ends_a_handoff_at_the_customers_wish(after) -> None:
    assert after(("action_end_handoff",), [], with_person=True) == "action_end_handoff"
    assert after(("action_end_handoff",), ["action_end_handoff"], with_person=True) == LISTEN


@pytest.mark.parametrize(
    ("plan", "executed", "expected"),
    [
        (["utter_why"], [], True),
        (["utter_why"], ["utter_why"], True),
        (["action_deactivate_loop", "action_handoff"], ["action_deactivate_loop"], True),
        ([], [], False),
        (["track_order_form"], [], False),
        (["utter_why"], ["utter_greet"], False),
    ],
)
def test_settles_turn_only_when_every_step_is_the_plans(plan, executed, expected) -> None:
    known = {"utter_why", "utter_greet", "action_deactivate_loop", "action_handoff"}
    assert settles_turn(plan, executed, known=known) is expected
