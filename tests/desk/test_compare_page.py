"""The page of two compared policies: what it tells, what it warns of, and who may read it."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from persona_router.desk.texts import load_texts
from persona_router.log.events import Outcome
from tests.desk.conftest import Agent, Desk
from tests.log.making import DAY, MONDAY, row, write

OCTOBER = MONDAY - 40 * DAY
DAYS = "from=2026-10-01&to=2026-10-31"


def compared(folder: Path, a: int, b: int) -> None:
    """Write a visit a conversation, of which every second in arm a and every fifth in b is lost."""
    counts = {"a": (a, 2), "b": (b, 5)}
    log = write(
        folder / "routing_log.sqlite",
        *(
            row(
                f"{arm}{n}",
                at=OCTOBER + n,
                conversation=f"{arm}{n}",
                arm=arm,
                propensity=0.5,
                policy_version=f"1+{arm}",
                reasons=[{"code": "neutral", "values": {}}, {"code": "compared", "values": {}}],
            )
            for arm, (count, _) in counts.items()
            for n in range(count)
        ),
    )
    for arm, (count, every) in counts.items():
        for n in range(0, count, every):
            log.note(Outcome(decision=f"{arm}{n}", values={"handed_over": 1}))


def words(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def nour(desk: Desk) -> Agent:
    return desk.agent("Nour", roles="operations")


def test_page_tells_both_policies_and_how_far_they_differ(nour: Agent, tmp_path: Path) -> None:
    compared(tmp_path, 200, 200)
    told = words(nour.get(f"/compare?{DAYS}"))
    assert "Usual policy 1+a 200 200 Compared policy 1+b 200 200" in told
    assert "Share of the compared policy 50%" in told
    assert "Contained 50% ( 43% – 57% ) 80% ( 74% – 85% ) +30.0 (+20.8 – +38.5)" in told
    assert "Handed over 50% ( 43% – 57% ) 20% ( 15% – 26% ) -30.0 (-38.5 – -20.8)" in told
    assert "Satisfied not enough data ( 0 ) not enough data ( 0 ) not enough data" in told
    assert "do not fit" not in told


def test_page_warns_of_arms_that_do_not_fit_the_share(nour: Agent, tmp_path: Path) -> None:
    compared(tmp_path, 300, 200)
    told = words(nour.get(f"/compare?{DAYS}"))
    assert "The numbers of conversations do not fit the share of 50%" in told


def test_page_warns_of_days_with_several_comparisons(nour: Agent, tmp_path: Path) -> None:
    compared(tmp_path, 40, 40)
    write(tmp_path / "routing_log.sqlite", row("x", at=OCTOBER, arm="b", policy_version="<b>2"))
    page = nour.get(f"/compare?{DAYS}")
    assert "These days hold more than one share" in words(page)
    assert "<b>2" not in page.text


def test_days_without_a_comparison_say_so(nour: Agent, tmp_path: Path) -> None:
    assert "Nothing was compared on these days." in words(nour.get("/compare"))
    write(tmp_path / "routing_log.sqlite", row("d1"))
    assert "Nothing was compared on these days." in words(nour.get("/compare"))
    assert nour.get("/compare?from=soon").status_code == 422


def test_page_is_linked_and_needs_the_right(desk: Desk, nour: Agent) -> None:
    assert 'href="/compare"' in nour.get("/replay").text
    assert desk.agent("Amira").get("/compare").status_code == 403


def test_decision_page_says_that_the_compared_policy_led(nour: Agent, tmp_path: Path) -> None:
    compared(tmp_path, 1, 1)
    told = words(nour.get("/log/decisions/b0"))
    assert "Led by the compared policy, with consent" in told
    assert "1+b ( Compared policy )" in told
    assert "1+a ( Usual policy )" in words(nour.get("/log/decisions/a0"))


def test_page_speaks_the_readers_language(nour: Agent, tmp_path: Path) -> None:
    compared(tmp_path, 60, 20)
    for locale, texts in load_texts().items():
        page = nour.get(f"/compare?lang={locale}&{DAYS}")
        assert f'<html lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}"' in page.text
        assert texts("compare.difference_means") in unescape(page.text)
        assert re.findall(r">\s*((?:compare|log|figures)\.\w+)", page.text) == []
