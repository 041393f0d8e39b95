from dataclasses import replace
from datetime import datetime

import pytest

from persona_router.core.decision import Closed
from persona_router.core.policy import Policy
from persona_router.core.ranking import Ranking, Situation, rank

EVEN = {"researcher": 1 / 3, "sprinter": 1 / 3, "talker": 1 / 3}


@pytest.fixture
def situation(noon: datetime) -> Situation:
    return Situation(
        concern="track_order",
        locale="en-GB",
        at=noon,
        wished=(),
        preferred=(),
        excluded=(),
        anger=0.0,
        failures=0,
        article_found=None,
    )


def test_rank_is_neutral_while_no_persona_is_assumed(situation, policy, personas) -> None:
    ranking = rank(situation, policy, personas, EVEN, None)
    assert ranking == Ranking(("self_service", "knowledge_base", "agent", "phone"), (), ())


@pytest.mark.parametrize(
    ("persona", "routes"),
    [
        ("talker", ("phone", "agent", "self_service", "knowledge_base")),
        ("sprinter", ("self_service", "agent", "knowledge_base", "phone")),
        ("researcher", ("knowledge_base", "agent", "self_service", "phone")),
    ],
)
def test_rank_of_a_certain_persona_is_its_own(situation, policy, personas, persona, routes) -> None:
    certain = {p.id: float(p.id == persona) for p in personas}
    assert rank(situation, policy, personas, certain, persona).routes == routes


def test_rank_weighs_personas_by_the_posterior(situation, policy, personas) -> None:
    torn = {"researcher": 0.0, "sprinter": 0.38, "talker": 0.62}
    ranking = rank(situation, policy, personas, torn, "talker")
    # agent .66, phone .62, self-service .38 + .62·.33, knowledge base .38·.33
    assert ranking.routes == ("agent", "phone", "self_service", "knowledge_base")


def test_rank_leaves_out_what_cannot_serve_the_concern(situation, policy, personas) -> None:
    ranking = rank(replace(situation, concern="complaint"), policy, personas, EVEN, None)
    assert ranking.routes == ("agent", "phone")
    assert ranking.constraints == ("cannot_serve:self_service", "cannot_serve:knowledge_base")


def test_rank_of_an_unknown_concern_uses_the_default(situation, policy, personas) -> None:
    ranking = rank(replace(situation, concern=None), policy, personas, EVEN, None)
    assert ranking.routes == ("knowledge_base", "agent", "phone")


def test_rank_tells_when_closed_routes_open(situation, policy, personas, night) -> None:
    ranking = rank(replace(situation, at=night), policy, personas, EVEN, None)
    assert ranking.routes == ("self_service", "knowledge_base")
    assert ranking.closed == (
        Closed("agent", "2026-11-23T08:00:00+01:00"),
        Closed("phone", "2026-11-23T08:00:00+01:00"),
    )
    assert ranking.constraints == ("closed:agent", "closed:phone")
    assert ranking.missed == ()


def test_rank_tells_which_closed_routes_would_have_come_first(
    situation, policy, personas, night
) -> None:
    talker = {"researcher": 0.0, "sprinter": 0.0, "talker": 1.0}
    ranking = rank(replace(situation, at=night), policy, personas, talker, "talker")
    assert (ranking.routes[0], ranking.missed) == ("self_service", ("phone", "agent"))
    wished = replace(situation, at=night, wished=("agent",))
    assert rank(wished, policy, personas, EVEN, None).missed == ("agent",)


def test_rank_leaves_out_routes_that_nobody_serves_in_the_language(
    situation, policy, personas
) -> None:
    ranking = rank(replace(situation, locale="tr-TR"), policy, personas, EVEN, None)
    assert ranking.routes == ("self_service", "knowledge_base", "agent")
    assert ranking.constraints == ("not_in_language:phone",)


def test_rank_puts_wishes_first_and_drops_refusals(situation, policy, personas) -> None:
    said = replace(situation, wished=("phone",), excluded=("self_service",))
    ranking = rank(said, policy, personas, EVEN, None)
    assert ranking.routes == ("phone", "knowledge_base", "agent")
    assert ranking.constraints == ("refused:self_service",)


def test_rank_puts_an_earlier_wish_behind_one_of_this_turn(situation, policy, personas) -> None:
    said = replace(situation, wished=("agent",), preferred=("phone",))
    assert rank(said, policy, personas, EVEN, None).routes[0] == "agent"
    earlier = replace(situation, preferred=("phone",))
    assert rank(earlier, policy, personas, EVEN, None).routes[0] == "phone"


def test_rank_does_not_stretch_an_earlier_wish_to_what_cannot_serve(
    situation, policy, personas
) -> None:
    later = replace(situation, concern="complaint", preferred=("self_service", "knowledge_base"))
    assert rank(later, policy, personas, EVEN, None).routes == ("agent", "phone")


def test_rank_lets_somebody_read_although_an_article_is_not_listed_for_it(
    situation, policy, personas
) -> None:
    said = replace(situation, concern="complaint", wished=("knowledge_base", "self_service"))
    ranking = rank(said, policy, personas, EVEN, None)
    assert ranking.routes == ("knowledge_base", "agent", "phone")


def test_rank_drops_the_knowledge_base_when_no_article_answers(situation, policy, personas) -> None:
    ranking = rank(replace(situation, article_found=False), policy, personas, EVEN, None)
    assert ranking.routes == ("self_service", "agent", "phone")
    assert ranking.constraints == ("no_article:knowledge_base",)


@pytest.mark.parametrize(
    ("anger", "failures", "first"),
    [
        (0.0, 0, "self_service"),
        (0.49, 0, "self_service"),
        (1.0, 0, "self_service"),
        (1.0, 1, "agent"),
        (0.0, 3, "agent"),
        (0.0, 2, "self_service"),
    ],
)
def test_rank_moves_people_up_with_anger_and_failure(
    situation, policy, personas, anger, failures, first
) -> None:
    hurt = replace(situation, anger=anger, failures=failures)
    assert rank(hurt, policy, personas, EVEN, None).routes[0] == first


def test_rank_ignores_wishes_for_routes_that_no_longer_exist(situation, policy, personas) -> None:
    said = replace(situation, wished=("spaceship",), preferred=("fax",), excluded=("pigeon",))
    assert rank(said, policy, personas, EVEN, None).routes[0] == "self_service"


@pytest.mark.parametrize(
    ("concern", "persona", "found", "first"),
    [
        ("payment_methods", "sprinter", True, "knowledge_base"),
        ("payment_methods", "sprinter", None, "agent"),
        ("payment_methods", "talker", True, "phone"),
        ("track_order", "sprinter", True, "self_service"),
        ("track_order", "researcher", True, "knowledge_base"),
        ("track_order", None, True, "self_service"),
    ],
)
def test_rank_lets_an_article_that_answers_go_before_a_person_but_for_talkers(
    situation, policy, personas, concern, persona, found, first
) -> None:
    searched = replace(situation, concern=concern, article_found=found)
    sure = {p.id: float(p.id == persona) for p in personas} if persona else EVEN
    assert rank(searched, policy, personas, sure, persona).routes[0] == first


def heard(policy: Policy, *, locales: tuple[str, ...]) -> Policy:
    """Return the policy with an agents' team that speaks `locales` too, at the hours of its own."""
    agent = policy.routes["agent"]
    first = agent.services[0]
    team = replace(first, locales=(*first.locales, *locales))
    routes = {**policy.routes, "agent": replace(agent, services=(team, *agent.services[1:]))}
    return replace(policy, routes=routes)


def test_rank_tells_at_whose_end_the_unserved_language_is_spoken(
    situation, policy, personas
) -> None:
    ukrainian = replace(situation, spoken="uk")
    assert rank(ukrainian, heard(policy, locales=("uk",)), personas, EVEN, None).speaking == (
        "agent",
    )
    assert rank(ukrainian, heard(policy, locales=("sv",)), personas, EVEN, None).speaking == ()
    assert rank(situation, heard(policy, locales=("uk",)), personas, EVEN, None).speaking == ()


def test_rank_offers_nobody_who_speaks_it_at_night(situation, policy, personas, night) -> None:
    asleep = replace(situation, spoken="uk", at=night)
    ranking = rank(asleep, heard(policy, locales=("uk",)), personas, EVEN, None)
    assert ranking.speaking == ()
    assert "agent" not in ranking.routes


def test_rank_takes_a_route_without_services_for_no_speaker(situation, policy, personas) -> None:
    ranking = rank(replace(situation, spoken="uk"), policy.always_open(), personas, EVEN, None)
    assert ranking.speaking == ()


@pytest.mark.parametrize("trouble", [{"anger": 0.5}, {"failures": 1}], ids=str)
def test_rank_puts_a_person_beside_the_route_of_an_unhappy_customer(
    situation, policy, personas, trouble
) -> None:
    sprinter = {p.id: float(p.id == "sprinter") for p in personas}
    unhappy = replace(situation, **trouble)
    routes = rank(unhappy, policy, personas, sprinter, "sprinter").routes
    assert "agent" in routes[:2]
    assert set(routes[1:3] if routes[0] == "self_service" else routes[:2]) == {"agent", "phone"}


def test_rank_does_not_give_the_same_self_service_again(situation, policy, personas) -> None:
    ranking = rank(replace(situation, again=True), policy, personas, EVEN, None)
    assert ranking.routes == ("knowledge_base", "agent", "phone")
    assert "repeated:self_service" in ranking.constraints


def test_rank_gives_self_service_again_to_who_wishes_it(situation, policy, personas) -> None:
    wished = replace(situation, again=True, wished=("self_service",))
    assert rank(wished, policy, personas, EVEN, None).routes[0] == "self_service"
