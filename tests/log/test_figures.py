"""What is counted adds up, and is what it is said to be."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona_router.core.figures import DIMENSIONS, Rate, added_up, split, visits_by_day
from persona_router.log.dialect import SQLITE
from persona_router.log.events import Outcome
from persona_router.log.figures import _HANDOFFS, _VISITS, FiguresReader, LogFigures, in_dialect
from persona_router.log.filters import FilterFault
from persona_router.log.span import Span, read_span, read_spans
from persona_router.log.store import RoutingLog
from tests.log.making import DAY, MONDAY, lower, row, write

SPAN = Span(date(2026, 11, 23), date(2026, 11, 24))
LATER = MONDAY + 30 * DAY


def counted(path: Path, *, now: float = LATER) -> LogFigures:
    reader = FiguresReader(path, unrecognised={"nlu_fallback", "out_of_scope"})
    return reader.read(SPAN, now=now)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.sqlite"


def noted(log: RoutingLog, decision: str, **values: float) -> None:
    assert log.note(Outcome(decision=decision, values=values))


def test_visit_is_of_its_last_persona_and_language_and_of_its_first_route(path: Path) -> None:
    write(
        path,
        row("d1", route="self_service", persona=None),
        row("d2", at=MONDAY + 60, turn=2, route="agent", persona="talker", language="tr"),
        row("d3", at=MONDAY + DAY, conversation="c2", language="ar"),
    )
    first, second = counted(path).cells
    found = (first.day, first.persona, first.language, first.route, first.tally.visits)
    assert found == (0, "talker", "tr", "self_service", 1)
    assert (second.day, second.language, second.tally.visits) == (1, "ar", 1)


def test_customer_who_comes_back_begins_another_visit(path: Path) -> None:
    log = write(
        path, row("d1"), row("d2", at=MONDAY + 60, turn=2), row("d3", at=MONDAY + 7200, turn=1)
    )
    noted(log, "d3", handed_over=1)
    tally = added_up(counted(path).cells)
    assert (tally.visits, tally.handed_over) == (2, 1)
    assert tally.rates["containment"] == Rate(1, 2)
    assert tally.rates["deflection"] == Rate(0, 2)


def test_visit_of_before_is_not_counted_and_one_of_the_last_night_is_to_its_end(
    path: Path,
) -> None:
    log = write(
        path,
        row("d1", at=SPAN.since - 60),
        row("d2", at=SPAN.since + 60, turn=2),
        row("d3", at=SPAN.until - 60, conversation="c2"),
        row("d4", at=SPAN.until + 60, conversation="c2", turn=2),
        row("d5", at=SPAN.until + 60, conversation="c3"),
    )
    noted(log, "d4", handed_over=1)
    tally = added_up(counted(path).cells)
    assert (tally.visits, tally.handed_over) == (1, 1)


def test_handoff_beats_a_resolution_in_the_same_visit(path: Path) -> None:
    log = write(
        path,
        row("d1"),
        row("d2", at=MONDAY + 60, turn=2),
        row("d3", conversation="c2"),
        row("d4", conversation="c3"),
        row("d5", conversation="c4"),
    )
    noted(log, "d1", helped=1)
    noted(log, "d2", handed_over=1, rating=5)
    noted(log, "d3", helped=1)
    noted(log, "d4", helped=0)
    tally = added_up(counted(path).cells)
    assert tally.rates["resolution"] == Rate(1, 3)
    assert tally.rates["satisfaction"] == Rate(1, 1)
    assert (tally.judged, tally.pleased) == (3, 2)


def test_return_within_a_week_is_no_deflection_and_last_week_is_not_judged(path: Path) -> None:
    write(path, row("d1"), row("d2", at=MONDAY + 5 * DAY), row("d3", conversation="c2"))
    assert added_up(counted(path).cells).rates["deflection"] == Rate(1, 2)
    assert added_up(counted(path, now=MONDAY + 6 * DAY).cells).rates["deflection"] == Rate(0, 0)


def test_handoffs_are_counted_by_their_strongest_reason(path: Path) -> None:
    angry = [{"code": "anger", "values": {}}, {"code": "persona", "values": {}}]
    log = write(path, row("d1", reasons=angry), row("d2", turn=2), row("d3", turn=3, reasons=[]))
    for id in ("d1", "d2", "d3"):
        noted(log, id, handed_over=1)
    assert counted(path).reasons == {"anger": 1, "persona": 1, None: 1}


def test_unanswered_is_what_no_intent_and_no_article_covered(path: Path) -> None:
    write(
        path,
        row("d1", intent="nlu_fallback", article=None, language="pl"),
        row("d2", intent="out_of_scope", language="pl", turn=2),
        row("d3", article=None, language="pl", turn=3),
        row("d4", intent="nlu_fallback", article=None, failed=1, language="nl", turn=4),
    )
    figures = counted(path)
    assert figures.unanswered == {"pl": Rate(1, 3), "nl": Rate(0, 1)}
    assert figures.decisions == 4


def test_translation_demand_is_by_article_and_wanted_language(path: Path) -> None:
    write(
        path,
        row("d1", language="uk", translation_demand=1),
        row("d2", language="uk", translation_demand=1, turn=2),
        row("d3", language="it", translation_demand=1, article="sizes", turn=3),
        row("d4", language="en", turn=4),
    )
    assert counted(path).translation == {("returns", "uk"): 2, ("sizes", "it"): 1}


def test_what_was_asked_for_counts_once_a_conversation_when_it_was_first_asked(path: Path) -> None:
    write(
        path,
        row("d1", stated_route="phone"),
        row("d2", at=MONDAY + 5, turn=2, stated_route="agent"),
        row("d3", conversation="c2", stated_route="knowledge_base"),
        row("d4", conversation="c3", stated_route="phone", inferred_route=None),
        row("d5", conversation="c4"),
    )
    assert counted(path).stated == {
        ("knowledge_base", "phone"): 1,
        ("knowledge_base", "knowledge_base"): 1,
    }


def test_log_that_nobody_has_begun_counts_nothing(path: Path) -> None:
    figures = counted(path)
    assert (figures.cells, figures.decisions, figures.stated) == ((), 0, {})


def test_log_of_before_the_figures_is_counted(path: Path) -> None:
    write(path, row("d1")).close()
    lower(path, 2)
    assert added_up(counted(path).cells).visits == 1


def test_file_that_is_no_log_is_told(path: Path) -> None:
    path.write_bytes(b"This is no database. " * 90)
    with pytest.raises(OSError, match="is no usable routing log"):
        counted(path)


visits = st.lists(
    st.tuples(
        st.sampled_from(["researcher", "talker", None]),
        st.sampled_from(["en", "ar", "tr"]),
        st.sampled_from(["agent", "self_service"]),
        st.integers(0, 2 * 24 * 3600 - 9 * 3600 - 1),
        st.sampled_from([None, 1]),
        st.sampled_from([None, 0, 1]),
        st.sampled_from([None, 1, 5]),
    ),
    max_size=30,
)


@settings(max_examples=25)
@given(visits=visits)
def test_counts_of_every_split_add_up_to_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    visits: list[tuple[str | None, str, str, int, int | None, int | None, int | None]],
) -> None:
    path = tmp_path_factory.mktemp("log") / "log.sqlite"
    log = write(path)
    handoffs = 0
    for n, (persona, language, route, second, handed, helped, rating) in enumerate(visits):
        made = row(
            f"d{n}", at=MONDAY + second, conversation=f"c{n}", persona=persona, language=language,
            route=route,
        )  # fmt: skip
        log.add(made)
        known = {"handed_over": handed, "helped": helped, "rating": rating}
        noted(log, f"d{n}", **{k: v for k, v in known.items() if v is not None})
        handoffs += handed or 0
    log.close()
    figures = counted(path)
    whole = added_up(figures.cells)
    assert whole.visits == len(visits) == figures.decisions
    assert whole.handed_over == handoffs == sum(figures.reasons.values())
    assert sum(visits_by_day(figures.cells, SPAN.days)) == len(visits)
    rates = whole.rates
    assert rates["containment"].hits + rates["handoff"].hits == whole.visits
    for by in (*((name,) for name in DIMENSIONS), DIMENSIONS):
        groups = split(figures.cells, by).values()
        for name in whole.__dataclass_fields__:
            assert sum(getattr(tally, name) for tally in groups) == getattr(whole, name)


@pytest.mark.parametrize(
    ("first", "last", "span"),
    [
        ("", "", Span(date(2026, 10, 27), date(2026, 11, 23))),
        ("2026-11-01", "", Span(date(2026, 11, 1), date(2026, 11, 23))),
        ("", "2026-02-28", Span(date(2026, 2, 1), date(2026, 2, 28))),
        ("2026-01-01", "2026-12-31", Span(date(2026, 1, 1), date(2026, 12, 31))),
    ],
)
def test_span_is_four_weeks_up_to_today_unless_days_are_given(
    first: str, last: str, span: Span
) -> None:
    assert read_span(first, last, now=MONDAY) == span


@pytest.mark.parametrize(
    ("first", "last", "key"),
    [("x", "", "day"), ("2026-11-02", "2026-11-01", "days"), ("2025-01-01", "2026-11-01", "span")],
)
def test_span_that_cannot_be_read_is_refused(first: str, last: str, key: str) -> None:
    with pytest.raises(FilterFault) as refused:
        read_span(first, last, now=MONDAY)
    assert refused.value.key == key


def test_spans_are_of_equal_length_unless_the_first_day_is_given() -> None:
    now, before = read_spans("2026-11-23", "2026-11-29", "", now=MONDAY)
    assert now == Span(date(2026, 11, 23), date(2026, 11, 29))
    assert before == Span(date(2026, 11, 16), date(2026, 11, 22))
    _, longer = read_spans("2026-11-23", "2026-11-29", "2026-11-01", now=MONDAY)
    assert longer == Span(date(2026, 11, 1), date(2026, 11, 22))


def test_spans_that_overlap_are_refused_by_the_name_of_the_day() -> None:
    with pytest.raises(FilterFault, match="before: '2026-11-23'") as refused:
        read_spans("2026-11-23", "2026-11-29", "2026-11-23", now=MONDAY)
    assert refused.value.name == "before"


def test_visits_are_counted_by_an_index_without_the_rows(path: Path) -> None:
    write(path, row("d1"))
    database = sqlite3.connect(path)
    zero = dict.fromkeys(("since", "until", "later", "day", "satisfied", "watched"), 0)
    plan = " ".join(
        str(one)
        for one in database.execute(f"EXPLAIN QUERY PLAN {in_dialect(_VISITS, SQLITE)}", zero)
    )
    assert "USING COVERING INDEX decision_by_visit (at>? AND at<?)" in plan
    handoffs = in_dialect(_HANDOFFS, SQLITE)
    plan = " ".join(str(r) for r in database.execute(f"EXPLAIN QUERY PLAN {handoffs}", (0, 0)))
    assert "decision_by_handoff" in plan
