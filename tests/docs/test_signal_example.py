"""The worked example of a signal is a plug-in that works when it is installed as described."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, page

PROGRAM = """
import json, sys
from pathlib import Path
from persona_router.content.personas import read_persona
from persona_router.content.plugins import load_signals
from persona_router.core.lexicon import Lexicon
from persona_router.core.turn import Metadata, Turn

signals = load_signals()
signal = signals["discount_code"]
lexicon = Lexicon(language="tr")
texts = ["Kodum SPRING25 çalışmıyor", "Kodum çalışmıyor"]
values = [signal.measure(Turn(text=text, lexicon=lexicon)) for text in texts]
clicked = Turn(text=texts[0], lexicon=lexicon, metadata=Metadata(input="button"))
card = read_persona(Path(sys.argv[1]), routes=["agent"], signals=signals)
print(json.dumps({
    "description": signal.description,
    "values": [*values, signal.measure(clicked)],
    "decibans": card.strengths["discount_code"].present,
}))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder of packages in which the example is installed, its card beside it."""
    (code,) = blocks(page("signals"), "python")
    (project,) = blocks(page("signals"), "toml")
    (strengths,) = blocks(page("signals"), "yaml")
    (tmp_path / "our_shop_signals.py").write_text(code, encoding="utf-8")
    heading, entry = project.strip().splitlines()
    assert heading == '[project.entry-points."persona_router.signals"]'
    about = tmp_path / "our_shop-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: our-shop\nVersion: 1.0\n")
    points = f"[persona_router.signals]\n{entry.replace(chr(34), '')}\n"
    (about / "entry_points.txt").write_text(points)
    card = f"name: The collector\nroutes: [{{route: agent}}]\n{strengths}"
    (tmp_path / "collector.yml").write_text(card, encoding="utf-8")
    return tmp_path


def test_example_measures_and_weighs_as_described(installed: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(installed / "collector.yml")],
        env={**os.environ, "PYTHONPATH": str(installed)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(finished.stdout) == {
        "description": "Names a discount code such as SPRING25.",
        "values": [1.0, 0.0, None],
        "decibans": 2.0,
    }
