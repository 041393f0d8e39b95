"""The guide to the command names every option, and its examples do what it shows."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona_router.cli import build_parser, main
from tests.docs.pages import PAGES, ROOT, blocks, names, page, section


def subcommands() -> dict[str, argparse.ArgumentParser]:
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(_leaves(action))
    raise AssertionError("the command has no subcommands")


def _leaves(
    action: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield the commands that do something by their full names, such as "personas render"."""
    for word, parser in action.choices.items():
        inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        if inner:
            yield from _leaves(inner[0], f"{name}{word} ")
        else:
            yield f"{name}{word}", parser


def shell_commands(text: str) -> list[list[str]]:
    """Return the arguments of every `persona-router` line in the bash blocks of a page."""
    found = []
    for block in blocks(text, "bash"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.split(" | ")[0], comments=True)
            if words and Path(words[0]).name == "persona-router":
                found.append(words[1:])
    return found


EXAMPLES = [
    pytest.param(words, id=f"{path.stem}-{number}")
    for path in PAGES
    for number, words in enumerate(shell_commands(path.read_text(encoding="utf-8")))
]
SESSIONS = [
    (shlex.split(command)[1:], output.strip().splitlines())
    for block in blocks(page("commands"), "console")
    for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]


@pytest.mark.parametrize("name", sorted(subcommands()))
def test_commands_describes_every_argument(name: str) -> None:
    wanted = set()
    for action in subcommands()[name]._actions:
        if not isinstance(action, argparse._HelpAction):
            wanted.update(action.option_strings or [action.dest])
    text = section(page("commands"), f"`persona-router {name}`")
    assert names(text, "argument") == wanted


def test_commands_describes_every_subcommand_and_no_other() -> None:
    written = re.findall(r"^## `persona-router ([\w ]+)`$", page("commands"), re.MULTILINE)
    assert sorted(written) == sorted(subcommands())


@pytest.mark.parametrize("words", EXAMPLES)
def test_example_is_accepted_by_the_parser(words: list[str]) -> None:
    assert build_parser().parse_args(words).command == words[0]


def test_guide_holds_examples_of_every_subcommand() -> None:
    shown = {" ".join(words) for words in shell_commands(page("commands"))}
    for name in subcommands():
        assert any(command == name or command.startswith(f"{name} ") for command in shown), name


@pytest.mark.parametrize(("words", "shown"), SESSIONS, ids=[" ".join(s[0][:3]) for s in SESSIONS])
def test_wrong_input_is_answered_as_shown(
    words: list[str],
    shown: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    try:
        status = main(words)
    except SystemExit as refusal:
        status = int(str(refusal.code))
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    assert shown
    assert lines[-len(shown) :] == shown
    assert status == (1 if words[0] == "check" else 2)
