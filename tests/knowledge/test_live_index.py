"""An index that follows its articles in the background, and outlives what fails there."""

import gc
import logging
import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from persona_router.knowledge import live_index
from persona_router.knowledge.live import LiveArticles
from persona_router.knowledge.live_index import LiveIndex
from persona_router.knowledge.places import FilePlace
from persona_router.knowledge.vectors import Encode
from persona_router.knowledge.weights import search_weights
from tests.content.article_files import write_article

WAIT = 15.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_article(tmp_path / "knowledge", "de/returns", "Dreißig Tage.", title="Rückgabefrist")
    write_article(tmp_path / "knowledge", "tr/returns", "Otuz gün.", title="İade süresi")
    return tmp_path / "knowledge"


@pytest.fixture
def follow(folder: Path, encode: Encode, tmp_path: Path) -> Callable[..., LiveIndex]:
    """Return a function that makes the index of the test's articles."""

    def make(*, every: float = 0.05, settle: float = 0.1, path: Path | None = None) -> LiveIndex:
        return LiveIndex(
            LiveArticles(folder, settle=settle),
            FilePlace(lambda: path or tmp_path / "state" / "index"),
            encode=lambda: encode,
            weights=search_weights(),
            every=every,
        )

    return make


def found(live: LiveIndex, query: str, locale: str = "de") -> list[str]:
    assert live.current is not None
    return [hit.passage for hit in live.current.search(query, vector=None, locale=locale)]


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(autouse=True)
def threads() -> Iterator[Callable[[], int]]:
    """Return a function that counts the threads of the test's own indexes; none may outlive it."""
    others = set(threading.enumerate())  # an assistant of other tests may be running

    def count() -> int:
        own = set(threading.enumerate()) - others
        return sum(thread.name == "articles" for thread in own)

    yield count
    gc.collect()
    assert eventually(lambda: count() == 0)


def test_answer_changes_while_it_serves(folder: Path, follow: Callable[..., LiveIndex]) -> None:
    live = follow()
    assert found(live, "Rückgabefrist") == ["Dreißig Tage."]
    write_article(folder, "de/returns", "Vierzig Tage.", title="Rückgabefrist")
    assert eventually(lambda: found(live, "Rückgabefrist") == ["Vierzig Tage."])
    write_article(folder, "de/customs", "Kein Zoll.", title="Zollgebühren")
    assert eventually(lambda: "Kein Zoll." in found(live, "Zollgebühren"))
    shutil.rmtree(folder / "tr")
    assert eventually(lambda: "Otuz gün." not in found(live, "iade süresi", "tr"))


def test_index_serves_the_same_while_nothing_changes(follow: Callable[..., LiveIndex]) -> None:
    live = follow()
    before = live.current
    time.sleep(0.3)
    assert live.current is before


def test_index_in_use_is_not_pulled_away(folder: Path, follow: Callable[..., LiveIndex]) -> None:
    live = follow()
    before = live.current
    assert before is not None
    write_article(folder, "de/returns", "Vierzig Tage.", title="Rückgabefrist")
    assert eventually(lambda: live.current is not before)
    hits = before.search("Rückgabefrist", vector=None, locale="de")
    assert [hit.passage for hit in hits] == ["Dreißig Tage."]


def test_replaced_index_is_given_back_at_once(
    folder: Path, follow: Callable[..., LiveIndex]
) -> None:
    live = follow(every=0, settle=0)
    found(live, "Rückgabefrist")
    gc.disable()
    try:
        before = weakref.ref(live.current)
        write_article(folder, "de/returns", "Vierzig Tage.", title="Rückgabefrist")
        assert live.refresh()
        assert before() is None
    finally:
        gc.enable()


def test_failed_build_leaves_the_last_index_and_is_logged_once(
    folder: Path,
    follow: Callable[..., LiveIndex],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live = follow(every=0, settle=0)
    state = tmp_path / "state"
    state.rename(tmp_path / "away")
    state.write_text("no folder", encoding="utf-8")
    write_article(folder, "de/returns", "Vierzig Tage.", title="Rückgabefrist")
    with caplog.at_level(logging.ERROR):
        assert not any(live.refresh() for _ in range(5))
    assert [record.message for record in caplog.records] == [
        "the article index cannot be built; the last one serves, if there is any"
    ]
    assert found(live, "Rückgabefrist") == ["Dreißig Tage."]
    state.unlink()
    assert not live.refresh()
    after = time.monotonic() + live_index.RETRY
    monkeypatch.setattr(live_index.time, "monotonic", lambda: after)
    assert live.refresh()
    assert found(live, "Rückgabefrist") == ["Vierzig Tage."]


def test_whatever_else_fails_does_not_end_the_following(
    folder: Path,
    follow: Callable[..., LiveIndex],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_index, "RETRY", 0.05)
    live = follow(every=0.05)
    broken = threading.Event()
    broken.set()
    refresh = LiveIndex.refresh

    def failing(self: LiveIndex) -> bool:
        if broken.is_set():
            raise RuntimeError("out of memory")
        return refresh(self)

    monkeypatch.setattr(LiveIndex, "refresh", failing)
    write_article(folder, "de/returns", "Vierzig Tage.", title="Rückgabefrist")
    assert eventually(lambda: "the articles cannot be followed" in caplog.text)
    broken.clear()
    caplog.clear()  # a record keeps what stood on the stack, the index too
    assert eventually(lambda: found(live, "Rückgabefrist") == ["Vierzig Tage."])


def test_thread_ends_with_the_index(
    follow: Callable[..., LiveIndex], threads: Callable[[], int]
) -> None:
    live = follow()
    assert threads() == 1
    del live
    gc.collect()
    assert eventually(lambda: threads() == 0)


def test_nothing_is_followed_unless_asked(
    follow: Callable[..., LiveIndex], threads: Callable[[], int]
) -> None:
    follow(every=0)
    assert threads() == 0


def test_edits_are_encoded_in_small_steps(folder: Path, encode: Encode, tmp_path: Path) -> None:
    sizes: list[int] = []

    def counting(texts: list[str]) -> np.ndarray:
        sizes.append(len(texts))
        return encode(texts)

    live = LiveIndex(
        LiveArticles(folder, settle=0),
        FilePlace(lambda: tmp_path / "index"),
        encode=lambda: counting,
        weights=search_weights(),
    )
    start = len(sizes)
    write_article(folder, "de/long", "\n\n".join(f"## Frage {n}?\nAntwort {n}." for n in range(20)))
    assert live.refresh()
    assert sum(sizes[start:]) > 40
    assert max(sizes[start:]) == 4
