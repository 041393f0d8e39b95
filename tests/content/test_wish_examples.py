from pathlib import Path

import pytest

from persona_router.content.errors import ContentError
from persona_router.content.wish_examples import read_wish_examples
from tests.served import SERVED
from tests.training import ROOT

ROUTES = ("self_service", "knowledge_base", "agent", "phone")


def test_read_wish_examples_gives_each_sentence_its_label(tmp_path: Path) -> None:
    (tmp_path / "de.yml").write_text("refuse_phone: [bloß nicht anrufen]\nnone: [danke]\n")
    (tmp_path / "tr.yml").write_text("wish_person: [biriyle konuşayım]\n")
    assert read_wish_examples(tmp_path, routes=ROUTES) == (
        ("refuse_phone", "bloß nicht anrufen"),
        ("none", "danke"),
        ("wish_person", "biriyle konuşayım"),
    )


def test_read_wish_examples_names_an_unknown_label_and_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "de.yml").write_text("wish_fax: [bitte faxen]\n")
    with pytest.raises(ContentError) as caught:
        read_wish_examples(tmp_path, routes=ROUTES)
    assert "Unknown label 'wish_fax'. Known: none, wish_person, wish_self_service" in str(
        caught.value
    )


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_read_wish_examples_of_no_file_says_what_to_write(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ContentError, match=r"It holds no examples \(\*\.yml\)\. Write one a"):
        read_wish_examples(tmp_path / folder, routes=ROUTES)


def test_sample_has_examples_of_every_label_in_every_language() -> None:
    folder = ROOT / "data" / "wishes"
    assert sorted(file.stem for file in folder.glob("*.yml")) == sorted(SERVED)
    labels = {label for label, _ in read_wish_examples(folder, routes=ROUTES)}
    assert labels == {
        "none", "wish_person", "wish_agent", "wish_phone",
        "refuse_phone", "refuse_person", "refuse_knowledge_base",
    }  # fmt: skip
