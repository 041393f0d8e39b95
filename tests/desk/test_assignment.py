"""Who is suggested to whom, and in which order."""

from dataclasses import replace

import pytest

from persona_router.core.desk_rules import DeskRules
from persona_router.desk.accounts import Account, Profile
from persona_router.desk.assignment import Floor
from persona_router.desk.care import Care
from persona_router.handoff.queue import Handoff, HandoffRequest

NOW = 1_700_000_000.0
RULES = DeskRules(
    priorities={"anger": "urgent", "repeated_failure": "high"},
    skills={"refunds": frozenset({"request_refund"}), "orders": frozenset({"track_order"})},
)


def person(login: str, *, seen: float | None = NOW, available: bool = True, **profile) -> Account:
    known = Profile(name=login.title(), roles=frozenset({"agent"}), **profile)
    return Account(login=login, profile=known, available=available, seen_at=seen)


def waits(id: str, *, ago: float = 60.0, agent: str | None = None, **request) -> Handoff:
    values = {
        "conversation": id, "kind": "agent", "reason": "wish_agent", "language": "de",
        "locale": "de-DE", "output_channel": "website", "requested_at": NOW - ago, **request,
    }  # fmt: skip
    status = "claimed" if agent else "waiting"
    return Handoff(id=id, request=HandoffRequest(**values), status=status, agent=agent)


def floor(*people: Account, waiting=(), claimed=(), care=None) -> Floor:
    return Floor(
        rules=RULES, waiting=tuple(waiting), claimed=tuple(claimed), care=care or {},
        people=people, now=NOW,
    )  # fmt: skip


def ids(handoffs) -> list[str]:
    return [handoff.id for handoff in handoffs]


def test_urgent_comes_first_then_who_waits_longest() -> None:
    amira = person("amira")
    waiting = [
        waits("new", ago=10),
        waits("old", ago=500),
        waits("failed", ago=20, reason="repeated_failure"),
        waits("angry", ago=5, reason="anger"),
    ]
    assert ids(floor(amira, waiting=waiting).next_for(amira)) == ["angry", "failed", "old", "new"]


def test_chat_is_due_before_a_callback_that_was_asked_for_earlier() -> None:
    amira = person("amira")
    waiting = [waits("call", ago=600, kind="callback"), waits("chat", ago=60)]
    assert ids(floor(amira, waiting=waiting).next_for(amira)) == ["chat", "call"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [("due", ["b", "c", "a"]), ("asked", ["a", "c", "b"]), ("language", ["b", "a", "c"])],
)
def test_queue_is_ordered_as_asked_for(order: str, expected: list[str]) -> None:
    waiting = [
        waits("a", ago=900, language="de", kind="callback"),
        waits("b", ago=10, language="ar", reason="anger"),
        waits("c", ago=300, language="tr"),
    ]
    assert ids(floor(waiting=waiting).ordered(waiting, order)) == expected


def test_language_goes_to_those_who_write_it() -> None:
    german, arab = person("german", languages=("de",)), person("arab", languages=("ar", "fr"))
    here = floor(german, arab, waiting=[waits("1"), waits("2", language="ar")])
    assert ids(here.next_for(german)) == ["1"]
    assert ids(here.next_for(arab)) == ["2"]


def test_region_of_a_language_does_not_matter() -> None:
    brazil, arab = person("brazil", languages=("pt-br",)), person("arab", languages=("ar",))
    here = floor(brazil, arab, waiting=[waits("1", language="pt")])
    assert ids(here.next_for(brazil)) == ["1"]
    assert ids(here.next_for(arab)) == []


def test_language_that_nobody_online_writes_holds_nobody_up() -> None:
    german = person("german", languages=("de",))
    gone = person("arab", languages=("ar",), seen=NOW - 121)
    here = floor(german, gone, waiting=[waits("2", language="ar")])
    assert ids(here.next_for(german)) == ["2"]


def test_skill_goes_to_those_who_have_it() -> None:
    refunds = person("refunds", skills=("refunds",))
    orders = person("orders", skills=("orders",))
    waiting = [waits("1", intent="request_refund"), waits("2", intent="complaint")]
    here = floor(refunds, orders, waiting=waiting)
    assert ids(here.next_for(refunds)) == ["1", "2"]
    assert ids(here.next_for(orders)) == ["2"]


def test_full_hands_take_callbacks_only() -> None:
    amira = person("amira", capacity=1)
    waiting = [waits("chat"), waits("call", kind="callback")]
    here = floor(amira, waiting=waiting, claimed=[waits("mine", agent="amira")])
    assert here.load("amira") == 1
    assert ids(here.next_for(amira)) == ["call"]
    put_off = {"mine": Care(snoozed_until=NOW + 60)}
    assert ids(replace(here, care=put_off).next_for(amira)) == ["chat", "call"]


def test_put_off_is_not_suggested_before_its_time() -> None:
    amira = person("amira")
    here = floor(amira, waiting=[waits("1")], care={"1": Care(snoozed_until=NOW + 1)})
    assert here.next_for(amira) == ()
    assert ids(replace(here, now=NOW + 2).next_for(amira)) == ["1"]


def test_passed_on_to_a_team_is_for_its_people() -> None:
    berlin, cairo = person("berlin", team="Berlin"), person("cairo", team="Cairo")
    here = floor(berlin, cairo, waiting=[waits("1")], care={"1": Care(team="Cairo")})
    assert ids(here.next_for(berlin)) == []
    assert ids(here.next_for(cairo)) == ["1"]


def test_priority_that_somebody_set_beats_the_policys() -> None:
    here = floor(waiting=[waits("1", reason="anger")], care={"1": Care(priority="low")})
    assert here.priority(here.waiting[0]) == "low"


@pytest.mark.parametrize(
    ("changes", "online"),
    [
        ({}, True),
        ({"seen": NOW - 120}, True),
        ({"seen": NOW - 121}, False),
        ({"seen": None}, False),
        ({"available": False}, False),
    ],
)
def test_presence_needs_a_word_and_a_sign_of_life(changes: dict, online: bool) -> None:
    amira = person("amira", **changes)
    assert floor(amira).is_online(amira) is online


@pytest.mark.parametrize(
    ("teams", "suggested"),
    [
        pytest.param({"case": "Kulanz"}, {"amira": [], "jana": ["case"]}, id="theirs"),
        pytest.param({"case": "Nacht"}, {"amira": ["case"], "jana": ["case"]}, id="nobody-there"),
        pytest.param({}, {"amira": ["case"], "jana": ["case"]}, id="nobodys"),
    ],
)
def test_team_of_the_policy_has_its_cases_while_it_is_there(teams, suggested) -> None:
    amira, jana = person("amira", team="Retouren"), person("jana", team="Kulanz")
    seen = replace(floor(amira, jana, waiting=[waits("case")]), teams=teams)
    assert {one.login: ids(seen.next_for(one)) for one in (amira, jana)} == suggested
    passed_on = replace(seen, care={"case": Care(team="Retouren")})
    assert ids(passed_on.next_for(jana)) == []
