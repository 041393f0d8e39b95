"""The page on fairness lists what is changed, what comes out, and what the files hold."""

from pathlib import Path

from persona_router.commands.fairness import _figures
from persona_router.content.fairness import read_fairness
from persona_router.core.fairness import KINDS
from tests.docs.pages import blocks, names, page, section


def test_fairness_lists_every_kind() -> None:
    assert names(section(page("fairness"), "What is changed"), "kind") == set(KINDS)


def test_fairness_lists_every_figure() -> None:
    figures = _figures({"kind": {}, "language": {}, "gender": {}, "name": {}}, 0.02, [])
    assert names(section(page("fairness"), "Reading the figures"), "figure") == set(figures)


def test_fairness_example_is_accepted(tmp_path: Path) -> None:
    (example,) = blocks(page("fairness"), "yaml")
    (tmp_path / "en.yml").write_text(example, encoding="utf-8")
    (texts,) = read_fairness(tmp_path, languages=("en",))
    assert texts.requests["r01"].informal == "where's order 4471903 got to?"
