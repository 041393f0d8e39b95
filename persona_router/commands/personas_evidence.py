"""`persona-router personas evidence`: what labelled conversations say for the persona cards."""

import argparse
from collections.abc import Mapping
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from persona_router.commands.personas_check import known_signals
from persona_router.content.cards import counted
from persona_router.content.cards_evidence import (
    Count,
    MeasuredCase,
    count,
    measure_cases,
    strength_of,
)
from persona_router.content.errors import ContentError
from persona_router.content.examples import read_cases
from persona_router.content.files import read_yaml
from persona_router.content.lexicons import read_lexicons
from persona_router.content.personas import persona_cards, read_persona
from persona_router.content.policies import read_policy

_WIDTH = 100


def run(options: argparse.Namespace) -> int:
    """Print the counts beside the strengths of the cards, write them if asked to, and return 0."""
    data = options.project / "data"
    policy = read_policy(data / "routing.yml")
    signals = known_signals()
    if not options.file.is_file():
        raise ContentError(options.file, "", "There is no such file.", "Name a file of cases.")
    cases = read_cases(options.file)
    own = data / "lexicon" if (data / "lexicon").exists() else None
    languages = sorted({*policy.languages, *(case.language for case in cases)})
    measured = measure_cases(
        cases,
        lexicons=read_lexicons(languages, own=own),
        policy=policy,
    )
    for number, path in enumerate(persona_cards(data / "personas")):
        persona = read_persona(path, routes=policy.routes, signals=signals)
        found = read_yaml(path).node("evidence", optional=True)
        entries = {id_: counted(found.node(id_)) for id_ in found.values}
        wanted = dict.fromkeys(
            [what for what in entries.values() if what]
            + [("signal", name) for name in persona.strengths]
        )
        for what in wanted:
            _known(path, what, signals=signals, routes=policy.routes)
        try:
            counts = {what: count(what, path.stem, measured) for what in wanted}
        except ValueError as error:
            raise ContentError(options.file, "", str(error), "Label some conversations.") from error
        cited = {what: id_ for id_, what in entries.items() if what}
        strengths = {
            name: strength_of(strength.present) for name, strength in persona.strengths.items()
        }
        print("\n" * bool(number) + _heading(path.stem, measured))
        _print_table(counts, strengths, cited)
        if options.write:
            written = _write(path, {id_: counts[what] for what, id_ in cited.items()}, options.file)
            print(f"{path}: {written} of {len(cited)} entries written.")
    return 0


def _known(path: Path, what: tuple[str, str], **known: Mapping[str, object]) -> None:
    kind, name = what
    choices = known.get(f"{kind}s")
    if choices is not None and name not in choices:
        remedy = f"Known: {', '.join(sorted(choices))}."
        raise ContentError(path, "evidence", f"Unknown {kind} '{name}'.", remedy)


def _heading(persona: str, cases: tuple[MeasuredCase, ...]) -> str:
    own = [measured for measured in cases if measured.case.persona == persona]
    others = [measured for measured in cases if measured.case.persona != persona]
    languages = ", ".join(sorted({measured.case.language for measured in own}))
    return (
        f"{persona}: {len(own)} conversations with {sum(len(m.turns) for m in own)} turns in "
        f"{languages}; of the others {len(others)} with {sum(len(m.turns) for m in others)}"
    )


def _print_table(
    counts: Mapping[tuple[str, str], Count],
    strengths: Mapping[str, str],
    cited: Mapping[tuple[str, str], str],
) -> None:
    width = max(len(" ".join(what)) for what in counts)
    print(f"  {'':<{width}}  this  others  decibans  {'which is':<17} {'card says':<17} evidence")
    for what, found in counts.items():
        said = strengths.get(what[1], "-") if what[0] == "signal" else "-"
        print(
            f"  {' '.join(what):<{width}}  {found.found / found.ours:4.0%}  "
            f"{found.elsewhere / found.theirs:6.0%}  {found.decibans:+8.1f}  "
            f"{strength_of(found.decibans):<17} {said:<17} {cited.get(what, '-')}"
        )


def _write(path: Path, counts: Mapping[str, Count], source: Path) -> int:
    """Write the counts into the entries of a card and return how many have changed.

    Comments, order and everything else stay. An entry whose figures are the same keeps its date.
    """
    editor: Any = YAML()
    editor.preserve_quotes = True
    editor.width = _WIDTH
    editor.indent(mapping=2, sequence=4, offset=2)
    card: Any = editor.load(path.read_text(encoding="utf-8"))
    changed = 0
    for id_, found in counts.items():
        entry = card["evidence"][id_]
        named = str(entry.get("source", ""))
        new: dict[str, Any] = {
            "source": named if named.startswith(source.name) else source.name,
            "sample": found.conversations,
            "method": found.method,
        }
        if all(entry.get(key) == value for key, value in new.items()) and "date" in entry:
            continue
        changed += 1
        for key in ("source", "date", "sample", "method"):
            entry[key] = new.get(key, date.today())
        entry.setdefault("illustrative", True)
    if changed:
        written = StringIO()
        editor.dump(card, written)
        try:
            path.write_text(written.getvalue(), encoding="utf-8")
        except OSError as error:
            what = f"It cannot be written ({error.strerror})."
            raise ContentError(path, "", what, "Make it writable.") from error
    return changed
