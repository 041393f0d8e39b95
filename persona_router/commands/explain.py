"""`persona-router explain`: the decision after each turn, with its evidence."""

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from persona_router.commands.model import load_assistant
from persona_router.content.errors import ContentError
from persona_router.core.evidence import TELLING


def run(options: argparse.Namespace) -> int:
    """Print one decision a turn and return 0."""
    metadata = read_metadata_option(options.metadata)
    if options.language:
        metadata = {**metadata, "locale": options.language}
    assistant = load_assistant(options.model)
    at = options.at or datetime.now(timezone.utc)
    found = assistant.converse([(text, metadata) for text in options.text], at=at)
    for text, parsed in zip(options.text, found, strict=True):
        if options.json:
            print(json.dumps(parsed["routing"], ensure_ascii=False))
        else:
            print("\n".join(explanation(text, parsed)))
    return 0


def read_metadata_option(text: str) -> Mapping[str, Any]:
    """Return the JSON object of `--metadata`. Raises ContentError showing what was given."""
    try:
        metadata = json.loads(text)
    except json.JSONDecodeError as error:
        remedy = """Write an object such as '{"device": "mobile", "seconds": 5}'."""
        raise ContentError(Path("--metadata"), "", f"'{text}' is no JSON.", remedy) from error
    if not isinstance(metadata, dict):
        raise ContentError(Path("--metadata"), "", f"'{text}' is no object.", "Write {...}.")
    return metadata


def explanation(text: str, parsed: Mapping[str, Any]) -> list[str]:
    """Return the lines that explain one parsed turn to an operator."""
    decision = parsed["routing"]
    if decision.get("error"):
        return [f"» {text}", "  routing failed: see the log above"]
    language, intent = parsed["language"], parsed["intent"]
    posterior = ", ".join(
        f"{persona} {share:.2f}"
        for persona, share in sorted(decision["posterior"].items(), key=lambda item: -item[1])
    )
    lines = [
        f"» {text}",
        f"  language   {language['locale']} ({language.get('confidence', 0):.2f})",
        f"  intent     {intent['name']} ({intent['confidence']:.2f})",
        f"  concern    {decision['concern'] or 'none yet'}",
        f"  persona    {_persona(decision)} ({posterior or 'no personas'})",
        f"  route      {decision['route']}, then {', '.join(decision['alternatives']) or 'none'}",
        f"  plan       {', '.join(decision['plan']) or 'left to the rules'}",
        f"  reasons    {', '.join(map(_reason, decision['reasons']))}",
    ]
    if decision.get("stated_route"):
        inferred = decision["inferred_route"] or "nothing"
        lines.append(f"  stated     {decision['stated_route']}; inferred {inferred}")
    if decision["constraints"]:
        lines.append(f"  constraint {', '.join(decision['constraints'])}")
    lines += _evidence(decision["evidence"])
    for hit in parsed.get("knowledge") or []:
        lines.append(f"  article    {hit['locale']}/{hit['article']} {hit['score']:.2f}")
    arm = f", arm {decision['arm']}" if decision.get("arm") else ""
    lines.append(f"  decision   {decision['id']}, policy {decision['policy_version']}{arm}")
    return lines


def _evidence(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line for each signal that says something, and one that counts the others."""
    telling = [e for e in entries if max(map(abs, e["decibans"].values()), default=0) >= TELLING]
    lines = []
    for entry in telling:
        said = entry["decibans"].items()
        # Adding nothing makes +0.0 of the -0.0 to which little is rounded.
        weights = ", ".join(f"{persona} {round(d, 1) + 0.0:+.1f}" for persona, d in said)
        lines.append(f"  evidence   {entry['signal']} {entry['value']:.2f}: {weights} dB")
    if len(telling) < len(entries):
        others = len(entries) - len(telling)
        lines.append(f"  evidence   and {others} more under {TELLING} dB: --json lists them")
    return lines


def _persona(decision: Mapping[str, Any]) -> str:
    if not decision.get("corrected"):
        return decision["persona"] or "undecided"
    return f"corrected; inferred {decision['inferred_persona'] or 'undecided'}"


def _reason(reason: Mapping[str, Any]) -> str:
    values = [value for value in reason["values"].values() if value]
    return f"{reason['code']} ({', '.join(values)})" if values else str(reason["code"])
