"""The routing log at the desk: facets, search, paging, files, conversations and decisions."""

import csv
import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from persona_router.log.events import Outcome
from persona_router.log.store import RoutingLog
from tests.desk.conftest import Agent, Desk
from tests.log.making import DAY, MONDAY, row, write

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.parametrize("desk", [ROOT], indirect=True, ids=["sample"])
TOLD = {
    "posterior": {"researcher": 0.9, "sprinter": 0.06, "talker": 0.04},
    "evidence": [
        {"signal": "conditions", "value": 1.0,
         "decibans": {"researcher": 6.7, "sprinter": -4.3, "talker": -2.4}},
        {"signal": "brevity", "value": 0.25,
         "decibans": {"researcher": 0.4, "sprinter": -0.8, "talker": 0.4}},
    ],
    "constraints": ["cannot_serve:self_service"],
    "alternatives": ["agent", "phone"],
    "state": {
        "turns": 1, "told": 1, "decibans": {"researcher": 7.1, "sprinter": -5.1, "talker": -2.0},
        "concern": "refund_policy", "wished": [], "excluded": [], "offered": None, "failures": 0,
        "tried": [], "served": None, "corrected": False,
    },
}  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> RoutingLog:
    made = write(
        tmp_path / "routing_log.sqlite",
        row("d1", **TOLD),
        row("d2", at=MONDAY + 60, turn=4, persona=None, language="de", intent="complaint",
            route="agent", constraints=["closed:phone"]),
        row("d3", at=MONDAY - DAY, conversation="<script>x</script>", failed=1, route=None,
            intent_confidence=0.4,
            language="ar", stated_route="phone"),
    )  # fmt: skip
    made.note(Outcome(decision="d2", values={"handed_over": 1, "latency_ms": 41.0}))
    return made


@pytest.fixture
def nour(desk: Desk, log: RoutingLog) -> Agent:
    return desk.agent("Nour", roles="operations")


def shown(page: Any) -> list[str]:
    """Return the ids of the decisions in a page's table, in order."""
    assert page.status_code == 200
    return re.findall(r'href="/log/decisions/([^"]+)"', page.text)


def words(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["d2", "d1", "d3"]),
        ("?sort=at", ["d3", "d1", "d2"]),
        ("?language=de&language=ar", ["d2", "d3"]),
        ("?persona=-", ["d2"]),
        ("?outcome=handed_over&lang=ar", ["d2"]),
        ("?failed=1", ["d3"]),
        ("?confidence=75-100", ["d2", "d1"]),
        ("?differs=1", ["d3"]),
        ("?since=2026-11-23&until=2026-11-23", ["d2", "d1"]),
        ("?q=complaint", ["d2"]),
        ("?q=&since=&until=", ["d2", "d1", "d3"]),
        ("?persona=nobody", []),
    ],
)
def test_address_tells_which_decisions_are_shown(nour: Agent, query: str, found: list[str]) -> None:
    assert shown(nour.get(f"/log{query}")) == found


def test_page_counts_by_facet_and_keeps_the_choice(nour: Agent) -> None:
    page = nour.get("/log?language=de")
    assert "1 decision" in words(page)
    boxes = re.findall(r'name="language" value="(\w+)"( checked)?>', page.text)
    assert sorted(boxes) == [("ar", ""), ("de", " checked"), ("en", "")]
    assert "Deutsch 1" in words(page)
    assert 'href="/log?language=de&amp;sort=at"' in page.text
    assert 'href="/log/export.csv?language=de"' in page.text
    assert 'href="?language=de&amp;lang=ar"' in page.text


def test_pages_follow_each_other_with_the_filters_kept(
    desk: Desk, nour: Agent, log: RoutingLog
) -> None:
    log.add_all(row(f"m{n:03}", at=MONDAY + DAY + n, turn=2, language="tr") for n in range(120))
    seen, address = [], "/log?language=tr"
    for _ in range(3):
        page = nour.get(address)
        seen += shown(page)
        follows = re.search(r'rel="next" href="([^"]+)"', page.text)
        address = unescape(follows.group(1)) if follows else ""
    assert seen == [f"m{n:03}" for n in reversed(range(120))]
    assert address == ""
    back = re.search(r'rel="prev" href="([^"]+)"', page.text)
    assert back
    assert shown(nour.get(unescape(back.group(1)))) == seen[50:100]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("since=yesterday", "“yesterday” is no day."),
        ("since=2026-11-23&until=2026-11-01", "The last day, 2026-11-01, is before the first."),
        ("sort=id", "“id” cannot be chosen here."),
        ("failed=maybe", "“maybe” cannot be chosen here."),
        ("q=" + "x" * 201, "That is too much to search for at once."),
        ("after=nowhere", "This page of the log does not exist."),
        ("since=<script>", "“<script>” is no day."),
    ],
)
def test_address_that_cannot_be_read_is_told_with_the_remedy(
    nour: Agent, query: str, told: str
) -> None:
    page = nour.get(f"/log?{query}")
    assert page.status_code == 422
    assert told in words(page)
    assert "<script>x" not in page.text


def test_files_hold_all_of_the_view(nour: Agent, log: RoutingLog) -> None:
    log.add_all(row(f"m{n:04}", at=MONDAY + DAY + n, turn=2, language="tr") for n in range(1200))
    page = nour.get("/log/export.csv?language=tr&sort=at")
    assert page.headers["content-type"] == "text/csv; charset=utf-8"
    assert "routing-log.csv" in page.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(page.text)))
    assert [found["id"] for found in rows] == [f"m{n:04}" for n in range(1200)]
    found = nour.get("/log/export.json?failed=1").json()
    assert [(one["id"], one["conversation"]) for one in found] == [("d3", "<script>x</script>")]
    assert nour.get("/log/export.csv?since=no").status_code == 422


def test_conversation_shows_its_decisions_in_order_and_what_is_missing(nour: Agent) -> None:
    page = nour.get("/log/conversation?id=c1")
    assert shown(page) == ["d1", "d2"]
    assert "2 turns are missing here." in words(page)
    assert nour.get("/log/conversation?id=nobody").status_code == 404
    assert nour.get("/log/conversation").status_code == 404


def test_what_strangers_name_their_conversations_is_only_text(nour: Agent) -> None:
    for address in (
        "/log",
        "/log/conversation?id=%3Cscript%3Ex%3C%2Fscript%3E",
        "/log/decisions/d3",
    ):
        page = nour.get(address)
        assert page.status_code == 200
        assert "<script>x" not in page.text
        assert "<script>x</script>" in unescape(page.text)


def test_decision_tells_its_evidence_in_numbers_and_bars(nour: Agent) -> None:
    page = nour.get("/log/decisions/d1")
    told = words(page)
    for part in (
        "Asks about conditions and exceptions 100% +6.7 -4.3 -2.4",
        "Writes tersely 25% +0.4 -0.8 +0.4",
        "Self-service: cannot serve this concern",
        "Chat with a person · Phone",
        "it would go the same way",
        "Steps before Language 0.3 ms · Article search 2.5 ms",
    ):
        assert part in told
    bars = re.findall(r'<rect class="(\w+)" x="([\d.]+)" y="2" width="([\d.]+)"', page.text)
    assert bars[:3] == [
        ("for", "60.0", "39.5"),
        ("against", "34.6", "25.4"),
        ("against", "45.8", "14.2"),
    ]


def test_evidence_of_nothing_speaks_against_nobody(nour: Agent, log: RoutingLog) -> None:
    said = {"signal": "anger", "value": 0.0, "decibans": {"researcher": -0.04, "talker": 0.02}}
    log.add(row("nothing", **{**TOLD, "evidence": [said]}))
    assert "Sounds angry 0% +0.0 +0.0" in words(nour.get("/log/decisions/nothing"))


def test_length_of_a_stage_stays_on_one_line(nour: Agent) -> None:
    told = unescape(nour.get("/log/decisions/d1").text)
    assert "Language 0.3\u00a0ms · Article search 2.5\u00a0ms" in told


def test_share_of_a_signal_is_not_turned_around_in_arabic(nour: Agent) -> None:
    page = nour.get("/log/decisions/d1?lang=ar")
    assert '<span class="count"><bdi>90%</bdi></span>' in page.text
    assert '<span class="count"><bdi>100%</bdi></span>' in page.text


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("en", ["25–50%", "75–100%"]),
        ("de", ["25–50\u00a0%", "75–100\u00a0%"]),
        ("tr", ["%25–50", "%75–100"]),
        ("ar", ["25–50%", "75–100%"]),
    ],
)
def test_quarters_of_certainty_stand_in_order(nour: Agent, locale: str, told: list[str]) -> None:
    page = nour.get(f"/log?lang={locale}")
    facet = page.text.split('name="confidence"', 1)[1].split("</details>")[0]
    assert re.findall(r"<bdi>(.+?)</bdi>", facet) == told


def test_quarter_that_holds_nothing_is_offered_in_its_place(nour: Agent) -> None:
    page = nour.get("/log?confidence=0-25")
    offered = re.findall(r'name="confidence" value="([^"]+)"', page.text)
    assert offered == ["0-25", "25-50", "75-100"]


def test_reason_names_the_route_that_was_closed(nour: Agent, log: RoutingLog) -> None:
    closed = [
        {"code": "closed", "values": {"route": route, "opens": ""}} for route in ("agent", "phone")
    ]
    log.add(row("closed1", conversation="c77", reasons=closed))
    page = words(nour.get("/log/decisions/closed1"))
    assert "The preferred way is closed: Chat with a person" in page
    assert "The preferred way is closed: Phone" in page


def test_decision_tells_what_would_have_changed_it(nour: Agent) -> None:
    told = words(nour.get("/log/decisions/d1"))
    assert "With 18.0 decibans more for “talker”: Phone" in told
    assert "If no article had answered: Chat with a person" in told
    assert "If the customer had not asked" not in told


def test_decision_that_failed_or_is_of_an_earlier_release_cannot_be_made_again(
    nour: Agent,
) -> None:
    for id in ("d3", "d2"):
        page = nour.get(f"/log/decisions/{id}")
        assert page.status_code == 200
    assert "cannot be made again" in words(nour.get("/log/decisions/d3"))
    assert nour.get("/log/decisions/d9").status_code == 404


@pytest.mark.parametrize(("lang", "told"), [("en", "41 ms"), ("de", "41 ms"), ("ar", "41 ملي ث")])
def test_turns_length_stands_in_the_readers_unit(nour: Agent, lang: str, told: str) -> None:
    told_to = words(nour.get(f"/log/conversation?id=c1&lang={lang}")).replace("\xa0", " ")
    assert told in told_to


@pytest.mark.parametrize("locale", ["ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "tr"])
def test_pages_speak_the_readers_language(nour: Agent, locale: str) -> None:
    for address in (
        "/log?",
        "/log/conversation?id=c1&",
        "/log/decisions/d1?",
        "/log/decisions/d3?",
    ):
        page = nour.get(f"{address}lang={locale}")
        assert page.status_code == 200
        assert f'<html lang="{locale}"' in page.text
        shown = re.findall(r">\s*((?:log|outcome|constraint|change|fact|route)\.\w+)", page.text)
        assert shown == []


def test_log_that_nobody_has_begun_is_an_empty_page(desk: Desk) -> None:
    page = desk.agent("Nour", roles="admin").get("/log")
    assert "No decision fits these filters." in words(page)


def test_log_that_cannot_be_read_is_told(desk: Desk, nour: Agent, tmp_path: Path) -> None:
    (tmp_path / "routing_log.sqlite").unlink()
    for left in tmp_path.glob("routing_log.sqlite-*"):
        left.unlink()
    (tmp_path / "routing_log.sqlite").write_bytes(b"This is no database. " * 90)
    page = nour.get("/log")
    assert page.status_code == 503
    assert "cannot be read at the moment" in words(page)


def test_page_links_lead_to_the_log_for_those_who_may_see_it(desk: Desk, nour: Agent) -> None:
    assert 'href="/log"' in nour.get("/operations").text
    assert 'href="/log"' not in desk.agent("Amira").get("/").text
