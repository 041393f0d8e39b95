"""Receipts of erasures: what was deleted when and by whom, without naming of whom."""

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from persona_router.state import state_folder

FOLDER = "receipts"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What came of an erasure.

    `at` is ISO 8601 in UTC. `sha256` is the digest of `salt` followed by the conversation's id, in
    UTF-8: whoever knows the id can check it, and nobody can read it off. `deleted` counts rows by
    store and table; `not_reached` says why, by store. `complete` is false until the end, and
    remains so where a store was not reached.
    """

    id: str
    at: str
    by: str
    salt: str
    sha256: str
    deleted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    not_reached: Mapping[str, str] = field(default_factory=dict)
    complete: bool = False

    def is_of(self, conversation: str) -> bool:
        """Return whether it is about this conversation."""
        return self.sha256 == _digest(self.salt, conversation)


def begin_receipt(conversation: str, *, by: str, now: float) -> Receipt:
    """Return a receipt of an erasure that begins; `now` is in Unix seconds."""
    salt = secrets.token_hex(16)
    return Receipt(
        id=secrets.token_hex(8),
        at=datetime.fromtimestamp(now, timezone.utc).isoformat(timespec="seconds"),
        by=by,
        salt=salt,
        sha256=_digest(salt, conversation),
    )


def write_receipt(receipt: Receipt) -> Path:
    """Return the file in the state folder that now holds the receipt, with mode 0600.

    Raises OSError.
    """
    folder = state_folder() / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{receipt.at[:10]}-{receipt.id}.json"
    write_private(path, json.dumps(asdict(receipt), indent=2, ensure_ascii=False) + "\n")
    return path


def receipts_of(conversation: str) -> tuple[Path, ...]:
    """Return the receipts of the conversation, oldest first; files that are none are passed over.

    Raises OSError.
    """
    found = []
    for path in (state_folder() / FOLDER).glob("*.json"):
        try:
            receipt = Receipt(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            continue
        if receipt.is_of(conversation):
            found.append((receipt.at, path))
    return tuple(path for _, path in sorted(found))


def write_private(path: Path, text: str) -> None:
    """Write a file that appears whole, with mode 0600, in the place of any of that name.

    Raises OSError.
    """
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _digest(salt: str, conversation: str) -> str:
    return hashlib.sha256((salt + conversation).encode("utf-8", "replace")).hexdigest()
