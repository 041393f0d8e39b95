"""The page that tries a changed policy on the logged decisions: what it tells, and its bounds."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml

from persona_router.desk.replay_page import MOST_BYTES, MOST_ROWS
from persona_router.desk.texts import load_texts
from tests.desk.conftest import Agent, Desk
from tests.log.making import DAY, MONDAY, row, write
from tests.training import ROOT

POLICY = (ROOT / "data" / "routing.yml").read_text(encoding="utf-8")
SPAN = {"from": "2026-11-23", "to": "2026-11-29"}
STATE = {
    "turns": 1, "told": 1, "decibans": {}, "concern": "refund_policy", "wished": [],
    "excluded": [], "offered": None, "failures": 0, "tried": [], "served": None,
    "corrected": False,
}  # fmt: skip


def decided(id: str, **changes: Any) -> dict[str, Any]:
    posterior = {"researcher": 0.9, "talker": 0.05, "sprinter": 0.05}
    return row(id, conversation=f"c-{id}", **{"posterior": posterior, "state": STATE, **changes})


def tried_out(count: int) -> list[dict[str, Any]]:
    """Return visits of which every fifth was led to a person."""
    return [
        decided(
            f"t{n}",
            at=MONDAY - 30 * DAY + n,
            route="agent" if n % 5 == 0 else "knowledge_base",
            alternatives=["knowledge_base", "phone"] if n % 5 == 0 else ["agent", "phone"],
            reasons=[{"code": "trial", "values": {}}] if n % 5 == 0 else [],
            propensity=0.2 if n % 5 == 0 else 0.8,
        )
        for n in range(count)
    ]


def words(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
def nour(desk: Desk, tmp_path: Path) -> Agent:
    rows = [decided(f"d{n}", at=MONDAY + n) for n in range(40)]
    rows.append(decided("old", at=MONDAY + 50, state=None))
    write(tmp_path / "routing_log.sqlite", *rows)
    return desk.agent("Nour", roles="operations")


@pytest.fixture(scope="module")
def without_articles() -> str:
    """Return a policy in which no article answers questions about refunds."""
    changed = yaml.safe_load(POLICY)
    changed["intents"]["refund_policy"] = {"served_by": ["agent", "phone"]}
    return yaml.safe_dump(changed)


def test_page_tells_what_a_changed_policy_does(nour: Agent, without_articles: str) -> None:
    page = nour.post("/replay", {"policy": without_articles, **SPAN})
    told = words(page)
    assert page.status_code == 200
    assert re.search(r"\+[0-9a-f]{8} 40 40 100% \( 91% – 100% \)", told)
    assert "Not logged in full: 1" in told
    assert "Help article Chat with a person 40 100%" in told
    assert '<a href="/log/decisions/d0"><bdi>d0</bdi></a>' in page.text
    assert "Chat with a person 0 40 +40.0 0 40" in told
    assert "Nothing is estimated: no trials were made on these days." in told


def test_policy_that_is_typed_is_kept(nour: Agent, without_articles: str) -> None:
    page = nour.post("/replay", {"policy": without_articles, **SPAN})
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
    assert found
    assert unescape(found.group(1)).split() == without_articles.split()


def test_unchanged_policy_moves_nothing(nour: Agent) -> None:
    told = words(nour.post("/replay", {"policy": POLICY, **SPAN}))
    assert "No decision leads elsewhere." in told


def test_days_without_decisions_give_no_number(nour: Agent) -> None:
    told = words(nour.post("/replay", {"policy": POLICY, "from": "2026-01-01", "to": "2026-01-02"}))
    assert "Not enough data: none of the decisions of these days can be made again." in told
    assert "What comes to people" not in told


def test_trials_are_estimated_or_refused_in_words(
    desk: Desk, tmp_path: Path, without_articles: str
) -> None:
    write(tmp_path / "routing_log.sqlite", *tried_out(300))
    nour = desk.agent("Nour", roles="operations")
    days = {"from": "2026-10-01", "to": "2026-11-20"}
    told = words(nour.post("/replay", {"policy": without_articles, **days}))
    assert "Deflected 300 1.00 (1.00 – 1.00) 1.00 (1.00 – 1.00)" in told
    assert "Rating 0 Not estimated: of none of these visits is this outcome known." in told


def test_too_few_trials_are_refused_in_words(
    desk: Desk, tmp_path: Path, without_articles: str
) -> None:
    write(tmp_path / "routing_log.sqlite", *tried_out(40))
    nour = desk.agent("Nour", roles="operations")
    days = {"from": "2026-10-01", "to": "2026-11-20"}
    told = words(nour.post("/replay", {"policy": without_articles, **days}))
    assert "Not estimated: the trials that agree with the policy are worth fewer than 50" in told


def test_policy_that_cannot_be_used_is_told(nour: Agent) -> None:
    for policy, told in (
        ("", "Please paste a policy first."),
        ("routes: {", "This policy cannot be used: routing.yml: line "),
        ("<b>vip</b>: 1", "routing.yml: "),
        ("x" * (MOST_BYTES + 1), "This policy is longer than 256 KiB. Please shorten it."),
        ("[" * 5000, "This policy "),
    ):
        page = nour.post("/replay", {"policy": policy, **SPAN})
        assert page.status_code == 422
        assert told in words(page)
        assert "<b>vip" not in page.text
        assert "/tmp" not in words(page)


def test_wrong_day_is_told_and_the_policy_kept(nour: Agent) -> None:
    page = nour.post("/replay", {"policy": "version: mine", "from": "soon"})
    assert page.status_code == 422
    assert "“soon” is no day." in words(page)
    assert "version: mine</textarea>" in page.text


def test_form_beyond_its_bound_is_refused(nour: Agent) -> None:
    assert nour.post("/replay", {"policy": "x" * 4 * MOST_BYTES}).status_code == 413


def test_bound_is_said_on_the_page(nour: Agent) -> None:
    told = words(nour.get("/replay"))
    assert f"At most {MOST_ROWS:,} decisions of these days are made again" in told


def test_form_needs_its_token_and_the_right(desk: Desk, nour: Agent) -> None:
    assert nour.post("/replay", {"policy": POLICY, "csrf": "forged"}).status_code == 403
    amira = desk.agent("Amira")
    assert amira.get("/replay").status_code == 403
    assert amira.post("/replay", {"policy": POLICY}).status_code == 403
    assert 'href="/replay"' in nour.get("/figures").text


def test_page_speaks_the_readers_language(nour: Agent, without_articles: str) -> None:
    for locale, texts in load_texts().items():
        page = nour.post(f"/replay?lang={locale}", {"policy": without_articles, **SPAN})
        assert f'<html lang="{locale}" dir="{"rtl" if locale == "ar" else "ltr"}"' in page.text
        assert texts("replay.tried_means") in unescape(page.text)
        assert re.findall(r">\s*((?:replay\w*|log|figures|route)\.\w+)", page.text) == []
