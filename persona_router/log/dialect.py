"""What the SQL of the routing log says differently in SQLite and in PostgreSQL."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Pieces of statements; those with a `{}` are completed by `format`.

    Everything else is one text for both: `?` and `:name` stand for values.
    """

    place: str
    """The column by which a decision is found fastest."""
    hint: str
    """Names the index that is to be taken, after the table."""
    known: str
    """A column as its index has it, where a row without a value counts least."""
    whole: str
    """The number without what follows the point."""
    at_latest: str
    """A column's value in the row of a group with the greatest `at`, beside `max(at)`."""
    at_earliest: str
    """A column's value in the row of a group with the least `at`, beside `min(at)`."""
    first_reason: str
    """The code of a decision's strongest reason."""
    listed: str
    """The values of a JSON list of texts."""
    matching: str
    """The numbers of profiles that have words as `search` writes them."""
    indexed_words: str
    """The words of a profile, as `words` gives them, for their index."""
    search: Callable[[Sequence[str]], str]
    """Writes that every one of these begins a word; none at all is found nowhere."""
    words: Callable[[str], object]
    """Takes a profile's text apart, or leaves that to the database."""


class Database(Protocol):
    """A connection to a log, of one caller at a time."""

    dialect: Dialect

    def execute(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> Any:
        """Return a cursor; its rows have values by place and by name."""
        ...

    def executemany(self, statement: str, values: Sequence[Sequence[object]]) -> None:
        """Run the statement once for each of the values."""
        ...

    def delete(self, table: str, condition: str, values: Sequence[object]) -> int:
        """Return how many rows are deleted; of what they held nothing stays in free space."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Write all that is done within, or nothing; raises LogUnavailable or Unwritable."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """Read one state of the log all the time; raises LogUnavailable."""
        ...

    def is_simulated(self) -> bool:
        """Return whether the log's customers are simulated."""
        ...

    def mark_simulated(self) -> None:
        """Mark the log as one of simulated customers."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


def _phrases(parts: Sequence[str]) -> str:
    # A search for marks alone has no word, and the empty phrase matches nothing.
    return " AND ".join(f'"{part}"*' for part in parts) or '""'


def _tokens(text: str) -> list[str]:
    """Return the words of a text as SQLite's index has them: lower case, without accents."""
    split = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(char for char in split if unicodedata.category(char) != "Mn")
    return sorted(set(_TOKEN.findall(plain)))


def _prefixes(parts: Sequence[str]) -> str:
    return " & ".join(f"{token}:*" for part in parts for token in _tokens(part))


SQLITE = Dialect(
    place="rowid",
    hint=" INDEXED BY {}",
    known="ifnull({}, -1)",
    whole="cast({} AS INTEGER)",
    # SQLite takes the bare column of the row that max() or min() found.
    at_latest="{}",
    at_earliest="{}",
    first_reason="json_extract(reasons, '$[0].code')",
    listed="SELECT value FROM json_each(?)",
    matching="SELECT rowid FROM profile_words WHERE profile_words MATCH ?",
    indexed_words="?",
    search=_phrases,
    words=lambda text: text,
)
POSTGRESQL = Dialect(
    place="id",
    hint="",
    known="coalesce({}, -1)",
    whole="cast(trunc({}) AS BIGINT)",
    at_latest="(array_agg({} ORDER BY at DESC, turn DESC NULLS LAST))[1]",
    at_earliest="(array_agg({} ORDER BY at, turn NULLS FIRST))[1]",
    first_reason="cast(reasons AS json) -> 0 ->> 'code'",
    listed="SELECT json_array_elements_text(cast(? AS json))",
    matching="SELECT rowid FROM profile_words WHERE words @@ cast(? AS tsquery)",
    # Words come taken apart: PostgreSQL's own parser takes some codes for addresses of hosts.
    indexed_words="array_to_tsvector(?)",
    search=_prefixes,
    words=_tokens,
)
