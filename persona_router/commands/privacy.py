"""`persona-router privacy`: hands out or deletes what is kept of one customer, or what is old."""

import argparse
import getpass
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from persona_router.content.connectors import ENDPOINTS
from persona_router.state import state_folder

if TYPE_CHECKING:
    from persona_router.privacy.stores import Counts, Stores


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `privacy export`, `privacy erase` and `privacy sweep`."""
    parent = commands.add_parser("privacy", help="export, erase or sweep what is kept of customers")
    actions = parent.add_subparsers(dest="action", required=True, metavar="ACTION")

    exported = actions.add_parser("export", help="print all that is kept of a conversation")
    exported.add_argument("conversation", help="id of the conversation")
    exported.add_argument("--out", type=Path, metavar="FILE", help="write it there, mode 0600")
    exported.set_defaults(run=_run(_export))

    erased = actions.add_parser("erase", help="delete all that is kept of a conversation")
    erased.add_argument("conversation", help="id of the conversation")
    erased.add_argument("--yes", action="store_true", help="delete; else it is only counted")
    erased.add_argument("--by", metavar="NAME", help="who deletes; default: the name of your login")
    erased.add_argument(
        "--even-open", action="store_true", help="delete handoffs that are not closed as well"
    )
    erased.set_defaults(run=_run(_erase))

    swept = actions.add_parser("sweep", help="delete what is older than the policy keeps it")
    swept.add_argument("--dry-run", action="store_true", help="count it instead")
    swept.set_defaults(run=_run(_sweep))

    for command in (exported, erased, swept):
        command.add_argument(
            "--project", type=Path, default=Path(), help="the assistant's folder; default: here"
        )


def _run(
    does: Callable[[argparse.Namespace], int],
) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        # Loaded for these commands alone; every command passes here.
        from persona_router.privacy.stores import UNREACHABLE

        try:
            return does(options)
        except BrokenPipeError:
            raise
        except UNREACHABLE as error:
            print(error, file=sys.stderr)
            return 2

    return run


def _export(options: argparse.Namespace) -> int:
    from persona_router.privacy.erasure import find
    from persona_router.privacy.receipts import write_private

    finding = find(_stores(options).all(), options.conversation)
    _tell_unreached(finding.not_reached)
    if not finding.counts:
        return _nothing(options.conversation)
    content = {
        "conversation": options.conversation,
        "exported_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "not_reached": finding.not_reached,
        **finding.rows,
    }
    _note(_login(), "customer_exported", options.conversation)
    text = json.dumps(content, indent=2, ensure_ascii=False)
    # Half of a surrogate pair, as broken clients send it, has no UTF-8 form.
    text = text.encode("utf-8", "replace").decode("utf-8")
    if options.out is None:
        print(text)
    else:
        write_private(options.out, text + "\n")
        print(options.out)
    return 1 if finding.not_reached else 0


def _erase(options: argparse.Namespace) -> int:
    from persona_router.privacy.audit import open_audit
    from persona_router.privacy.erasure import erase, find

    stores, conversation = _stores(options), options.conversation
    finding = find(stores.all(), conversation)
    if not finding.counts:
        _tell_unreached(finding.not_reached)
        return _nothing(conversation)
    still_open = () if options.even_open else stores.open_handoffs(conversation)
    if still_open:
        remedy = "Close it at the desk, or add --even-open."
        print(f"Handoff {', '.join(still_open)} is still open. {remedy}", file=sys.stderr)
    if still_open and options.yes:
        return 1
    if not options.yes:
        _tell_counts(finding.counts)
        _tell_unreached(finding.not_reached)
        print("Nothing was deleted. Add --yes to delete this.")
        return 1
    by = options.by or _login()
    entry = _note(by, "customer_erased")
    done = erase(stores.all(), conversation, by=by, now=time.time())
    open_audit().settle(entry, subject=done.receipt.name, refused=False)
    _tell_counts(done.deleted)
    _tell_unreached(done.not_reached)
    if done.not_reached:
        print("Run it again once they can be reached; it finishes the work.", file=sys.stderr)
    print(f"receipt   {done.receipt}")
    return 1 if done.not_reached else 0


def _sweep(options: argparse.Namespace) -> int:
    from persona_router.content.policies import policy_of, read_policy
    from persona_router.desk.care import CareStore
    from persona_router.desk.database import open_desk_database
    from persona_router.desk.retention import Retention
    from persona_router.handoff.contact import open_contact
    from persona_router.handoff.sqlite import open_queue
    from persona_router.privacy.stores import UNREACHABLE
    from persona_router.privacy.sweep import Sweep

    policy, now = read_policy(policy_of(options.project)), time.time()
    sweep = Sweep(
        state_folder(),
        keep=policy.privacy.keep_days,
        endpoints=options.project / ENDPOINTS,
        unanswered_days=policy.privacy.unanswered_days,
    )
    handoffs = Retention(
        queue=open_queue(),
        care=CareStore(open_desk_database()),
        contact=open_contact(),
        days=policy.desk.keep_closed_days,
    )
    one = sweep.due if options.dry_run else sweep.delete
    kinds: dict[str, Callable[[float], int]] = {
        "handoffs": handoffs.due if options.dry_run else handoffs.delete,
        **{kind: partial(one, kind) for kind in sweep.kinds},
    }
    done = "would be deleted" if options.dry_run else "deleted"
    status = 0
    for kind, count in kinds.items():
        try:
            if not options.dry_run:
                _note(_login(), "old_data_deleted", kind)
            print(f"{kind:<13}  {count(now)} {done}")
        except UNREACHABLE as error:
            _tell_unreached({kind: str(error)})
            status = 1
    return status


def _stores(options: argparse.Namespace) -> "Stores":
    from persona_router.desk.care import CareStore
    from persona_router.desk.database import desk_database
    from persona_router.privacy.stores import Stores
    from persona_router.privacy.tracker import TrackerEvents

    return Stores(
        state_folder(),
        tracker=TrackerEvents(options.project / ENDPOINTS),
        desk=lambda path: CareStore(desk_database(path)),
        even_open=getattr(options, "even_open", False),
    )


def _note(by: str, deed: str, subject: str = "") -> int:
    from persona_router.privacy.audit import COMMAND, open_audit

    return open_audit().note(f"{COMMAND}{by}", deed, subject)


def _nothing(conversation: str) -> int:
    from persona_router.privacy.receipts import receipts_of

    receipts = receipts_of(conversation)
    erased = f" It was erased: {', '.join(map(str, receipts))}." if receipts else ""
    print(f"Nothing is kept of conversation '{conversation}'.{erased}", file=sys.stderr)
    return 1


def _tell_counts(counts: Mapping[str, "Counts"]) -> None:
    for line in _columns(
        (store, f"{number} × {table}")
        for store, tables in counts.items()
        for table, number in tables.items()
    ):
        print(line)


def _tell_unreached(not_reached: Mapping[str, str]) -> None:
    for store, why in not_reached.items():
        print(f"not reached: {store}: {why}", file=sys.stderr)


def _columns(pairs: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(pairs)
    width = max((len(first) for first, _ in rows), default=0)
    return [f"{first:<{width}}  {second}" for first, second in rows]


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return "unknown"
