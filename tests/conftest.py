"""A small shop's routing: two open persons' routes, three personas, phrases of two languages."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, time, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from persona_router.core import session_signals, text_signals
from persona_router.core.evidence import EvidenceParams
from persona_router.core.hours import Hours
from persona_router.core.lexicon import Lexicon, compile_phrases
from persona_router.core.persona import Persona, Strength
from persona_router.core.policy import IntentPolicy, Policy, RoutePolicy, Service, Weights
from persona_router.core.turn import Turn
from tests.distribution import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # a busy machine is no failure


@pytest.fixture(autouse=True)
def _own_log_level() -> Iterator[None]:
    """Leave the plugin's logger as it was: commands and servers set its level for their process."""
    logger = logging.getLogger("persona_router")
    before = logger.level
    yield
    logger.setLevel(before)


MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=timezone.utc)
SIGNAL_MODULES = (session_signals, text_signals)
"""Importing them registers the signals; pytest would otherwise find a registry of its order."""

_PHRASES = {
    "en": {
        "neutral": ["hello", "hi", "ok", "thanks"],
        "wish_person": ["(speak|talk) to ... (person|human|somebody)"],
        "wish_agent": ["live chat", "connect me"],
        "wish_phone": ["call me", "phone call"],
        "wish_knowledge_base": ["let me read"],
        "wish_self_service": ["do it myself"],
        "refuse_phone": ["don't call me", "no calls"],
        "refuse_person": ["no humans"],
        "anger": ["ridiculous", "outrage*"],
        "conditions": ["deadline", "unless", "even if"],
        "courtesy": ["please", "could you", "thank you"],
        "failed_before": ["still not working", "third time"],
        "narrative": ["my mum", "yesterday", "and then", "i was"],
        "stop": ["stop", "never mind"],
        "why": ["why this"],
    },
    "ar": {
        "neutral": ["مرحبا", "شكرا"],
        "wish_person": ["(اريد|ابغي) ... موظف"],
        "refuse_phone": ["لا تتصلوا بي"],
        "courtesy": ["من فضلك", "لو سمحت*"],
    },
}


@pytest.fixture(scope="session")
def noon() -> datetime:
    """A Monday on which everything is open."""
    return MONDAY_NOON


@pytest.fixture(scope="session")
def night() -> datetime:
    """A Sunday night on which no person is there."""
    return SUNDAY_NIGHT


@pytest.fixture(scope="session")
def lexicons() -> dict[str, Lexicon]:
    return {
        language: Lexicon(
            language=language, patterns={name: compile_phrases(p) for name, p in lists.items()}
        )
        for language, lists in _PHRASES.items()
    }


@pytest.fixture(scope="session")
def policy() -> Policy:
    office = Hours(
        zone=ZoneInfo("Europe/Berlin"),
        weekly={day: ((time(8), time(20)),) for day in range(5)},
    )
    everything = ("self_service", "knowledge_base", "agent", "phone")
    return Policy(
        version="test+1",
        languages=("en", "de", "ar", "tr"),
        default_locale="en",
        fallbacks={},
        routes={
            "self_service": RoutePolicy(id="self_service", person=False),
            "knowledge_base": RoutePolicy(
                id="knowledge_base", person=False, action="utter_article"
            ),
            "agent": RoutePolicy(
                id="agent",
                person=True,
                action="action_handoff",
                offer="utter_offer_agent",
                services=(Service(locales=("en", "de", "ar", "tr"), hours=office),),
            ),
            "phone": RoutePolicy(
                id="phone",
                person=True,
                action="utter_offer_phone",
                on_wish="callback_form",
                services=(
                    Service(locales=("en", "ar"), hours=office, number="+44 20 7946 0112"),
                    Service(locales=("de",), hours=office, number="+49 30 23125 112"),
                ),
            ),
        },
        neutral=everything,
        intents={
            "track_order": IntentPolicy(everything, "track_order_form"),
            "cancel_order": IntentPolicy(everything, "cancel_order_form"),
            "refund_policy": IntentPolicy(("knowledge_base", "agent", "phone")),
            "complaint": IntentPolicy(("agent", "phone")),
        },
        default_served_by=("knowledge_base", "agent", "phone"),
        unrecognised=frozenset({"nlu_fallback", "out_of_scope"}),
        wishes={"talk_to_human": ("agent", "phone"), "call_back": ("phone",)},
        accepts=frozenset({"affirm"}),
        actions={
            "why": "utter_why",
            "correct": "utter_corrected",
            "remember": "utter_remembered",
            "forget": "utter_forgotten",
            "more": "utter_article_more",
            "helped": "utter_helped",
            "not_helped": "utter_not_helped",
            "stop": "utter_stopped",
            "callback": "callback_form",
            "resume": "action_end_handoff",
            "language": "utter_language_changed",
            "unsupported_language": "utter_unsupported_language",
            "not_understood": "utter_not_understood",
            "closed": "utter_closed",
            "no_route": "utter_no_route",
            "failed": "utter_failed",
            "rescue": "action_handoff",
        },
        evidence=EvidenceParams(threshold=0.6, tempering=0.5, turn_cap=25.0, meaning_weight=0.8),
        weights=Weights(
            anger=0.6,
            anger_from=0.5,
            failure=0.25,
            article=0.5,
            person_after=2,
            rank_values=(1.0, 0.66, 0.33, 0.0),
            person_wish_from=0.9,
            intent_from=0.3,
            wish_from=0.5,
            leave_form_from=0.7,
        ),
        free_text={"refund_form": frozenset({"refund_reason"})},
        must_answer=frozenset({"action_track_order"}),
        reading_pages=frozenset({"help", "terms"}),
        article_from=0.35,
    )


@pytest.fixture(scope="session")
def personas() -> tuple[Persona, ...]:
    return (
        Persona(
            id="researcher",
            name="The researcher",
            ranking=("knowledge_base", "agent", "self_service", "phone"),
            strengths={"conditions": Strength(7.0, -2.0), "questions": Strength(7.0)},
        ),
        Persona(
            id="sprinter",
            name="The sprinter",
            ranking=("self_service", "agent", "knowledge_base", "phone"),
            strengths={
                "brevity": Strength(4.0, -2.0),
                "number_first": Strength(7.0),
                "clicks": Strength(7.0),
            },
        ),
        Persona(
            id="talker",
            name="The talker",
            ranking=("phone", "agent", "self_service", "knowledge_base"),
            strengths={"narrative": Strength(7.0, -2.0), "courtesy": Strength(4.0)},
        ),
    )


@pytest.fixture(scope="session")
def make_turn(lexicons: dict[str, Lexicon]) -> Callable[..., Turn]:
    """A function that makes a turn of a text, in English unless `locale` says otherwise."""

    def make(text: str = "", **fields: Any) -> Turn:
        locale = fields.pop("locale", "en-GB")
        usual = lexicons.get(locale.partition("-")[0], Lexicon(language=locale))
        fields.setdefault("lexicon", usual)
        return Turn(text=text, locale=locale, **fields)

    return make
