"""A project small enough to train in seconds, and an environment without this machine's tools."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_FILES = {
    "config.yml": """\
recipe: default.v1
assistant_id: tiny
language: de
pipeline: [{name: WhitespaceTokenizer}, {name: KeywordIntentClassifier}]
policies: [{name: RulePolicy}]
""",
    "domain.yml": """\
version: "3.1"
intents: [greet]
responses:
  utter_greet: [{text: "Grüß Gott"}]
""",
    "data/nlu.yml": """\
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hallo
    - servus
""",
    "data/rules.yml": """\
version: "3.1"
rules:
- rule: greet
  steps: [{intent: greet}, {action: utter_greet}]
""",
    "endpoints.yml": 'action_endpoint: {url: "http://localhost:5055/webhook"}\n',
    "credentials.yml": "rest:\n",
    "actions/__init__.py": "",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a small assistant that greets, with a state folder of its own."""
    folder = tmp_path / "assistant"
    for name, content in _FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    monkeypatch.setenv("PERSONA_ROUTER_STATE", str(folder / ".persona-router"))
    return folder


@pytest.fixture
def bare_environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment that has the plainest tools and neither Python nor uv."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "cat", "cksum", "sleep", "rm", "mkdir"):
        found = shutil.which(name)
        assert found, f"{name} is missing on this machine"
        (tools / name).symlink_to(found)
    return {"PATH": str(tools), "HOME": str(tmp_path / "home"), "LANG": os.environ.get("LANG", "C")}
