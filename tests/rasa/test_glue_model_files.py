import os
from pathlib import Path

import pytest
from rasa.engine.storage.resource import Resource

from persona_router.rasa.model_files import content_path, fingerprint, persist, restore
from tests.rasa.parts import RESOURCE, storage


def test_content_path_is_the_configured_or_the_packaged_one() -> None:
    packaged = Path("packaged.yml")
    assert content_path({"routing": "data/routing.yml"}, "routing", packaged) == Path(
        "data/routing.yml"
    )
    assert content_path({"routing": None}, "routing", packaged) == packaged
    assert content_path({}, "routing", packaged) == packaged


def test_fingerprint_changes_with_content_names_and_number_of_files(tmp_path: Path) -> None:
    cards = tmp_path / "personas"
    cards.mkdir()
    (cards / "talker.yml").write_text("name: Anna", encoding="utf-8")
    seen = [fingerprint([cards])]
    (cards / "talker.yml").write_text("name: Änna", encoding="utf-8")
    seen.append(fingerprint([cards]))
    (cards / "sprinter.yml").write_text("", encoding="utf-8")
    seen.append(fingerprint([cards]))
    (cards / "sprinter.yml").rename(cards / "hurried.yml")
    seen.append(fingerprint([cards]))
    assert len(set(seen)) == 4
    os.utime(cards / "talker.yml", (1, 1))
    assert fingerprint([cards]) == seen[-1]


def test_missing_file_has_a_fingerprint_too(tmp_path: Path) -> None:
    missing = fingerprint([tmp_path / "routing.yml"])
    (tmp_path / "routing.yml").write_text("version: 1", encoding="utf-8")
    assert fingerprint([tmp_path / "routing.yml"]) != missing


def test_persisted_files_and_folders_are_restored(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    cards.mkdir()
    (cards / "ثرثار.yml").write_text("الاسم: سلمى", encoding="utf-8")
    policy = tmp_path / "my policy.yml"
    policy.write_text("version: 1", encoding="utf-8")
    models = storage(tmp_path / "model")
    persist({"personas": cards, "routing.yml": policy, "none": tmp_path / "no"}, models, RESOURCE)
    target = restore(models, RESOURCE, tmp_path / "restored")
    assert target == tmp_path / "restored"
    assert (target / "personas" / "ثرثار.yml").read_text(encoding="utf-8") == "الاسم: سلمى"
    assert (target / "routing.yml").read_text(encoding="utf-8") == "version: 1"
    assert not (target / "none").exists()


def test_nothing_is_restored_of_what_was_never_trained(tmp_path: Path) -> None:
    models = storage(tmp_path / "model")
    assert restore(models, Resource("never trained"), tmp_path / "restored") is None


def test_second_training_of_a_resource_is_an_error_not_a_mixture(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    cards.mkdir()
    models = storage(tmp_path / "model")
    persist({"personas": cards}, models, RESOURCE)
    with pytest.raises(FileExistsError):
        persist({"personas": cards}, models, RESOURCE)
