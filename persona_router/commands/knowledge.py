"""`persona-router knowledge`: the command's arguments; what it does loads when it is asked for."""

import argparse
from pathlib import Path

KINDS = ("chatwoot", "zammad", "html", "csv")


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `knowledge` with its own subcommands to those of `persona-router`."""
    knowledge = commands.add_parser("knowledge", help="import articles from other systems")
    tasks = knowledge.add_subparsers(dest="task", required=True, metavar="TASK")

    imported = tasks.add_parser("import", help="write articles from an export, pages or a table")
    imported.add_argument("kind", choices=KINDS)
    imported.add_argument("path", type=Path, help="file or folder (docs/knowledge.md)")
    imported.add_argument(
        "--to",
        type=Path,
        default=Path("data/knowledge"),
        help="folder of the articles; default: %(default)s",
    )
    imported.add_argument("--locale", help="of articles whose source names none, such as de")
    imported.add_argument("--encoding", default="", help="of tables and pages that tell none")
    imported.add_argument("--dry-run", action="store_true", help="say what would be written")
    imported.add_argument("--force", action="store_true", help="overwrite files that exist")
    imported.add_argument(
        "--only-published",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="leave out drafts, what is archived and what is internal",
    )
    imported.set_defaults(run=run_import)


def run_import(options: argparse.Namespace) -> int:
    """Import, and return the exit status; see `knowledge_import.run`."""
    # It loads readers of HTML, which no other command needs.
    from persona_router.commands import knowledge_import

    return knowledge_import.run(options)
