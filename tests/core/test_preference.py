"""What customers state beats what is inferred: in the conversation, and kept by their browser."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona_router.core.decision import Reason
from persona_router.core.preference import (
    Preference,
    kept_in_browser,
    memory_offers,
    read_preference,
)
from persona_router.core.state import ConversationState
from persona_router.core.turn import Metadata, Payload
from tests.core.test_routing import CLICK, FIELDS, QUICK, STATES, TEXTS, TRACK

CORRECT = {"metadata": CLICK, "payload": Payload("correct")}
PAGE = Metadata(remembers=True)
SPRINTER = ConversationState(told=2, decibans={"sprinter": 20.0, "talker": -10.0})


def click(kind: str, value: str = "", **kept: object) -> dict[str, object]:
    """Return the fields of a pressed button on a page that can remember."""
    metadata = Metadata(input="button", remembers=True, **kept)  # type: ignore[arg-type]
    return {"metadata": metadata, "payload": Payload(kind, value)}


@pytest.fixture
def read(make_turn, policy):
    """A function that reads the preference of a turn with this metadata and button."""

    def make(state=None, *, excluded=(), **fields):
        return read_preference(
            make_turn(**fields), state or ConversationState(), policy, excluded=excluded
        )

    return make


@pytest.mark.parametrize(
    ("metadata", "kept"),
    [
        (Metadata(), (None, False)),
        (Metadata(preferred="phone"), ("phone", False)),
        (Metadata(preferred="phone", corrected=True), ("phone", True)),
        (Metadata(preferred="spaceship"), (None, False)),
        (Metadata(preferred="Phone"), (None, False)),
        (Metadata(preferred="phone ", corrected=True), (None, True)),
    ],
)
def test_kept_in_browser_is_a_route_of_the_policy_or_none(
    make_turn, policy, metadata, kept
) -> None:
    assert kept_in_browser(make_turn(metadata=metadata), policy) == kept


@pytest.mark.parametrize(
    ("wished", "excluded", "preferred", "expected"),
    [
        pytest.param((), (), None, Preference(), id="nothing"),
        pytest.param((), (), "phone", Preference(("phone",), kept=True), id="kept"),
        pytest.param(("agent",), (), "phone", Preference(("agent",)), id="said-now"),
        pytest.param(("agent",), ("agent",), "phone", Preference(("phone",), kept=True), id="back"),
        pytest.param((), ("phone",), "phone", Preference(), id="refused-since"),
    ],
)
def test_preference_of_this_conversation_beats_a_kept_one(
    read, wished, excluded, preferred, expected
) -> None:
    state = ConversationState(wished=wished)
    metadata = Metadata(preferred=preferred)
    assert read(state, metadata=metadata, excluded=excluded) == expected


def test_preference_is_gone_in_the_turn_that_asks_to_forget_it(read) -> None:
    state = ConversationState(wished=("phone",), corrected=True)
    fields = click("forget", preferred="agent", corrected=True)
    assert read(state, **fields) == Preference(corrected=True)
    assert read(**fields) == Preference()


@pytest.mark.parametrize(
    ("stated", "corrected", "now", "asked", "kept", "offers"),
    [
        pytest.param("phone", False, True, False, {}, ("remember",), id="just-stated"),
        pytest.param(None, True, True, False, {}, ("remember",), id="just-corrected"),
        pytest.param("phone", False, False, False, {}, (), id="stated-before"),
        pytest.param("phone", False, False, True, {}, ("remember",), id="why"),
        pytest.param(None, False, True, True, {}, (), id="nothing-stated"),
        pytest.param("phone", False, True, False, {"preferred": "phone"}, (), id="kept-already"),
        pytest.param("phone", False, False, True, {"preferred": "phone"}, ("forget",), id="kept"),
        pytest.param(
            "agent", False, True, True, {"preferred": "phone"}, ("remember", "forget"), id="other"
        ),
        pytest.param(
            "phone", True, True, False, {"preferred": "phone"}, ("remember",), id="and-corrected"
        ),
        pytest.param(None, True, False, True, {"corrected": True}, ("forget",), id="correction"),
    ],
)
def test_memory_offers_what_the_browser_does_not_keep_yet(
    make_turn, policy, stated, corrected, now, asked, kept, offers
) -> None:
    state = {"stated": stated, "corrected": corrected, "now": now, "asked": asked}
    turn = make_turn(metadata=Metadata(remembers=True, **kept))
    assert memory_offers(turn, policy, **state) == offers
    without_memory = make_turn(metadata=Metadata(**kept))
    assert memory_offers(without_memory, policy, **state) == ()


@pytest.mark.parametrize(
    ("kind", "stated", "offers"),
    [("remember", "phone", ("forget",)), ("remember", None, ()), ("forget", "phone", ())],
)
def test_memory_offers_the_way_back_right_after_remembering(
    make_turn, policy, kind, stated, offers
) -> None:
    turn = make_turn(**click(kind))
    state = {"stated": stated, "corrected": False, "now": False, "asked": False}
    assert memory_offers(turn, policy, **state) == offers


def test_correction_ends_the_inference_for_the_rest_of_the_conversation(route) -> None:
    first = route("track 4471903", **TRACK)
    assert (first.persona, first.route) == ("sprinter", "self_service")
    corrected = route("That does not fit me", first.state, **CORRECT)
    assert corrected.plan == ("utter_corrected",)
    assert (corrected.persona, corrected.inferred_persona) == (None, "sprinter")
    assert corrected.concern == "track_order"
    assert corrected.state.failures == first.state.failures
    later = route("cancel 5530871", corrected.state, intent="cancel_order", intent_confidence=0.9)
    assert (later.persona, later.corrected, later.inferred_persona) == (None, True, "sprinter")
    assert later.alternatives == ("knowledge_base", "agent", "phone")
    assert later.reasons == (Reason("corrected"),)


def test_correction_logs_where_the_inference_would_have_led(route) -> None:
    talker = ConversationState(told=3, decibans={"talker": 40.0, "sprinter": -30.0})
    decision = route("where is it", replace(talker, corrected=True), **TRACK)
    assert decision.route == "self_service"
    assert (decision.inferred_persona, decision.inferred_route) == ("talker", "phone")
    assert decision.stated_route is None


def test_correction_keeps_the_place_in_a_form(route) -> None:
    form = {"form": "track_order_form", "requested_slot": "order_number"}
    decision = route("That does not fit me", SPRINTER, **form, **CORRECT)
    assert decision.plan == ("utter_corrected",)


def test_correction_by_its_typed_title_is_no_concern_and_no_evidence(route) -> None:
    state = ConversationState(concern="track_order", failures=1)
    complaint = {"intent": "complaint", "intent_confidence": 0.99}
    decision = route("That does not fit me", state, payload=Payload("correct"), **complaint)
    assert decision.plan == ("utter_corrected",)
    assert (decision.concern, decision.state.failures) == ("track_order", 1)
    assert decision.state.decibans == dict.fromkeys(("researcher", "sprinter", "talker"), 0.0)


@pytest.mark.parametrize("kind", ["why", "correct", "remember", "forget"])
def test_title_of_a_button_about_the_suggestion_is_no_wish_and_no_yes(route, kind) -> None:
    state = ConversationState(concern="track_order", offered="agent")
    for said in ("affirm", "call_back"):
        typed = route("call me", state, payload=Payload(kind), intent=said, intent_confidence=0.99)
        assert (typed.stated_route, typed.state.wished) == (None, ())
        assert "action_handoff" not in typed.plan


def test_correction_waits_for_no_yes_but_why_does(route) -> None:
    offer = ConversationState(concern="track_order", offered="agent")
    yes = {"intent": "affirm", "intent_confidence": 0.9}
    asked = route("Why this?", offer, **click("why"))
    assert route("yes", asked.state, **yes).plan == ("action_handoff",)
    corrected = route("That does not fit me", offer, **CORRECT)
    assert route("yes", corrected.state, **yes).plan == ()


def test_override_logs_the_stated_route_beside_the_inferred_one(route) -> None:
    first = route("track 4471903", **TRACK)
    assert (first.stated_route, first.inferred_route) == (None, "self_service")
    pressed = route("By phone", first.state, metadata=CLICK, payload=Payload("route", "phone"))
    assert (pressed.route, pressed.stated_route) == ("phone", "phone")
    assert (pressed.persona, pressed.inferred_route) == ("sprinter", "self_service")
    later = route("cancel 5530871", pressed.state, intent="cancel_order", intent_confidence=0.9)
    assert (later.route, later.stated_route, later.inferred_route) == (
        "phone", "phone", "self_service",
    )  # fmt: skip
    assert later.reasons == (Reason("override", {"said": "earlier"}),)


def test_refusal_logs_where_the_inference_would_have_led(route) -> None:
    talker = ConversationState(told=3, decibans={"talker": 40.0, "sprinter": -30.0})
    decision = route("no calls", talker, **TRACK)
    assert (decision.route, decision.inferred_route) == ("agent", "phone")
    assert "refused:phone" in decision.constraints


@pytest.mark.parametrize("kept", ["phone", "agent", "knowledge_base", "self_service"])
def test_kept_preference_holds_from_the_first_turn(route, kept) -> None:
    metadata = Metadata(remembers=True, preferred=kept)
    decision = route("track 4471903", metadata=metadata, **TRACK)
    assert (decision.route, decision.stated_route) == (kept, kept)
    assert decision.reasons[0] == Reason("remembered")
    assert decision.inferred_route == "self_service"
    assert decision.state.wished == ()


def test_kept_agent_is_offered_and_nobody_is_called_unasked(route) -> None:
    metadata = Metadata(remembers=True, preferred="agent")
    assert route("track 4471903", metadata=metadata, **TRACK).plan == ("utter_offer_agent",)


def test_kept_preference_gives_way_to_what_is_said_now(route) -> None:
    metadata = Metadata(remembers=True, preferred="agent")
    decision = route("call me", metadata=metadata, **TRACK)
    assert (decision.route, decision.reasons[0]) == ("phone", Reason("wish_phone"))


def test_kept_preference_that_is_closed_leads_to_what_is_open(route, night) -> None:
    metadata = Metadata(remembers=True, preferred="phone")
    decision = route("track 4471903", metadata=metadata, at=night, **TRACK)
    assert decision.route == "self_service"
    assert decision.stated_route == "phone"
    assert decision.reasons[0].code == "closed"


def test_kept_correction_infers_nobody(route) -> None:
    decision = route("track 4471903", metadata=Metadata(corrected=True), **TRACK)
    assert (decision.persona, decision.inferred_persona) == (None, "sprinter")
    assert decision.reasons == (Reason("corrected"),)
    assert not decision.state.corrected


def test_remembering_and_forgetting_run_through_a_visit(route) -> None:
    first = route("track 4471903", metadata=PAGE, **TRACK)
    assert first.memory == ()
    chosen = route("By phone", first.state, **click("route", "phone"))
    assert chosen.memory == ("remember",)
    kept = route("Remember this", chosen.state, **click("remember"))
    assert (kept.plan, kept.memory) == (("utter_remembered",), ("forget",))
    assert (kept.stated_route, kept.state.wished) == ("phone", ("phone",))
    asked = route("Why this?", kept.state, **click("why", preferred="phone"))
    assert asked.memory == ("forget",)
    gone = route("Forget my choice", asked.state, **click("forget", preferred="phone"))
    assert (gone.plan, gone.memory) == (("utter_forgotten",), ())
    assert (gone.stated_route, gone.state.wished) == (None, ())
    after = route(
        "cancel 5530871", gone.state, metadata=PAGE, **{**TRACK, "intent": "cancel_order"}
    )
    assert after.route == "self_service"


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        pytest.param(ConversationState(), click("remember"), id="nothing-stated"),
        pytest.param(
            ConversationState(wished=("phone",)),
            {"metadata": CLICK, "payload": Payload("remember")},
            id="page-cannot",
        ),
    ],
)
def test_remembering_what_cannot_be_kept_promises_nothing(route, state, fields) -> None:
    assert route("Remember this", state, **fields).plan == ()


@pytest.mark.parametrize(
    ("kind", "reply"), [("remember", "utter_remembered"), ("forget", "utter_forgotten")]
)
def test_memory_answers_while_a_person_has_the_conversation(route, kind, reply) -> None:
    state = ConversationState(wished=("agent",))
    assert route("…", state, with_person=True, **click(kind)).plan == (reply,)
    assert route("…", state, with_person=True, **CORRECT).plan == ()


@QUICK
@given(text=TEXTS, fields=FIELDS, state=STATES, decibans=st.floats(-300, 300))
def test_corrected_route_depends_on_no_evidence(route, text, fields, state, decibans) -> None:
    state = replace(state, corrected=True)
    other = replace(state, decibans={"talker": decibans, "sprinter": -decibans}, told=9)
    one, two = (route(text, s, **fields) for s in (state, other))
    assert (one.persona, one.route, one.alternatives) == (None, two.route, two.alternatives)
    assert one.plan == two.plan
    assert "persona" not in [reason.code for reason in one.reasons]


@QUICK
@given(
    text=TEXTS, fields=FIELDS, state=STATES, excluded=st.sets(st.sampled_from(["agent", "phone"]))
)
def test_inferred_route_is_that_of_a_customer_who_stated_nothing(
    route, text, fields, state, excluded
) -> None:
    fields = {**fields, "wishes": {}}
    if fields["intent"] in ("talk_to_human", "call_back", "affirm"):
        fields["intent"] = "track_order"
    stated = replace(state, excluded=tuple(sorted(excluded)))
    silent = replace(state, wished=(), corrected=False)
    told, plain = route(text, stated, **fields), route(text, silent, **fields)
    assert told.inferred_persona == plain.persona
    assert told.inferred_route == (None if "utter_no_route" in plain.plan else plain.route)


@QUICK
@given(text=TEXTS, fields=FIELDS, state=STATES, preferred=st.text(max_size=12))
def test_unknown_route_in_the_browser_changes_nothing(
    route, text, fields, state, preferred
) -> None:
    if preferred in ("self_service", "knowledge_base", "agent", "phone"):
        return
    known = route(text, state, metadata=Metadata(), **fields)
    assert route(text, state, metadata=Metadata(preferred=preferred), **fields) == known


@QUICK
@given(text=TEXTS, fields=FIELDS, kept=st.sampled_from(["agent", "phone"]))
def test_kept_person_comes_first_unless_something_else_is_asked_for(
    route, text, fields, kept
) -> None:
    fields = {**fields, "wishes": {}, "locale": "en-GB", "intent": "track_order"}
    decision = route(text, metadata=Metadata(preferred=kept), **fields)
    assert decision.route == decision.stated_route == kept
