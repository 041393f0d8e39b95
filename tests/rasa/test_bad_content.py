"""Content that cannot be used stops the training in one line that says what to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rasa.model_training import train

from tests.training import ROOT

CONFIG = """\
recipe: default.v1
assistant_id: faulty
language: en
importers:
- name: RasaFileImporter
- name: persona_router.rasa.importer.PersonaRouterImporter
pipeline:
- name: persona_router.rasa.language.LanguageIdentifier
  routing: data/routing.yml
- name: WhitespaceTokenizer
- name: KeywordIntentClassifier
- name: persona_router.rasa.router.PersonaRouter
  routing: data/routing.yml
  personas: data/personas
policies:
- name: RulePolicy
- name: persona_router.rasa.policy.RoutingPolicy
  routing: data/routing.yml
"""
NLU = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hallo\n    - servus\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small assistant with the sample's routing policy and persona cards."""
    (tmp_path / "data").mkdir()
    (tmp_path / "config.yml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [greet]\n', encoding="utf-8")
    (tmp_path / "data" / "nlu.yml").write_text(NLU, encoding="utf-8")
    shutil.copyfile(ROOT / "data" / "routing.yml", tmp_path / "data" / "routing.yml")
    shutil.copytree(ROOT / "data" / "personas", tmp_path / "data" / "personas")
    (tmp_path / "data" / "personas" / "examples.jsonl").unlink()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "false")
    return tmp_path


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(data: Path) -> None:
        content = (data / name).read_text(encoding="utf-8")
        assert old in content
        (data / name).write_text(content.replace(old, new, 1), encoding="utf-8")

    return edit


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no policy": (lambda data: (data / "routing.yml").unlink(), "data/routing.yml"),
    "empty policy": (lambda data: (data / "routing.yml").write_text(""), "data/routing.yml"),
    "policy that is no YAML": (
        lambda data: (data / "routing.yml").write_text("routes: ["),
        "data/routing.yml",
    ),
    "unknown key": (_replace("routing.yml", "weights:", "wheights:"), "wheights"),
    "no compared policy": (
        _replace(
            "routing.yml", "comparison:\n  share: 0 ", "comparison:\n  policy: b.yml\n  share: 0.5 "
        ),
        "data/b.yml: The file is missing.",
    ),
    "no cards": (lambda data: shutil.rmtree(data / "personas"), "data/personas"),
    "card that is no YAML": (
        lambda data: (data / "personas" / "talker.yml").write_text("name: ["),
        "talker.yml",
    ),
    "card of an unknown route": (
        lambda data: (data / "personas" / "talker.yml").write_text("ranking: [limousine]\n"),
        "talker.yml",
    ),
    "card of another shape": (
        lambda data: (data / "personas" / "talker.yml").write_text("- 1\n- 2\n"),
        "talker.yml",
    ),
}


@pytest.mark.parametrize("fault", FAULTS, ids=FAULTS)
def test_fault_stops_the_training(project: Path, fault: str) -> None:
    inject, named = FAULTS[fault]
    inject(project / "data")
    with pytest.raises(Exception, match=r"\S") as raised:
        train("domain.yml", "config.yml", ["data"], str(project / "models"))
    causes = []
    error: BaseException | None = raised.value
    while error is not None:
        causes.append(f"{type(error).__name__}: {error}")
        error = error.__cause__ or error.__context__
    told = [cause for cause in causes if cause.startswith("ContentError: ")]
    assert told, causes
    assert named in told[0]
    assert "\n" not in told[0]
    assert not (project / "models").exists() or not list((project / "models").iterdir())


def test_fault_is_the_last_word_of_the_command(project: Path) -> None:
    (project / "data" / "personas" / "talker.yml").write_text("name: [", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "rasa", "train", "--quiet"],
        cwd=project, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}, capture_output=True,
        text=True, timeout=180, check=False,
    )  # fmt: skip
    assert ran.returncode != 0
    output = ran.stdout + ran.stderr
    assert "talker.yml" in output
    assert not list((project / "models").glob("*.tar.gz"))
