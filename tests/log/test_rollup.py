"""What is counted beside the rows is what counting the rows would give."""

import sqlite3
from collections import Counter
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from persona_router.log.events import Outcome
from persona_router.log.filters import Filter
from persona_router.log.reader import LogReader
from persona_router.log.store import RoutingLog
from tests.log.making import DAY, lower, row, write

FIRST = date(2026, 1, 1)
_MIDNIGHT = datetime(2026, 1, 1, tzinfo=timezone.utc).timestamp()
_LANGUAGES = ("de", "ar", "tr")


def on(day: int, second: float = 0.0) -> float:
    return _MIDNIGHT + day * DAY + second


def decisions(places: list[tuple[int, str]]) -> list[dict[str, Any]]:
    return [
        row(f"x{number:03}", at=on(day, number), turn=2, conversation=f"c{number % 4}",
            language=language)
        for number, (day, language) in enumerate(places)
    ]  # fmt: skip


days = st.one_of(st.none(), st.integers(-5, 110))
placed = st.lists(st.tuples(st.integers(0, 100), st.sampled_from(_LANGUAGES)), max_size=30)


@settings(max_examples=40)
@given(places=placed, since=days, length=days, noted=st.sets(st.integers(0, 29)), kept=days)
def test_counts_are_those_of_the_rows_whatever_was_added_noted_and_deleted(
    places: list[tuple[int, str]], since: int | None, length: int | None, noted: set[int],
    kept: int | None,
) -> None:  # fmt: skip
    since_day = None if since is None else FIRST + timedelta(days=since)
    until_day = None if length is None else (since_day or FIRST) + timedelta(days=abs(length))
    filter = Filter(since=since_day, until=until_day, facets={"language": ("de", "tr")})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.sqlite"
        log = RoutingLog(path)
        rows = decisions(places)
        log.add_all(rows)
        log.add_all(rows)
        for number in noted:
            log.note(Outcome(decision=f"x{number:03}", values={"handed_over": 1}))
        if kept is not None:
            log.forget_older(on(kept), but=("c1",), most=7)
        left = [
            found for found in log.rows()
            if (filter.from_second is None or found["at"] >= filter.from_second)
            and (filter.to_second is None or found["at"] < filter.to_second)
        ]  # fmt: skip
        log.close()
        reader = LogReader(path)
        counts = reader.counts(filter)
        assert counts.facets["language"] == Counter(found["language"] for found in left)
        chosen = [found for found in left if found["language"] != "ar"]
        assert counts.total == len(chosen)
        assert counts.facets["outcome"] == Counter(
            "handed_over" if found["handed_over"] else "-" for found in chosen
        )
        for sort in ("at", "-at"):
            expected = sorted((found["at"], found["id"]) for found in chosen)
            shown, after = [], ""
            while after is not None:
                page = reader.page(filter, sort=sort, after=after, limit=4)
                shown += [(found["at"], found["id"]) for found in page.rows]
                after = page.after
            assert shown == (expected if sort == "at" else expected[::-1])


def test_what_was_deleted_leaves_no_count(tmp_path: Path) -> None:
    log = write(tmp_path / "log.sqlite", *decisions([(0, "de"), (1, "de"), (40, "tr")]))
    log.forget_older(on(90), but=(), most=10)
    log.close()
    with sqlite3.connect(tmp_path / "log.sqlite") as database:
        assert database.execute("SELECT * FROM rollup").fetchall() == []


def test_log_of_before_the_counts_has_them_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    write(path, *decisions([(0, "de"), (40, "de"), (99, "tr")])).close()
    lower(path, 3)
    assert LogReader(path).counts(Filter()).facets["language"] == {"de": 2, "tr": 1}
    filter = Filter(since=FIRST + timedelta(days=40))
    assert LogReader(path).counts(filter).facets["language"] == {"de": 1, "tr": 1}


def test_old_rows_are_found_though_everything_since_is_of_another_kind(tmp_path: Path) -> None:
    places = [(0, "ar"), (1, "ar"), *((day, "de") for day in range(2, 100))]
    write(tmp_path / "log.sqlite", *decisions(places)).close()
    page = LogReader(tmp_path / "log.sqlite").page(
        Filter(facets={"language": ("ar",)}), sort="-at", limit=1
    )
    assert [found["id"] for found in page.rows] == ["x001"]
    assert page.after is not None
