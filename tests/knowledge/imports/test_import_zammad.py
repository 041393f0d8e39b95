"""Zammad: records by kind and id, as its REST documentation shows them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from persona_router.knowledge.imports.source import Reading
from persona_router.knowledge.imports.zammad import read_zammad
from tests.knowledge.imports.conftest import EXPORTS

EXPORT = EXPORTS / "zammad"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    shutil.copytree(EXPORT, tmp_path / "export")
    return tmp_path / "export"


def edit(path: Path, change: Callable[[Any], None]) -> None:
    loaded = json.loads(path.read_text(encoding="utf-8"))
    change(loaded)
    path.write_text(json.dumps(loaded), encoding="utf-8")


def test_published_answers_are_read_in_all_translations(reading: Reading) -> None:
    source = read_zammad(EXPORT, reading)
    assert not reading.faults
    assert [(a.key, a.locale, a.group, a.primary, a.title) for a in source.articles] == [
        ("1", "en", "1", True, "How long is the guarantee?"),
        ("1", "de", "1", False, "Wie lange gilt die Garantie?"),
        ("5", "en", "5", True, "How do I send something in for repair?"),
    ]
    first = source.articles[0]
    assert (str(first.updated), first.tags) == ("2026-04-02", ("guarantee", "repair"))


def test_drafts_internal_and_archived_answers_are_counted(reading: Reading) -> None:
    source = read_zammad(EXPORT, reading)
    assert [(item.what, item.reason) for item in source.skipped] == [
        ("Spare parts (2)", "draft"),
        ("How we check a guarantee claim (3)", "internal"),
        ("Guarantee until 2025 (4)", "archived"),
    ]


def test_answer_that_is_published_later_is_a_draft_until_then(
    export: Path, reading: Reading
) -> None:
    def later(loaded: Any) -> None:
        loaded["KnowledgeBaseAnswer"]["1"]["published_at"] = "2026-06-01T00:00:00.000Z"

    edit(export / "init.json", later)
    shutil.rmtree(export / "answers")
    read_zammad(export, reading)
    assert ("How long is the guarantee? (1)", "draft") in [
        (item.what, item.reason) for item in reading.skipped
    ]


def test_region_is_kept_where_the_system_has_no_short_form(export: Path, reading: Reading) -> None:
    edit(export / "locales.json", lambda loaded: loaded[1].update(locale="es-mx", alias=""))
    assert [a.locale for a in read_zammad(export, reading).articles] == ["en", "es-MX", "en"]


@pytest.mark.parametrize(
    ("link", "address"),
    [
        pytest.param(
            {"href": "#x", "data-target-type": "knowledge-base-answer", "data-target-id": "6"},
            "translation 6",
            id="by-target",
        ),
        pytest.param({"href": "#knowledge_base/1/locale/en-us/answer/5"}, "answer 5", id="route"),
        pytest.param(
            {"href": "/desktop/knowledge-base/locale/de-de/answer/5"}, "answer 5", id="new-route"
        ),
        pytest.param(
            {"href": "https://x.example/help/en-us/3-orders/5-send-in"}, "answer 5", id="public"
        ),
        pytest.param({"href": "https://x.example/help/5"}, None, id="elsewhere"),
    ],
)
def test_links_to_answers_are_known(
    reading: Reading, link: dict[str, str], address: str | None
) -> None:
    source = read_zammad(EXPORT, reading)
    assert source.address(source.articles[0], link) == address


def test_text_that_is_missing_is_asked_for(export: Path, reading: Reading) -> None:
    (export / "answers" / "5.6.json").unlink()
    read_zammad(export, reading)
    (fault,) = reading.faults
    assert fault.place == "KnowledgeBaseAnswerTranslation.6"
    assert fault.what == "The text of 'How do I send something in for repair?' is missing."
    assert "answers/5?include_contents=6" in fault.remedy


def test_locales_that_nothing_tells_are_asked_for(
    export: Path, make_reading: Callable[..., Reading]
) -> None:
    (export / "locales.json").unlink()
    reading = make_reading(locale="de")
    read_zammad(export, reading)
    assert {fault.what for fault in reading.faults} == {
        "Nothing tells the locale of kb_locale_id 1.",
        "Nothing tells the locale of kb_locale_id 2.",
    }
    assert "/api/v1/locales" in reading.faults[0].remedy


def test_locale_by_option_is_enough_for_a_knowledge_base_of_one(
    export: Path, make_reading: Callable[..., Reading]
) -> None:
    (export / "locales.json").unlink()
    (export / "answers" / "1.2.json").unlink()
    edit(export / "init.json", lambda loaded: loaded["KnowledgeBaseAnswerTranslation"].pop("2"))
    reading = make_reading(locale="en-GB")
    assert {a.locale for a in read_zammad(export, reading).articles} == {"en-GB"}
    assert not reading.faults


@pytest.mark.parametrize(
    ("loaded", "what"),
    [
        ({"KnowledgeBaseAnswer": {"1": 3}}, "It is no object."),
        ({"tickets": []}, "It holds no KnowledgeBaseAnswerTranslation."),
        (
            {"KnowledgeBaseAnswerTranslation": {"1": {"answer_id": 9, "title": "T"}}},
            "There is no KnowledgeBaseAnswer '9' for it.",
        ),
    ],
)
def test_json_of_something_else_is_refused(
    tmp_path: Path, reading: Reading, loaded: object, what: str
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(loaded), encoding="utf-8")
    read_zammad(tmp_path, reading)
    assert what in [fault.what for fault in reading.faults]
