from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from persona_router.content.cards import read_card
from persona_router.content.cards_faults import card_faults, likeness_faults, protected_faults
from persona_router.content.errors import ContentWarning
from persona_router.content.protected import protected_words
from persona_router.core.card import Card
from persona_router.core.persona import Persona, Strength
from persona_router.core.policy import CardRules, Policy
from tests.content.card_files import CARD, FINDING, ROUTES, SIGNALS, write_card

TODAY = date(2026, 11, 23)
RULES = CardRules()


def faults(
    folder: Path, *, today: date = TODAY, rules: CardRules = RULES, **changes: Any
) -> list[str]:
    path = write_card(folder, **changes)
    card = read_card(path, routes=ROUTES, signals=SIGNALS)
    found = card_faults(path, card, rules=rules, today=today)
    return [str(fault).removeprefix(f"{path}: ") for fault in found]


def test_sound_card_has_no_faults(tmp_path: Path) -> None:
    assert faults(tmp_path) == []


@pytest.mark.parametrize("part", ["behaviour", "challenges"])
def test_statement_without_evidence_is_refused_where_evidence_is_required(
    tmp_path: Path, part: str
) -> None:
    assert faults(tmp_path, **{part: [*CARD[part], "asks twice"]}) == [
        f"{part}[{len(CARD[part]) + 1}]: 'asks twice' rests on no evidence. Write "
        "{says: …, evidence: [id]}, with the id of an entry under evidence."
    ]


def test_routes_need_evidence_for_what_succeeds_and_what_fails(tmp_path: Path) -> None:
    routes = [{**CARD["routes"][0], "fails": "nobody answers"}, CARD["routes"][1]]
    assert faults(tmp_path, routes=routes) == [
        "routes[1].fails: 'nobody answers' rests on no evidence. Write "
        "{says: …, evidence: [id]}, with the id of an entry under evidence."
    ]


def test_policy_says_which_parts_need_evidence(tmp_path: Path) -> None:
    rules = replace(RULES, evidence_required=frozenset({"goals"}))
    found = faults(tmp_path, rules=rules, behaviour=["asks twice"])
    assert [fault.split(":")[0] for fault in found] == ["goals[1]", "evidence.length"]


def test_unknown_and_unused_evidence_is_named(tmp_path: Path) -> None:
    assert faults(tmp_path, goals=[{"says": "to be heard", "evidence": ["survey"]}]) == [
        "goals[1]: Unknown evidence 'survey'. Declared under evidence: reading, length."
    ]
    more = {**CARD["evidence"], "spare": FINDING}
    assert faults(tmp_path, evidence=more) == [
        "evidence.spare: No statement rests on it. Name it at a statement or remove it."
    ]


def test_evidence_and_reviews_cannot_be_of_the_future(tmp_path: Path) -> None:
    found = {**CARD["evidence"], "reading": {**FINDING, "date": date(2026, 12, 1)}}
    assert faults(tmp_path, evidence=found, reviewed=date(2026, 12, 2)) == [
        "evidence.reading.date: 2026-12-01 is in the future. Write when it was found.",
        "reviewed: 2026-12-02 is in the future. Write the date of the last review.",
    ]


def test_next_review_must_follow_the_last(tmp_path: Path) -> None:
    assert faults(tmp_path, review_due=date(2026, 11, 1)) == [
        "review_due: 2026-11-01 is not after the review of 2026-11-01. "
        "Write the date of the next review."
    ]


@pytest.mark.parametrize(
    ("today", "kind"),
    [
        (date(2027, 5, 1), None),
        (date(2027, 5, 2), "warning"),
        (date(2027, 5, 31), "warning"),
        (date(2027, 6, 1), "fault"),
    ],
)
def test_overdue_review_is_a_warning_and_after_the_grace_a_fault(
    tmp_path: Path, today: date, kind: str | None
) -> None:
    path = write_card(tmp_path)
    card = read_card(path, routes=ROUTES, signals=SIGNALS)
    found = list(card_faults(path, card, rules=RULES, today=today))
    kinds = ["warning" if isinstance(fault, ContentWarning) else "fault" for fault in found]
    assert kinds == ([kind] if kind else [])


def test_overdue_review_names_owner_date_and_grace(tmp_path: Path) -> None:
    assert faults(tmp_path, today=date(2027, 5, 2)) == [
        "review_due: The review by Karen Young was due on 2027-05-01. Compare the card with recent "
        "contacts, then set reviewed and review_due. It is a fault after 2027-05-31."
    ]


def test_routes_that_nothing_distinguishes_are_refused(tmp_path: Path) -> None:
    told = {key: CARD["routes"][0][key] for key in ("succeeds", "fails")}
    routes = [CARD["routes"][0], {"route": "self_service", **told}]
    assert faults(tmp_path, routes=routes) == [
        "routes[2]: 'self_service' succeeds and fails exactly as 'phone' does. "
        "Say what distinguishes them: nothing bears out which comes first."
    ]


def test_picture_is_looked_at(tmp_path: Path) -> None:
    assert faults(tmp_path, picture="photo.jpg") == [
        "picture: 'photo.jpg' is no name of a drawing. "
        "Put an SVG file beside the card, such as talker.svg, and no photo."
    ]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param(
            {"biography": "A pensioner who tells stories."},
            "biography: 'pensioner' says who somebody is (age), not what they do.",
            id="en",
        ),
        pytest.param(
            {"goals": ["Hausfrauen wollen beraten werden"]},
            "goals[1]: 'hausfrauen' says who somebody is (gender), not what they do.",
            id="de",
        ),
        pytest.param(
            {"behaviour": [{"says": "clientes jubilados", "evidence": ["reading"]}]},
            "behaviour[1].says: 'jubilados' says who somebody is (age), not what they do.",
            id="es",
        ),
        pytest.param(
            {"skills": ["telle FEMME AU FOYER"]},
            "skills[1]: 'femme au foyer' says who somebody is (gender), not what they do.",
            id="fr-longest-phrase",
        ),
        pytest.param(
            {"evidence": {"reading": {**FINDING, "source": "interviews with immigrants"}}},
            "evidence.reading.source: 'immigrants' says who somebody is (origin), "
            "not what they do.",
            id="evidence",
        ),
        pytest.param(
            {"signals": {"is_pensioner": {"present": "strong for"}}},
            "signals.is_pensioner: 'pensioner' says who somebody is (age), not what they do.",
            id="signal",
        ),
    ],
)
def test_protected_words_are_refused_with_ground_and_remedy(
    tmp_path: Path, changes: dict[str, Any], line: str
) -> None:
    path = write_card(tmp_path, **changes)
    found = [str(fault) for fault in protected_faults(path, protected_words())]
    assert f"{path}: {line} Describe the behaviour instead." in found


def test_names_of_owners_and_files_are_no_attributes(tmp_path: Path) -> None:
    path = write_card(tmp_path, owner="Christian Young, pensioner", picture="gay.svg")
    assert list(protected_faults(path, protected_words())) == []


def test_protected_words_of_a_card_that_is_no_yaml_are_left_to_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "talker.yml"
    path.write_text("name: [", encoding="utf-8")
    assert list(protected_faults(path, protected_words())) == []


def pair(card: Card, *personas: Persona) -> Sequence[Card]:
    return [replace(card, persona=persona) for persona in personas]


def test_personas_that_rank_or_sound_alike_are_refused(tmp_path: Path, policy: Policy) -> None:
    card = read_card(write_card(tmp_path), routes=ROUTES, signals=SIGNALS)
    strong = {name: Strength(7.0, -4.0) for name in ("length", "narrative", "lost")}
    against = {name: Strength(-7.0) for name in strong}
    one = Persona(id="a", name="A", ranking=("phone", "agent"), strengths=strong)
    other = Persona(id="b", name="B", ranking=("agent", "phone"), strengths=against)
    assert list(likeness_faults(tmp_path, pair(card, one, other), policy)) == []
    (same,) = likeness_faults(
        tmp_path, pair(card, one, replace(other, ranking=one.ranking)), policy
    )
    assert str(same) == (
        f"{tmp_path}: routes: 'a' and 'b' rank all routes alike. "
        "Merge them: a persona that wants the same as another changes nothing."
    )
    weak = replace(other, strengths={**strong, "haste": Strength(-2.0)})
    (alike,) = likeness_faults(tmp_path, pair(card, one, weak), policy)
    assert str(alike) == (
        f"{tmp_path}: signals: Signals cannot tell 'a' and 'b' apart: after 3 turns the right one "
        "is expected to have 0.47, not 0.75. "
        "Give strengths to signals on which they differ, or merge them."
    )
