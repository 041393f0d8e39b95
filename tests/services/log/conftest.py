"""The tests of the routing log again, in PostgreSQL: what they take for a file is a database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from persona_router.log import opening, store
from persona_router.log.places import LogPlace
from persona_router.log.postgres_place import ServerPlace
from persona_router.log.sqlite import FilePlace
from tests.services.postgres import running_postgres

Run = Callable[[str], object]
_TABLES = "decision, profile, profile_words, question, rollup, mark"
_OF_FILES = frozenset(
    {
        # test_arms
        "test_log_of_before_the_comparisons_goes_on",
        # test_figures
        "test_visits_are_counted_by_an_index_without_the_rows",
        "test_log_of_before_the_figures_is_counted",
        "test_file_that_is_no_log_is_told",
        # test_rollup
        "test_what_was_deleted_leaves_no_count",
        "test_log_of_before_the_counts_has_them_when_it_is_opened",
        # test_store
        "test_corrupt_file_is_named_with_the_remedy",
        "test_file_of_another_shape_is_no_log",
        # test_writer
        "test_log_that_another_process_holds_delays_nothing_but_the_log",
        "test_closing_does_not_wait_for_ever_for_a_log_that_is_held",
    }
)
"""Tests that look into the file, or damage it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    items[:] = [
        item
        for item in items
        if item.path.parent != here or getattr(item, "originalname", "") not in _OF_FILES
    ]


@pytest.fixture(scope="session")
def server_place() -> Iterator[tuple[ServerPlace, Run]]:
    with running_postgres() as server:
        server.run("CREATE DATABASE log")
        place = ServerPlace(server.url("log"), variable="PERSONA_ROUTER_LOG_URL")
        store.RoutingLog(place).close()
        yield place, lambda statement: server.run(statement, "log")


@pytest.fixture(autouse=True)
def _in_postgres(server_place: tuple[ServerPlace, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    place, run = server_place
    seen: list[Path] = []

    def as_place(named: Path | LogPlace) -> LogPlace:
        if not isinstance(named, Path):
            return named
        if named.name != "log.sqlite":
            return FilePlace(named)
        if named not in seen:  # hypothesis begins a log for each example
            seen.append(named)
            run(f"SET search_path = routing_log; TRUNCATE {_TABLES} RESTART IDENTITY")
        return place

    monkeypatch.setattr(store, "as_place", as_place)
    monkeypatch.setattr(opening, "as_place", as_place)
