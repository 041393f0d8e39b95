"""What all stores hold of one conversation: found, or deleted with a receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from persona_router.privacy.receipts import begin_receipt, write_receipt
from persona_router.privacy.stores import UNREACHABLE, Counts, Found, Store


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found, by store; `not_reached` says why, by store."""

    found: Mapping[str, Found]
    not_reached: Mapping[str, str]

    @property
    def counts(self) -> Mapping[str, Counts]:
        """How many rows there are by store and table, without those of which there are none."""
        counted = {
            store: {table: len(rows) for table, rows in tables.items() if rows}
            for store, tables in self.found.items()
        }
        return {store: tables for store, tables in counted.items() if tables}

    @property
    def rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """All rows by table."""
        return {table: rows for tables in self.found.values() for table, rows in tables.items()}


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What was deleted, in rows by store and table, and where the receipt is."""

    deleted: Mapping[str, Counts]
    not_reached: Mapping[str, str]
    receipt: Path


def find(stores: Sequence[Store], conversation: str) -> Finding:
    """Return what the stores hold of the conversation, however many of them can be read."""
    found: dict[str, Found] = {}
    not_reached: dict[str, str] = {}
    for store in stores:
        try:
            found[store.name] = store.find(conversation)
        except UNREACHABLE as error:
            not_reached[store.name] = str(error)
    return Finding(found=found, not_reached=not_reached)


def erase(stores: Sequence[Store], conversation: str, *, by: str, now: float) -> Erasure:
    """Return what was deleted of the conversation; each store is emptied in one transaction.

    A store that cannot be reached keeps what it has, and the others are emptied nevertheless: the
    next erasure finishes the work. `now` is in Unix seconds. Raises OSError where no receipt can be
    written: one that is not `complete` is there before anything is deleted, or nothing is.
    """
    receipt = begin_receipt(conversation, by=by, now=now)
    write_receipt(receipt)
    deleted: dict[str, Counts] = {}
    not_reached: dict[str, str] = {}
    for store in stores:
        missing = [name for name in store.waits_for if name in not_reached]
        if missing:
            why = f"Kept for now: what {' and '.join(missing)} holds is found by it."
            not_reached[store.name] = why
            continue
        try:
            counts = store.forget(conversation)
        except UNREACHABLE as error:
            not_reached[store.name] = str(error)
            continue
        if any(counts.values()):
            deleted[store.name] = {table: number for table, number in counts.items() if number}
    done = replace(receipt, deleted=deleted, not_reached=not_reached, complete=not not_reached)
    return Erasure(deleted=deleted, not_reached=not_reached, receipt=write_receipt(done))
