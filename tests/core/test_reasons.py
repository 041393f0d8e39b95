"""Why a turn goes where it goes: the strongest reason first, and only what took part."""

import pytest

from persona_router.core.decision import Reason
from persona_router.core.state import ConversationState
from persona_router.core.turn import Metadata, Payload
from tests.core.test_routing import CLICK, TRACK

CALL = {"metadata": CLICK, "payload": Payload("route", "phone")}
TALKER = ConversationState(told=3, decibans={"talker": 40.0, "sprinter": -30.0})
CLOSED_PHONE = Reason("closed", {"route": "phone", "opens": "2026-11-23T08:00:00+01:00"})
CLOSED_AGENT = Reason("closed", {"route": "agent", "opens": "2026-11-23T08:00:00+01:00"})


def persona(name: str, signal: str) -> Reason:
    return Reason("persona", {"persona": name, "signal": signal})


@pytest.mark.parametrize(
    ("text", "signals"),
    [
        pytest.param("4471903", ["number_first", "brevity"], id="two-of-this-turn"),
        pytest.param(
            "and also my other things, all of the ones I got last week", ["earlier"], id="none"
        ),
    ],
)
def test_reasons_name_the_two_strongest_signals(route, text, signals) -> None:
    state = ConversationState(told=1, decibans={"sprinter": 30.0, "talker": -15.0})
    reasons = route(text, state, **TRACK).reasons
    assert reasons == tuple(persona("sprinter", signal) for signal in signals)


def test_reasons_fill_up_with_earlier_messages_that_said_the_same(route) -> None:
    text = "my mum was home yesterday and then nobody came to bring it at any hour"
    assert route(text, TALKER, **TRACK).reasons == (
        persona("talker", "narrative"), persona("talker", "earlier"),
    )  # fmt: skip
    assert route(text, **TRACK).reasons == (persona("talker", "narrative"),)


@pytest.mark.parametrize(
    ("text", "fields", "code"),
    [
        pytest.param("By phone", CALL, "override", id="chosen"),
        pytest.param("call me", {}, "wish_phone", id="asked-for"),
        pytest.param(
            "where is it", {"metadata": Metadata(preferred="phone")}, "remembered", id="kept"
        ),
    ],
)
def test_reasons_of_a_stated_route_name_no_guess(route, text, fields, code) -> None:
    assert route(text, TALKER, **{**TRACK, **fields}).reasons == (Reason(code),)


def test_reasons_tell_what_chose_between_two_wished_people(route) -> None:
    reasons = route("talk to a person", TALKER, **TRACK).reasons
    assert reasons == (Reason("wish_phone"), persona("talker", "earlier"))


def test_reasons_put_the_closed_route_that_was_missed_before_the_guess(route, night) -> None:
    assert route("where is it", TALKER, at=night, **TRACK).reasons == (
        CLOSED_PHONE, persona("talker", "earlier"), CLOSED_AGENT,
    )  # fmt: skip


def test_reasons_put_closed_routes_that_cost_nothing_last(route, night) -> None:
    assert route("so about that order of mine, what now", at=night, **TRACK).reasons == (
        Reason("neutral"), CLOSED_AGENT, CLOSED_PHONE,
    )  # fmt: skip


def test_reasons_of_a_closed_wish_say_that_it_is_closed(route, night) -> None:
    assert route("call me", at=night, **TRACK).reasons == (
        Reason("wish_phone"), CLOSED_PHONE, CLOSED_AGENT,
    )  # fmt: skip


def test_reasons_after_a_correction_name_it_instead_of_the_persona(route) -> None:
    state = ConversationState(told=3, decibans={"talker": 40.0}, corrected=True)
    assert route("where is it", state, **TRACK).reasons == (Reason("corrected"),)
