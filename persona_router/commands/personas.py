"""`persona-router personas`: what evidence, editors and people need of the persona cards."""

import argparse
from pathlib import Path

from persona_router.commands import (
    personas_drift,
    personas_evidence,
    personas_render,
    personas_schema,
)


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `personas` with its own subcommands to those of `persona-router`."""
    personas = commands.add_parser("personas", help="count, render and describe persona cards")
    tasks = personas.add_subparsers(dest="task", required=True, metavar="TASK")

    counted = tasks.add_parser("evidence", help="count what labelled conversations say for them")
    counted.add_argument("file", type=Path, help="labelled conversations (docs/formats.md)")
    counted.add_argument("--write", action="store_true", help="write the counts into the cards")
    counted.set_defaults(run=personas_evidence.run)

    rendered = tasks.add_parser("render", help="write the cards as pages to read and print")
    rendered.add_argument(
        "--out", type=Path, default=Path("persona-cards"), help="folder; default: %(default)s"
    )
    rendered.add_argument("--language", help="only pages with labels of this, such as de")
    rendered.set_defaults(run=personas_render.run)

    compared = tasks.add_parser("drift", help="tell whether customers have changed since")
    compared.add_argument("--from", dest="first", default="", metavar="DATE", help="first day")
    compared.add_argument("--to", dest="last", default="", metavar="DATE", help="last day (UTC)")
    compared.add_argument(
        "--before", default="", metavar="DATE", help="first day of what it is compared with"
    )
    compared.add_argument("--json", action="store_true", help="print one JSON object instead")
    compared.set_defaults(run=personas_drift.run)

    for task in (counted, rendered, compared):
        task.add_argument(
            "--project", type=Path, default=Path(), help="the assistant's folder; default: here"
        )

    described = tasks.add_parser("schema", help="print the JSON Schema of a card, for editors")
    described.set_defaults(run=personas_schema.run)
