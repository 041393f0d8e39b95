from datetime import date, datetime, timezone

import pytest

from persona_router.core.card import (
    SECTIONS,
    Card,
    Finding,
    RouteStatements,
    Statement,
    reviews_due,
)
from persona_router.core.persona import Persona


def finding(*, illustrative: bool) -> Finding:
    return Finding(
        source="chats", date=date(2026, 11, 1), sample=9, method="read", illustrative=illustrative
    )


def card(**findings: Finding) -> Card:
    return Card(
        persona=Persona(id="a", name="A", ranking=("phone",), strengths={}),
        biography=Statement(says="b", place="biography"),
        sections={name: (Statement(says=name, place=f"{name}[1]"),) for name in SECTIONS},
        routes=(
            RouteStatements(
                route="phone",
                succeeds=Statement(says="s", place="routes[1].succeeds"),
                fails=Statement(says="f", place="routes[1].fails"),
            ),
        ),
        languages=("en",),
        owner="team",
        reviewed=date(2026, 11, 1),
        review_due=date(2027, 5, 1),
        findings=findings,
    )


def test_statements_come_in_the_order_of_the_card_and_know_their_part() -> None:
    assert [statement.part for statement in card().statements()] == [
        "biography", "goals", "challenges", "behaviour", "skills", "attitudes", "environment",
        "routes", "routes",
    ]  # fmt: skip


@pytest.mark.parametrize(("flags", "illustrative"), [((), False), ((False, True), True)])
def test_card_is_illustrative_as_soon_as_one_finding_is(
    flags: tuple[bool, ...], illustrative: bool
) -> None:
    found = {f"f{n}": finding(illustrative=flag) for n, flag in enumerate(flags)}
    assert card(**found).illustrative is illustrative


def test_card_is_due_from_the_day_of_its_review_on() -> None:
    day = datetime(2027, 5, 1, tzinfo=timezone.utc).timestamp()
    assert reviews_due((card(),), now=day - 1) == ()
    assert reviews_due((card(),), now=day) == (card(),)
