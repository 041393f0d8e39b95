"""`persona-router evaluate`: figures on labelled cases, for any assistant that uses the plugin."""

import argparse
import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

from persona_router.commands import evaluate_search
from persona_router.commands.model import load_assistant
from persona_router.content.errors import ContentError
from persona_router.content.evaluate import Outcome, conversation_figures, intent_figures
from persona_router.content.evaluate_language import evaluate_language
from persona_router.content.examples import read_cases

KINDS = ("conversations", "language", "intents", "search")
_PERSON_ROUTES = frozenset({"agent", "phone"})


def run(options: argparse.Namespace) -> int:
    """Print the figures and return 0. Raises ContentError for files that hold no such cases."""
    searched = options.kind == "search"
    if not (options.file.is_file() or (searched and options.file.is_dir())):
        raise ContentError(options.file, "", "There is no such file.", "Name a file of cases.")
    if searched:
        return evaluate_search.run(options)
    measure = {
        "conversations": _conversations,
        "language": _language,
        "intents": _intents,
    }[options.kind]
    figures = measure(options)
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value:.4f}".rstrip("0").rstrip("."))
    if options.json:
        print(json.dumps(figures))
    return 0


def _conversations(options: argparse.Namespace) -> Mapping[str, float]:
    wanted = options.languages
    cases = [c for c in read_cases(options.file) if not wanted or c.language in wanted]
    if not cases:
        raise ContentError(
            options.file, "", f"No case is in {', '.join(wanted)}.", "Choose others."
        )
    assistant = load_assistant(options.model)
    outcomes = [
        Outcome(
            case,
            assistant.converse(
                [(turn.text, turn.raw_metadata) for turn in case.turns], at=options.at, case=case.id
            ),
        )
        for case in cases
    ]
    if options.failures:
        _print_failures(outcomes)
    return conversation_figures(outcomes, person_routes=_PERSON_ROUTES)


def _print_failures(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        case, last = outcome.case, outcome.decisions[-1]
        faults = []
        if last["persona"] != case.persona:
            faults.append(f"persona {last['persona']} instead of {case.persona}")
        if case.routes and last["route"] not in case.routes:
            faults.append(f"route {last['route']} instead of {' or '.join(case.routes)}")
        if outcome.languages[-1] != case.language:
            faults.append(f"language {outcome.languages[-1]} instead of {case.language}")
        if faults:
            print(f"{case.id}: {'; '.join(faults)}")


def _language(options: argparse.Namespace) -> Mapping[str, float]:
    from persona_router.content.languages import load_language_model

    languages = options.languages or _languages_of(options.file)
    return evaluate_language(options.file, load_language_model(languages))


def _languages_of(path: Path) -> tuple[str, ...]:
    found: set[str] = set()
    for number, line in enumerate(_text_of(path).split("\n"), start=1):
        if line.strip():
            try:
                case = json.loads(line)
            except json.JSONDecodeError as error:
                place = f"line {number}"
                raise ContentError(path, place, f"No JSON ({error.msg}).", "Mend it.") from error
            if isinstance(case, dict) and isinstance(case.get("lang"), str):
                found.add(case["lang"])
    return tuple(sorted(found))


def _text_of(path: Path) -> str:
    try:
        # Spreadsheets write a byte order mark, which would become part of the first word.
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(
            path, "", f"It cannot be read ({error}).", "Save it as UTF-8."
        ) from error


def _intent_cases(path: Path) -> list[tuple[str, str, str]]:
    """Return (language, intent, utterance) of each line; the language is empty if not given."""
    reader = csv.DictReader(io.StringIO(_text_of(path), newline=""))
    try:
        columns = reader.fieldnames or ()
        if "utterance" not in columns or "intent" not in columns:
            what = f"Its columns are {', '.join(columns) or 'missing'}."
            raise ContentError(path, "line 1", what, "Name them utterance,intent.")
        cases = []
        for row in reader:
            if not row["utterance"] or not row["intent"]:
                place = f"line {reader.line_num}"
                raise ContentError(path, place, "A column is empty.", "Write utterance and intent.")
            cases.append((row.get("language") or "", row["intent"], row["utterance"]))
    except csv.Error as error:
        place = f"line {reader.line_num + 1}"
        raise ContentError(path, place, f"It is no CSV ({error}).", "Mend the line.") from error
    return cases


def _intents(options: argparse.Namespace) -> Mapping[str, float]:
    cases = _intent_cases(options.file)
    if options.languages:
        cases = [case for case in cases if case[0] in options.languages]
    if not cases:
        raise ContentError(options.file, "", "It holds no case.", "Write a line for each.")
    assistant = load_assistant(options.model)
    rows = [(group, wanted, _intent(assistant.parse(text))) for group, wanted, text in cases]
    if options.failures:
        for (group, wanted, found), (_, _, text) in zip(rows, cases, strict=True):
            if wanted != found:
                print(f"{group} {wanted} -> {found}: {text}")
    return intent_figures(rows, unrecognised=options.unrecognised)


def _intent(parsed: Mapping[str, Mapping[str, str]]) -> str:
    return parsed["intent"]["name"] or ""
