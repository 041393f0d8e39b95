"""The Makefile's targets are listed, described, and documented."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("setup", "run", "train", "test", "check", "bench", "chat", "clean")


def listing() -> str:
    return subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("target", TARGETS)
def test_make_alone_lists_the_target_with_a_sentence(target: str) -> None:
    assert re.search(rf"^make {target} +[A-Z].{{10,}}\.$", listing(), re.MULTILINE)


def test_make_alone_lists_every_phony_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert sorted(re.findall(r"^make (\w+) ", listing(), re.MULTILINE)) == sorted(phony[1].split())


@pytest.mark.parametrize("target", TARGETS)
def test_running_guide_describes_the_target(target: str) -> None:
    assert f"`make {target}`" in (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "option", ["--port", "--actions-port", "--desk-port", "--host", "--no-desk"]
)
def test_running_guide_describes_the_option(option: str) -> None:
    assert f"`{option}" in (ROOT / "docs" / "running.md").read_text(encoding="utf-8")


def test_ci_runs_the_tests_by_make() -> None:
    assert re.search(r"^make test\b", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
