"""Articles whose files change while they are served: what is taken over, kept, and logged."""

import logging
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona_router.knowledge.live import LiveArticles, shared_articles
from tests.content.article_files import write_article

SETTLE = 0.3


@pytest.fixture(autouse=True)
def _logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO, logger="persona_router.knowledge.live"):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_article(tmp_path / "knowledge", "de/returns", "Dreißig Tage.", title="Rückgabe")
    write_article(tmp_path / "knowledge", "ar/returns", "ثلاثون يومًا.", title="الإرجاع")
    return tmp_path / "knowledge"


def bodies(live: LiveArticles, *, patient: bool = True) -> dict[str, str]:
    found = live.current(patient=patient) or ()
    return {f"{article.locale}/{article.id}": article.body for article in found}


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno >= logging.WARNING]


def test_edited_added_and_removed_articles_are_taken_over(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveArticles(folder, settle=0)
    assert bodies(live) == {"ar/returns": "ثلاثون يومًا.", "de/returns": "Dreißig Tage."}
    write_article(folder, "de/returns", "Vierzig Tage.")
    write_article(folder, "de/customs", "Kein Zoll.")
    (folder / "ar" / "returns.md").unlink()
    assert bodies(live) == {"de/customs": "Kein Zoll.", "de/returns": "Vierzig Tage."}
    assert [record.message for record in caplog.records] == ["articles: 1 new, 1 edited, 1 removed"]


def test_same_articles_are_the_same_tuple(folder: Path) -> None:
    live = LiveArticles(folder, settle=0)
    first = live.current()
    assert live.current() is first
    (folder / "de" / "returns.md").touch()
    assert live.current() is first
    (folder / "README.md").write_text("# Anleitung", "utf-8")
    assert live.current() is first


@pytest.mark.parametrize(
    "broken",
    [
        "---\nid: [\n---\nText.",
        "---\nid: returns\n",
        "",
        "---\nid: returns\ntitle: x\nupdated: gestern\ntags: []\nintents: []\n---\nText.",
        "---\nid: returns\ntitle: x\nupdated: 2026-01-01\ntags: []\nintents: []\n---\n<script>",
    ],
    ids=["yaml", "cut", "empty", "date", "script"],
)
def test_broken_article_keeps_its_last_good_text_and_is_named_once(
    folder: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    live = LiveArticles(folder, settle=0)
    before = live.current()
    path = folder / "de" / "returns.md"
    path.write_text(broken, encoding="utf-8")
    for _ in range(5):
        assert live.current() is before
    named = [message for message in errors(caplog) if str(path) in message]
    assert len(named) == len(errors(caplog)) >= 1
    assert len(set(named)) == len(named)
    write_article(folder, "ar/customs", "بدون جمارك.")
    assert set(bodies(live)) == {"ar/customs", "ar/returns", "de/returns"}
    assert len(errors(caplog)) == len(named)
    write_article(folder, "de/returns", "Vierzig Tage.")
    assert bodies(live)["de/returns"] == "Vierzig Tage."


def test_article_that_breaks_again_is_named_again(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveArticles(folder, settle=0)
    path = folder / "de" / "returns.md"
    for text in ("kaputt", "noch kaputt"):
        live.current()
        path.write_text(text, encoding="utf-8")
        live.current()
    assert len(errors(caplog)) == 1
    write_article(folder, "de/returns", "Heil.")
    live.current()
    path.write_text("kaputt", encoding="utf-8")
    live.current()
    assert len(errors(caplog)) == 2


def test_new_article_that_is_broken_disturbs_no_other(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveArticles(folder, settle=0)
    live.current()
    (folder / "de" / "neu.md").write_text("kaputt", encoding="utf-8")
    write_article(folder, "de/returns", "Vierzig Tage.")
    assert bodies(live) == {"ar/returns": "ثلاثون يومًا.", "de/returns": "Vierzig Tage."}
    assert len(errors(caplog)) == 1


def test_broken_article_at_the_start_is_left_out(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "de" / "returns.md").write_text("kaputt", encoding="utf-8")
    live = LiveArticles(folder, settle=0)
    assert set(bodies(live)) == {"ar/returns"}
    assert len(errors(caplog)) == 1


def test_broken_article_does_not_come_back_once_another_file_has_its_id(folder: Path) -> None:
    live = LiveArticles(folder, settle=0)
    live.current()
    (folder / "de" / "returns.md").write_text("kaputt", encoding="utf-8")
    path = write_article(folder, "de/neu", "Neu.")
    path.write_text(path.read_text("utf-8").replace("id: neu", "id: returns"), "utf-8")
    assert bodies(live)["de/returns"] == "Neu."


def test_file_that_is_being_written_is_read_when_it_is_whole(folder: Path) -> None:
    live = LiveArticles(folder, settle=SETTLE)
    assert bodies(live, patient=False)["de/returns"] == "Dreißig Tage."
    path = folder / "de" / "returns.md"
    whole = path.read_text("utf-8").replace("Dreißig Tage.", "Vierzig Tage. " * 20 + "Ende.")
    seen = set()
    with path.open("w", encoding="utf-8", buffering=1) as file:
        for start in range(0, len(whole), len(whole) // 6 + 1):
            file.write(whole[start : start + len(whole) // 6 + 1])
            file.flush()
            seen.add(bodies(live)["de/returns"])
            time.sleep(SETTLE / 3)
    seen.add(bodies(live)["de/returns"])
    assert seen == {"Dreißig Tage."}
    time.sleep(SETTLE * 1.5)
    assert bodies(live)["de/returns"].endswith("Ende.")


def test_file_that_is_taken_away_to_be_written_anew_is_never_missed(folder: Path) -> None:
    live = LiveArticles(folder, settle=SETTLE)
    live.current(patient=False)
    path = folder / "de" / "returns.md"
    path.rename(folder / "de" / "returns.md~")
    assert bodies(live)["de/returns"] == "Dreißig Tage."
    write_article(folder, "de/returns", "Vierzig Tage.")
    assert bodies(live)["de/returns"] == "Dreißig Tage."
    time.sleep(SETTLE * 1.5)
    assert bodies(live)["de/returns"] == "Vierzig Tage."


def test_removed_article_and_locale_go_when_they_stay_away(folder: Path) -> None:
    live = LiveArticles(folder, settle=SETTLE)
    live.current(patient=False)
    shutil.rmtree(folder / "de")
    assert set(bodies(live)) == {"ar/returns", "de/returns"}
    time.sleep(SETTLE * 1.5)
    assert set(bodies(live)) == {"ar/returns"}


def test_file_from_the_future_is_read_at_once(folder: Path) -> None:
    live = LiveArticles(folder, settle=60)
    live.current(patient=False)
    path = write_article(folder, "de/returns", "Vierzig Tage.")
    later = time.time() + 3600
    os.utime(path, (later, later))
    assert bodies(live)["de/returns"] == "Vierzig Tage."


def test_missing_folder_keeps_its_articles_and_is_named_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveArticles(folder, settle=0)
    before = live.current()
    folder.rename(folder.with_name("old"))
    for _ in range(3):
        assert live.current() is before
    assert errors(caplog) == [f"{folder} is missing; its articles stay as they were"]
    write_article(folder, "de/customs", "Kein Zoll.")
    assert bodies(live) == {"de/customs": "Kein Zoll."}


def test_folder_may_come_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    live = LiveArticles(tmp_path / "knowledge", settle=0)
    assert live.current() is None
    assert live.current() is None
    assert errors(caplog) == [
        f"no articles in {tmp_path / 'knowledge'}; the knowledge base finds nothing"
    ]
    (tmp_path / "knowledge").mkdir()
    assert live.current() == ()
    write_article(tmp_path / "knowledge", "de/returns", "Dreißig Tage.")
    assert bodies(live) == {"de/returns": "Dreißig Tage."}


def test_articles_of_one_folder_are_shared(folder: Path) -> None:
    live = shared_articles(folder)
    assert shared_articles(folder / "de" / "..") is live
    assert shared_articles(folder / "de") is not live
