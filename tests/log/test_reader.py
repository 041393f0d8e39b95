import random
import threading
from pathlib import Path
from typing import Any

import pytest

from persona_router.log.events import Outcome
from persona_router.log.filters import Filter, FilterFault, read_filter
from persona_router.log.reader import LogReader, missing_turns
from tests.log.making import DAY, MONDAY, row, write

ROWS = (
    row("a1", at=MONDAY, persona="talker", language="de", intent="complaint", route="agent"),
    row("a2", at=MONDAY + 1, turn=2, persona=None, language="de", failed=1),
    row("b1", at=MONDAY - DAY, conversation="d9", persona="talker", language="ar",
        stated_route="phone", policy_version="2+b", intent_confidence=0.4),
    row("b2", at=MONDAY - 2 * DAY, conversation="d9", translation_demand=1),
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "log.sqlite"
    log = write(path, *ROWS)
    log.note(Outcome(decision="a1", values={"handed_over": 1, "latency_ms": 40.0}))
    return path


@pytest.fixture
def reader(path: Path) -> LogReader:
    return LogReader(path)


def filtered(**values: str) -> Filter:
    return read_filter([(name, value) for name, text in values.items() for value in text.split()])


def ids(reader: LogReader, filter: Filter, sort: str = "-at") -> list[str]:
    return [str(found["id"]) for found in reader.page(filter, sort=sort).rows]


def test_everything_is_counted_by_every_facet(reader: LogReader) -> None:
    counts = reader.counts(Filter())
    assert counts.total == 4
    assert counts.facets["persona"] == {"talker": 2, "researcher": 1, "-": 1}
    assert counts.facets["language"] == {"de": 2, "ar": 1, "en": 1}
    assert counts.facets["route"] == {"knowledge_base": 3, "agent": 1}
    assert counts.facets["outcome"] == {"-": 3, "handed_over": 1}
    assert counts.facets["policy_version"] == {"1+a": 3, "2+b": 1}
    assert counts.facets["differs"] == {"0": 3, "1": 1}
    assert counts.facets["translation_demand"] == {"0": 3, "1": 1}
    assert counts.facets["failed"] == {"0": 3, "1": 1}


@pytest.mark.parametrize(
    ("sure", "facet"),
    [
        (0.0, "0-25"),
        (0.249, "0-25"),
        (0.25, "25-50"),
        (0.5, "50-75"),
        (0.75, "75-100"),
        (1.0, "75-100"),
        (None, "-"),
    ],
)
def test_confidence_is_counted_in_quarters(tmp_path: Path, sure: float | None, facet: str) -> None:
    path = tmp_path / "one" / "log.sqlite"
    path.parent.mkdir()
    write(path, row("d1", intent_confidence=sure))
    reader = LogReader(path)
    assert reader.counts(Filter()).facets["confidence"] == {facet: 1}
    assert ids(reader, filtered(confidence=facet)) == ["d1"]


def test_own_choice_leaves_a_facets_counts_and_changes_those_of_others(reader: LogReader) -> None:
    counts = reader.counts(filtered(persona="talker"))
    assert counts.total == 2
    assert counts.facets["persona"] == {"talker": 2, "researcher": 1, "-": 1}
    assert counts.facets["language"] == {"de": 1, "ar": 1}


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({}, ["a2", "a1", "b1", "b2"]),
        ({"persona": "-"}, ["a2"]),
        ({"persona": "talker -"}, ["a2", "a1", "b1"]),
        ({"persona": "talker", "language": "de"}, ["a1"]),
        ({"outcome": "handed_over"}, ["a1"]),
        ({"differs": "1"}, ["b1"]),
        ({"failed": "1", "language": "ar"}, []),
        ({"translation_demand": "1"}, ["b2"]),
        ({"policy_version": "2+b"}, ["b1"]),
        ({"since": "2026-11-22", "until": "2026-11-22"}, ["b1"]),
        ({"since": "2026-11-23"}, ["a2", "a1"]),
        ({"persona": "' OR 1=1 --"}, []),
    ],
)
def test_rows_are_those_of_the_filter_and_as_many_as_counted(
    reader: LogReader, choice: dict[str, str], found: list[str]
) -> None:
    filter = filtered(**choice)
    assert ids(reader, filter) == found
    assert reader.counts(filter).total == len(found)
    page = reader.page(filter, sort="-at", total=len(found))
    assert [shown["id"] for shown in page.rows] == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("complaint", ["a1"]),
        ("COMPL", ["a1"]),
        ("knowledge talk", ["b1"]),
        ("talk knowledge_base", ["b1"]),
        ("d9", ["b1", "b2"]),
        ("a1", ["a1"]),
        ("returns", ["a2", "a1", "b1", "b2"]),
        ("nothing of the kind", []),
        ('"*(', []),
        ("agent OR phone", []),
    ],
)
def test_words_are_searched_in_codes_and_ids(
    reader: LogReader, words: str, found: list[str]
) -> None:
    filter = read_filter([("q", words)])
    assert ids(reader, filter) == found
    assert reader.counts(filter).total == len(found)


def test_words_and_facets_narrow_each_other(reader: LogReader) -> None:
    assert ids(reader, filtered(q="d9", language="ar")) == ["b1"]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("at", ["b2", "b1", "a1", "a2"]),
        ("-at", ["a2", "a1", "b1", "b2"]),
        ("intent_confidence", ["b1", "a1", "a2", "b2"]),
        ("-latency_ms", ["a1", "b2", "b1", "a2"]),
    ],
)
def test_rows_come_in_the_order_asked_for(reader: LogReader, sort: str, found: list[str]) -> None:
    assert ids(reader, Filter(), sort) == found


@pytest.mark.parametrize("sort", ["-at", "at", "-latency_ms", "intent_confidence"])
@pytest.mark.parametrize("choice", [{}, {"language": "de ar"}])
def test_pages_forth_and_back_show_each_row_once(
    tmp_path: Path, sort: str, choice: dict[str, str]
) -> None:
    chance = random.Random(7)
    rows = [
        row(f"x{number:03}", at=float(chance.randrange(20)), turn=2,
            intent_confidence=chance.choice([None, 0.25, 0.5]),
            language=chance.choice(["de", "ar", "en"]))
        for number in range(90)
    ]  # fmt: skip
    write(tmp_path / "log.sqlite", *rows)
    reader, filter = LogReader(tmp_path / "log.sqlite"), filtered(**choice)
    seen: list[tuple[str, ...]] = []
    page = reader.page(filter, sort=sort, limit=20)
    assert page.before is None
    while True:
        seen.append(tuple(str(shown["id"]) for shown in page.rows))
        if page.after is None:
            break
        page = reader.page(filter, sort=sort, limit=20, after=page.after)
    every = [shown["id"] for shown in reader.every(filter, sort=sort)]
    assert [id for ids in seen for id in ids] == every
    assert len(every) == len(set(every)) == reader.counts(filter).total
    for earlier in reversed(seen[:-1]):
        assert page.before is not None
        page = reader.page(filter, sort=sort, limit=20, before=page.before)
        assert tuple(shown["id"] for shown in page.rows) == earlier
    assert page.before is None


def test_new_rows_do_not_move_the_page_after(path: Path, reader: LogReader) -> None:
    first = reader.page(Filter(), sort="-at", limit=2)
    assert first.after is not None
    write(path, row("z1", at=MONDAY + DAY, turn=3))
    second = reader.page(Filter(), sort="-at", limit=2, after=first.after)
    assert [shown["id"] for shown in second.rows] == ["b1", "b2"]


@pytest.mark.parametrize("place", ["x", "x~y", "~"])
def test_place_that_is_none_is_refused(reader: LogReader, place: str) -> None:
    with pytest.raises(FilterFault, match="Begin at the first page"):
        reader.page(Filter(), sort="-at", after=place)


def test_decision_and_conversation_are_found_by_their_ids(reader: LogReader) -> None:
    found = reader.decision("b1")
    assert found is not None
    assert found["posterior"] == {"researcher": 0.9, "talker": 0.1}
    assert reader.decision("b1' OR 1=1 --") is None
    assert [shown["id"] for shown in reader.conversation("d9")] == ["b2", "b1"]
    assert reader.conversation("nobody") == ()


def test_log_that_nobody_has_begun_is_empty_and_stays_unmade(tmp_path: Path) -> None:
    reader = LogReader(tmp_path / "log.sqlite")
    assert reader.counts(Filter()).total == 0
    assert reader.page(Filter(), sort="-at").rows == ()
    assert list(reader.every(Filter(), sort="-at")) == []
    assert reader.decision("d1") is None
    assert list(tmp_path.iterdir()) == []


def test_many_threads_read_while_one_writes(path: Path, reader: LogReader) -> None:
    wrong: list[Any] = []

    def read() -> None:
        for _ in range(20):
            total = reader.counts(Filter()).total
            if not 4 <= total <= 54:
                wrong.append(total)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(50):
        write(path, row(f"w{number}", conversation=f"w{number}"))
    for thread in threads:
        thread.join()
    assert wrong == []
    assert reader.counts(Filter()).total == 54


def test_missing_turns_are_found_in_each_session() -> None:
    turns = [1, 2, 5, None, 6, 1, 2, 4, 3]
    rows = tuple({"id": f"r{number}", "turn": turn} for number, turn in enumerate(turns))
    assert missing_turns(rows) == {"r2": (3, 4), "r7": (3,), "r8": (1, 2)}
    assert missing_turns(rows[:2]) == {}
