"""What would have changed a decision, checked by making the changed decision for real."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from persona_router.core.counterfactual import Change, Facts, changes, leads_to
from persona_router.core.decision import Decision
from persona_router.core.evidence import Evidence, posterior, turn_total
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy
from persona_router.core.ranking import Situation

EVIDENCE = (
    Evidence("conditions", 1.0, {"researcher": 6.0, "sprinter": -3.0, "talker": -3.0}),
    Evidence("brevity", 1.0, {"researcher": -2.0, "sprinter": 4.0, "talker": -2.0}),
)


@pytest.fixture
def make(policy: Policy, personas: Sequence[Persona], noon: datetime) -> Callable[..., Facts]:
    def facts(
        evidence: tuple[Evidence, ...] = EVIDENCE, *, told: int = 1, **situation: object
    ) -> Facts:
        sums = turn_total(evidence, personas, policy.evidence)
        usual = Situation(
            concern="track_order", locale="en", at=noon, wished=(), preferred=(), excluded=(),
            anger=0.0, failures=0, article_found=None,
        )  # fmt: skip
        return Facts(
            situation=replace(usual, **situation),  # type: ignore[arg-type]
            posterior=posterior(sums, told, personas, policy.evidence),
            evidence=evidence,
            decibans=sums,
            told=told,
        )

    return facts


def found(made: Sequence[Change], kind: str, subject: str) -> Change:
    (one,) = [c for c in made if (c.kind, c.subject) == (kind, subject)]
    return one


def test_facts_lead_where_the_decision_led(
    route: Callable[..., Decision], policy: Policy, personas: Sequence[Persona], noon: datetime
) -> None:
    decision = route("Is there a deadline, even if it was opened?", intent="refund_policy",
                     intent_confidence=0.9)  # fmt: skip
    facts = Facts(
        situation=Situation(
            concern="refund_policy", locale="en", at=noon, wished=(), preferred=(), excluded=(),
            anger=0.0, failures=0, article_found=None,
        ),
        posterior=decision.posterior,
        evidence=decision.evidence,
        decibans=decision.state.decibans,
        told=decision.state.told,
    )  # fmt: skip
    assert leads_to(facts, policy, personas) == decision.route == "knowledge_base"


def test_signal_without_which_it_had_gone_elsewhere_is_named(
    make: Callable[..., Facts], policy: Policy, personas: Sequence[Persona]
) -> None:
    assert leads_to(make(), policy, personas) == "knowledge_base"
    assert leads_to(make(EVIDENCE[1:]), policy, personas) == "self_service"
    one = found(changes(make(), policy, personas), "without", "conditions")
    assert one == Change(kind="without", subject="conditions", decibans=6.0, route="self_service")
    assert not [c for c in changes(make(), policy, personas) if c.subject == "brevity"]


@pytest.mark.parametrize(("told", "persona"), [(1, "sprinter"), (1, "talker"), (4, "researcher")])
def test_least_more_evidence_is_just_enough(
    make: Callable[..., Facts],
    policy: Policy,
    personas: Sequence[Persona],
    told: int,
    persona: str,
) -> None:
    facts = make(told=told)
    least = found(changes(facts, policy, personas), "more", persona)
    assert least.decibans is not None
    for more, expected in ((least.decibans + 0.2, least.route), (least.decibans - 0.2, "same")):
        extra = {**facts.decibans, persona: facts.decibans[persona] + more}
        changed = replace(facts, posterior=posterior(extra, told, personas, policy.evidence))
        route = leads_to(changed, policy, personas)
        assert route == (leads_to(facts, policy, personas) if expected == "same" else expected)


def test_worth_of_evidence_is_that_of_the_model_which_decided(
    make: Callable[..., Facts], policy: Policy, personas: Sequence[Persona]
) -> None:
    cool = replace(policy, evidence=replace(policy.evidence, temperature=2.0))
    usual = make()
    trained = replace(usual, posterior=posterior(usual.decibans, 1, personas, cool.evidence))
    by_policy = found(changes(trained, cool, personas), "more", "talker")
    by_row = found(changes(trained, policy, personas), "more", "talker")
    assert by_row == by_policy


@pytest.mark.parametrize(
    ("situation", "kind", "subject", "route"),
    [
        ({"wished": ("phone",)}, "asked", "", "knowledge_base"),
        ({"preferred": ("agent",)}, "asked", "", "knowledge_base"),
        ({"excluded": ("knowledge_base",)}, "refused", "knowledge_base", "knowledge_base"),
        ({"article_found": False}, "no_article", "knowledge_base", "knowledge_base"),
        ({"locale": "tr", "wished": ("phone",)}, "not_in_language", "phone", "phone"),
        ({"anger": 1.0}, "anger", "", "knowledge_base"),
        ({"failures": 3}, "failures", "", "knowledge_base"),
        ({"concern": "complaint"}, "cannot_serve", "knowledge_base", "knowledge_base"),
    ],
)
def test_change_of_the_situation_is_named_with_where_it_had_led(
    make: Callable[..., Facts],
    policy: Policy,
    personas: Sequence[Persona],
    situation: dict[str, object],
    kind: str,
    subject: str,
    route: str,
) -> None:
    facts = make(**situation)
    assert leads_to(facts, policy, personas) != route
    assert found(changes(facts, policy, personas), kind, subject).route == route


def test_wish_for_any_person_leads_to_the_one_who_suited_before(
    make: Callable[..., Facts], policy: Policy, personas: Sequence[Persona]
) -> None:
    talker = (Evidence("narrative", 1.0, {"researcher": -5.0, "sprinter": -5.0, "talker": 10.0}),)
    wished = make(talker, wished=("agent", "phone"))
    assert leads_to(make(talker), policy, personas) == "phone"
    assert leads_to(wished, policy, personas) == "agent"
    assert found(changes(wished, policy, personas), "asked", "").route == "phone"


def test_closed_route_is_named_where_it_had_been_taken(
    make: Callable[..., Facts], policy: Policy, personas: Sequence[Persona], night: datetime
) -> None:
    talker = (Evidence("narrative", 1.0, {"researcher": -5.0, "sprinter": -5.0, "talker": 10.0}),)
    facts = make(talker, at=night)
    assert leads_to(facts, policy, personas) == "self_service"
    made = changes(facts, policy, personas)
    assert found(made, "closed", "phone").route == "phone"
    assert found(made, "closed", "agent").route == "agent"


def test_evidence_changes_nothing_where_the_customer_has_decided(
    make: Callable[..., Facts], policy: Policy, personas: Sequence[Persona]
) -> None:
    for facts in (make(wished=("phone",)), replace(make(), corrected=True)):
        kinds = {change.kind for change in changes(facts, policy, personas)}
        assert kinds.isdisjoint({"without", "more"})


def test_least_evidence_comes_first_and_the_situation_last(
    make: Callable[..., Facts], policy: Policy, personas: Sequence[Persona]
) -> None:
    sizes = [c.decibans for c in changes(make(article_found=False), policy, personas)]
    known = [size for size in sizes if size is not None]
    assert known == sorted(known)
    assert sizes[len(known) :] == [None] * (len(sizes) - len(known))


def test_row_of_personas_that_are_no_more_is_still_explained(
    make: Callable[..., Facts], policy: Policy, personas: Sequence[Persona]
) -> None:
    facts = replace(make(wished=("phone",)), posterior={"somebody": 1.0})
    assert leads_to(facts, policy, personas) == "phone"
    assert {c.kind for c in changes(facts, policy, personas)} == {"asked"}
    assert math.isclose(sum(facts.posterior.values()), 1.0)
