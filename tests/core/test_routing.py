import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persona_router.core.decision import Reason
from persona_router.core.evidence import EvidenceParams
from persona_router.core.persona import Persona
from persona_router.core.routing import after_handoff
from persona_router.core.state import ConversationState, read_state
from persona_router.core.turn import Metadata, Payload, read_metadata

CLICK = Metadata(input="button")
ROUTES = ("self_service", "knowledge_base", "agent", "phone")
PERSONAS = ("researcher", "sprinter", "talker")
QUICK = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
STATES = st.builds(
    ConversationState,
    turns=st.integers(0, 200),
    told=st.integers(0, 200),
    decibans=st.dictionaries(st.sampled_from(PERSONAS), st.floats(-300, 300)),
    concern=st.sampled_from(
        [None, "track_order", "complaint", "refund_policy", "of_an_old_policy"]
    ),
    wished=st.lists(st.sampled_from([*ROUTES, "fax"]), max_size=2).map(tuple),
    offered=st.sampled_from([None, "agent", "fax"]),
    failures=st.integers(0, 9),
    corrected=st.booleans(),
    answers=st.lists(st.sampled_from(["d1", "d7"]), max_size=2).map(tuple),
    asked=st.booleans(),
)
TEXTS = st.sampled_from(
    [
        "",
        "hello",
        "where is my order 4471903",
        "THIS IS RIDICULOUS!!!",
        "my mum was home yesterday",
        "still not working, third time",
        "أين طلبي؟",
        "siparişim nerede",
        "\x00🙂\u202e",
        "x" * 20_000,
    ]
)
FIELDS = st.fixed_dictionaries(
    {
        "intent": st.sampled_from(
            [
                None,
                "track_order",
                "complaint",
                "refund_policy",
                "greet",
                "affirm",
                "nlu_fallback",
                "out_of_scope",
                "talk_to_human",
                "call_back",
            ]
        ),
        "intent_confidence": st.floats(0, 1),
        "locale": st.sampled_from(["en-GB", "ar-AE", "tr-TR", "de-AT"]),
        "article_found": st.sampled_from([None, True, False]),
        "form": st.sampled_from([None, "refund_form", "callback_form"]),
        "requested_slot": st.sampled_from([None, "refund_reason"]),
        "wishes": st.dictionaries(
            st.sampled_from(["wish_", "wish_phone", "refuse_phone", "refuse_person"]),
            st.floats(0, 1),
        ),
        "language_served": st.booleans(),
        "meaning": st.sampled_from([{}, {"talker": 0.9, "sprinter": 0.05, "researcher": 0.05}]),
    }
)


TRACK = {"intent": "track_order", "intent_confidence": 0.9}


@pytest.mark.parametrize(
    ("text", "fields", "persona", "routed"),
    [
        pytest.param("track 4471903", TRACK, "sprinter", "self_service", id="sprinter"),
        pytest.param(
            "Hello, my mum was waiting yesterday and then I was lost, could you look please",
            TRACK,
            "talker",
            "phone",
            id="talker",
        ),
        pytest.param(
            "Is there a deadline? Unless it is opened, even if worn? Who pays?",
            {"intent": "refund_policy", "intent_confidence": 0.9},
            "researcher",
            "knowledge_base",
            id="researcher",
        ),
        pytest.param("hello", {"intent": "greet"}, None, "knowledge_base", id="nothing-known"),
    ],
)
def test_route_follows_the_persona_that_the_text_tells(
    route, text, fields, persona, routed
) -> None:
    decision = route(text, **fields)
    assert decision.persona == persona
    assert decision.route == routed


def test_route_of_an_undecided_customer_is_the_neutral_one(route) -> None:
    decision = route("so about that order of mine, what is happening", **TRACK)
    assert decision.persona is None
    assert decision.route == "self_service"
    assert decision.alternatives == ("knowledge_base", "agent", "phone")
    assert Reason("neutral") in decision.reasons


def test_route_counts_turns_and_evidence(route) -> None:
    first = route("track 4471903", **TRACK)
    second = route("hello", first.state)
    assert (first.turn, second.turn) == (1, 2)
    assert (first.state.told, second.state.told) == (1, 1)
    assert second.state.decibans == first.state.decibans


def test_route_gives_a_person_when_only_people_can_serve(route) -> None:
    decision = route("my sofa came broken", intent="complaint", intent_confidence=0.9)
    assert decision.plan == ("action_handoff",)
    assert Reason("only_people", {"intent": "complaint"}) in decision.reasons


def test_route_after_failures_is_a_person_with_the_reason(route) -> None:
    state = ConversationState(concern="track_order", failures=3)
    decision = route("and now", state, **TRACK)
    assert decision.route == "agent"
    assert Reason("repeated_failure", {"times": "4"}) in decision.reasons


def test_route_of_a_closed_wish_tells_when_it_opens_and_what_works_now(route, night) -> None:
    decision = route("talk to a person", at=night, **TRACK)
    assert decision.plan == ("utter_closed",)
    assert decision.route == "agent"
    assert decision.alternatives == ("self_service", "knowledge_base")
    assert [(c.route, c.opens) for c in decision.closed] == [
        ("agent", "2026-11-23T08:00:00+01:00"),
        ("phone", "2026-11-23T08:00:00+01:00"),
    ]
    assert Reason("wish_agent") in decision.reasons
    assert decision.state.tried == ()


def test_route_of_a_wish_that_nobody_serves_in_the_language_is_another_person(route) -> None:
    call = {"intent": "call_back", "intent_confidence": 0.9}
    decision = route("beni arayın", locale="tr-TR", **call)
    assert decision.route == "agent"
    assert decision.plan == ("utter_offer_agent",)
    assert Reason("wish_phone") not in decision.reasons


def test_route_of_a_wish_for_people_where_there_are_none_is_honest(route, policy) -> None:
    lonely = replace(
        policy,
        routes={
            **policy.routes,
            "agent": replace(policy.routes["agent"], services=policy.routes["phone"].services),
        },
    )
    decision = route(
        "Nerede? Biriyle konuşmak istiyorum.",
        policy=lonely,
        locale="xx",
        wishes={"wish_": 0.95},
        **TRACK,
    )
    assert decision.plan == ("utter_no_route",)
    assert decision.alternatives == ("self_service", "knowledge_base")


def test_route_button_overrides_from_then_on(route) -> None:
    first = route("track 4471903", **TRACK)
    pressed = route("By phone", first.state, metadata=CLICK, payload=Payload("route", "phone"))
    assert pressed.plan == ("utter_offer_phone",)
    assert pressed.concern == "track_order"
    later = route("cancel 5530871", pressed.state, intent="cancel_order", intent_confidence=0.9)
    assert later.route == "phone"
    assert Reason("override") in pressed.reasons
    assert Reason("override", {"said": "earlier"}) in later.reasons


def test_route_override_does_not_reach_what_it_cannot_serve(route) -> None:
    state = ConversationState(wished=("self_service",))
    decision = route("a scandal", state, intent="complaint", intent_confidence=0.9)
    assert decision.plan == ("action_handoff",)
    assert decision.state.wished == ("self_service",)


def test_route_takes_the_title_of_an_unknown_button_for_typed_text(route) -> None:
    decision = route(
        "Track my order", metadata=CLICK, payload=Payload("route", "spaceship"), **TRACK
    )
    assert decision.plan == ("track_order_form",)
    assert decision.concern == "track_order"


def test_route_of_an_unknown_button_without_meaning_is_not_understood(route) -> None:
    decision = route(
        "Beam me up",
        metadata=CLICK,
        payload=Payload("route", "spaceship"),
        intent="nlu_fallback",
    )
    assert decision.plan == ("utter_not_understood",)
    assert decision.route in ROUTES


def test_route_refusal_lasts_and_a_vague_wish_does_not_lift_it(route) -> None:
    refused = route("no calls please", **TRACK)
    assert "phone" not in (refused.route, *refused.alternatives)
    vague = route("talk to a person", refused.state, **TRACK)
    assert vague.route == "agent"
    assert "phone" not in vague.alternatives
    lifted = route("ok call me", vague.state, **TRACK)
    assert lifted.plan == ("callback_form",)
    assert lifted.state.excluded == ()


def test_route_does_not_start_the_same_form_twice_in_a_row(route) -> None:
    first = route("where is it", **TRACK)
    assert first.plan == ("track_order_form",)
    answered = route(
        "4471903", first.state, form="track_order_form", entities={"order_number": "4"}
    )
    again = route("but where is it", answered.state, **TRACK)
    assert again.plan != ("track_order_form",)
    assert "repeated:self_service" in again.constraints
    assert again.alternatives[0] in ("agent", "phone") or again.route in ("agent", "phone")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"entities": {"order_number": "5518046"}}, id="another order"),
        pytest.param({"metadata": CLICK, "payload": Payload("intent", "track_order")}, id="button"),
        pytest.param({"intent": "cancel_order"}, id="another concern"),
    ],
)
def test_route_starts_a_form_again_for_another_request(route, fields) -> None:
    first = route("where is it", **TRACK)
    again = route("and this one", first.state, **{**TRACK, **fields})
    assert again.route == "self_service"


def test_route_forgets_what_was_served_after_another_topic(route) -> None:
    first = route("where is it", **TRACK)
    thanked = route("thanks", first.state, intent="thank", intent_confidence=0.9)
    assert thanked.state.served is None


def test_route_yes_accepts_the_offer(route) -> None:
    offer = route("and now", ConversationState(concern="track_order", failures=3), **TRACK)
    assert offer.plan == ("utter_offer_agent",)
    assert (offer.state.offered, offer.state.tried) == ("agent", ())
    accepted = route("yes", offer.state, intent="affirm", intent_confidence=0.9)
    assert accepted.route == "agent"
    assert accepted.plan == ("action_handoff",)
    assert accepted.state.tried == ("agent",)
    assert Reason("override") in accepted.reasons


def test_route_yes_to_an_offer_that_has_closed_says_so(route, night) -> None:
    state = ConversationState(concern="track_order", offered="agent")
    decision = route("yes", state, at=night, intent="affirm", intent_confidence=0.9)
    assert decision.route == "agent"
    assert decision.plan == ("utter_closed",)


def test_route_yes_to_an_offer_of_an_older_policy_is_left_to_the_rules(route) -> None:
    state = ConversationState(offered="fax")
    assert route("yes", state, intent="affirm", intent_confidence=0.9).plan == ()


def test_route_yes_that_asks_for_something_else_gets_that(route) -> None:
    state = ConversationState(concern="track_order", offered="agent")
    decision = route("yes, call me", state, intent="affirm", intent_confidence=0.9)
    assert decision.plan == ("callback_form",)


def test_route_remembers_only_what_was_carried_out(route) -> None:
    state = ConversationState()
    for text, fields in (
        ("track 4471903", TRACK),
        ("why this", {}),
        ("hello", {"intent": "greet"}),
        ("stop", {}),
        ("call me", {}),
    ):
        state = route(text, state, **fields).state
    assert state.tried == ("self_service", "phone")


def test_route_keeps_a_long_conversation_small(route) -> None:
    state = ConversationState()
    for _ in range(60):
        fresh = replace(state, failures=0, concern=None)
        state = route("track 4471903", fresh, **TRACK).state
    assert state.tried == ("self_service",) * 20
    assert len(json.dumps(state.to_json())) < 1_000


@pytest.mark.parametrize(
    ("text", "fields", "failures"),
    [
        ("track it", TRACK, 1),
        ("qwrt", {"intent": "nlu_fallback"}, 1),
        ("is gift wrap free", {"intent": "out_of_scope", "article_found": True}, 0),
        ("third time, track it", TRACK, 2),
        ("cancel it", {"intent": "cancel_order", "intent_confidence": 0.9}, 0),
        ("thanks", {"intent": "thank"}, 0),
        ("track it", {**TRACK, "form": "track_order_form"}, 0),
        (
            "Track an order",
            {**TRACK, "metadata": CLICK, "payload": Payload("intent", "track_order")},
            0,
        ),
    ],
)
def test_route_counts_what_did_not_help(route, text, fields, failures) -> None:
    state = ConversationState(concern="track_order")
    assert route(text, state, **fields).state.failures == failures


def test_route_leaves_unclear_answers_to_the_form(route) -> None:
    form = {"form": "callback_form", "requested_slot": "phone_number"}
    for intent in ("nlu_fallback", "out_of_scope"):
        decision = route("0171 23 45", intent=intent, intent_confidence=0.95, **form)
        assert decision.plan == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 20_000,
        "🙂🙂🙂",
        "\x01\x02\x03",
        "\x00",
        "<script>alert(1)</script>",
        "abc \u202e cba \u2066 أين",
        "' OR 1=1 --",
        "{slot} %s {0.__class__}",
        "\ud800",
    ],
    ids=[
        "empty",
        "20000",
        "emoji",
        "controls",
        "nul",
        "html",
        "bidi",
        "sql",
        "format",
        "surrogate",
    ],
)
@pytest.mark.parametrize("intent", [None, "nlu_fallback", "track_order"])
def test_route_survives_bad_input(route, text, intent) -> None:
    decision = route(
        text,
        intent=intent,
        intent_confidence=0.9,
        metadata=read_metadata({"seconds": "soon", "page": ["/"], "device": {"x": "y" * 99_999}}),
    )
    assert decision.route in ROUTES
    json.dumps(decision.to_json())


def test_route_without_personas_is_neutral(route) -> None:
    decision = route("track 4471903", personas=(), **TRACK)
    assert (decision.persona, decision.posterior, decision.route) == (None, {}, "self_service")


def test_route_with_certain_evidence_stays_finite(route, policy) -> None:
    wild = replace(
        policy,
        evidence=EvidenceParams(threshold=0.6, tempering=0.0, turn_cap=1e6, meaning_weight=1.0),
    )
    state = ConversationState(told=1, decibans={"talker": 1e9, "sprinter": -1e9})
    decision = route("track 4471903", state, policy=wild, **TRACK)
    assert decision.posterior == {"researcher": 0.0, "sprinter": 0.0, "talker": 1.0}


@QUICK
@given(
    text=TEXTS,
    fields=FIELDS,
    state=STATES,
    button=st.sampled_from(["agent", "phone", "knowledge_base"]),
)
def test_button_for_an_open_route_always_wins(route, text, fields, state, button) -> None:
    fields = {**fields, "locale": "en-GB", "article_found": None}
    decision = route(text, state, metadata=CLICK, payload=Payload("route", button), **fields)
    expected = {
        "agent": ("action_handoff",),
        "phone": ("utter_offer_phone",),
        "knowledge_base": ("utter_article",),
    }[button]
    leave = ("action_deactivate_loop",) if fields["form"] else ()
    assert decision.route == button
    assert decision.plan == (*leave, *expected)


@QUICK
@given(
    phrase=st.sampled_from(
        [
            ("Talk to a real person!", {"agent", "phone"}),
            ("STOP. call me", {"phone"}),
            ("connect me, this is ridiculous", {"agent"}),
        ]
    ),
    fields=FIELDS,
    state=STATES,
)
def test_phrase_for_an_open_person_always_wins(route, phrase, fields, state) -> None:
    text, wanted = phrase
    fields = {**fields, "locale": "en-GB"}
    decision = route(text, state, **fields)
    if fields["form"] == "callback_form" and wanted == {"phone"}:
        return  # the form is already arranging the call
    assert decision.route in wanted
    assert decision.plan[-1] in {"action_handoff", "callback_form"}


@QUICK
@given(
    text=TEXTS,
    fields=FIELDS,
    state=STATES,
    refused=st.sets(st.sampled_from(ROUTES), min_size=1, max_size=3),
)
def test_refused_route_is_never_chosen_nor_offered(route, text, fields, state, refused) -> None:
    if fields["intent"] == "call_back" or fields["intent"] == "affirm":
        return  # these ask for a route by name, and so take the refusal back
    if set(ROUTES) <= refused | {"agent", "phone"}:
        fields = {**fields, "wishes": {}}  # else the latest refusal takes back the earlier ones
    if {"agent", "phone"} <= refused:
        fields = {**fields, "wishes": {}, "intent": "track_order"}
    decision = route(text, replace(state, excluded=tuple(refused), offered=None), **fields)
    assert decision.route not in refused
    assert refused.isdisjoint(decision.alternatives)
    assert refused.isdisjoint(c.route for c in decision.closed)


@QUICK
@given(text=TEXTS, fields=FIELDS, state=STATES, late=st.booleans())
def test_route_is_open_whenever_one_that_can_serve_is(
    route, noon, night, text, fields, state, late
) -> None:
    fields = {**fields, "wishes": {}}
    if fields["intent"] in ("talk_to_human", "call_back", "affirm"):
        fields["intent"] = "track_order"
    decision = route(text, state, at=night if late else noon, **fields)
    closed = {c.route for c in decision.closed}
    if decision.alternatives or decision.route not in closed:
        assert decision.route not in closed
    assert decision.route not in decision.alternatives or decision.plan[-1:] == ("utter_no_route",)
    assert closed.isdisjoint(decision.alternatives)


@QUICK
@given(text=TEXTS, fields=FIELDS, state=STATES)
def test_route_is_the_same_for_the_same_input(route, text, fields, state) -> None:
    assert route(text, state, **fields) == route(text, state, **fields)


@QUICK
@given(text=TEXTS, fields=FIELDS, state=STATES)
def test_decision_and_state_survive_json(route, text, fields, state) -> None:
    decision = route(text, state, **fields)
    written = json.loads(json.dumps(decision.to_json()))
    assert read_state(written["state"]).to_json() == decision.state.to_json()
    assert sum(decision.posterior.values()) == pytest.approx(1.0)


def test_last_refusal_takes_back_the_others_when_nothing_would_be_left(route) -> None:
    said_before = ConversationState(excluded=("self_service", "knowledge_base"))
    decision = route(
        "ne me passez personne", said_before, locale="xx", wishes={"refuse_person": 0.9}
    )
    assert decision.state.excluded == ("agent", "phone")
    assert decision.route in ("self_service", "knowledge_base")


def test_accumulated_decibans_do_not_depend_on_the_order_of_turns(route) -> None:
    said = [
        ("track 4471903", TRACK),
        ("my mum was waiting yesterday and then nothing came", {}),
        ("Is there a deadline? Even if it is open?", {}),
    ]

    def total(turns):
        state = ConversationState()
        for text, fields in turns:
            state = route(text, state, **fields).state
        return dict(state.decibans)

    assert total(said) == pytest.approx(total(said[::-1]))


def test_after_handoff_forgets_wishes_and_failures_but_no_refusal() -> None:
    state = ConversationState(
        turns=5,
        told=2,
        decibans={"talker": 3.0},
        concern="complaint",
        wished=("agent",),
        excluded=("phone",),
        offered="agent",
        failures=4,
        tried=("agent",),
    )
    assert after_handoff(state) == ConversationState(
        turns=5, told=2, decibans={"talker": 3.0}, excluded=("phone",), tried=("agent",)
    )


def test_a_plain_wish_for_a_person_is_ranked_as_before_the_wish(route) -> None:
    talker = Persona("talker", "T", ("phone", "agent", "knowledge_base", "self_service"), {})
    other = Persona("sprinter", "S", ("self_service", "agent", "phone", "knowledge_base"), {})
    meant = {"talker": 0.99, "sprinter": 0.01}
    wished = route("speak to a person", personas=(talker, other), meaning=meant)
    assert (wished.persona, wished.route) == ("talker", "agent")
    # Who was a talker before the wish is one among people, too.
    known = ConversationState(turns=1, told=1, decibans={"talker": 20.0, "sprinter": -20.0})
    assert route("speak to a person", known, personas=(talker, other)).route == "phone"


@pytest.mark.parametrize(
    "fields", [{"language_requested": True}, {"language_served": False}], ids=str
)
def test_what_is_said_about_languages_tells_nothing_of_a_persona(route, fields) -> None:
    meant = {"researcher": 0.01, "sprinter": 0.01, "talker": 0.98}
    decided = route("my English is poor", meaning=meant, **fields)
    assert decided.persona is None
    assert decided.evidence == ()
