"""What search asks of a stored index, whatever keeps it: a file or a database server."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from persona_router.knowledge.vectors import Floats, Numbers
from persona_router.knowledge.views import Entry
from persona_router.knowledge.weights import Columns


class IndexUnavailable(Exception):
    """The index cannot be read or written now; the text is one line for the log, without secrets.

    What failed may work again at the next attempt.
    """


class PassageText(NamedTuple):
    """A passage: the path of headings above it, its Markdown, and its stems (`stems_of`)."""

    heading: str
    markdown: str
    stems: str


class IndexReader(Protocol):
    """A stored index whose content does not change under its reader, from any thread.

    Passages are numbered from 0 in the order of the articles. `table` is one of `word_tables`.
    Every method raises `IndexUnavailable` or `sqlite3.Error` when the store fails.
    """

    def entries(self) -> list[Entry]:
        """Return the articles in order."""

    def owners(self) -> Numbers:
        """Return the number of each passage's article, ascending."""

    def about(self) -> Floats:
        """Return a unit vector of each article, shape (articles, dimensions)."""

    def sentences(self) -> tuple[Floats, Numbers]:
        """Return the vectors of all passages, and where those of each end (`PassageVectors`)."""

    def counts(self, table: str, terms: Collection[str]) -> Mapping[str, int]:
        """Return in how many passages of the table each term is, without terms that are in none."""

    def scores(
        self, table: str, rarity: Mapping[str, float], *, columns: Columns, limit: int | None
    ) -> Sequence[tuple[int, float]]:
        """Return passages with any of the terms and their BM25, highest first, `limit` at most.

        `rarity` has the terms with their weights, as BM25 has them.
        """

    def texts(self, passages: Sequence[int]) -> dict[int, PassageText]:
        """Return the texts of passages, by number."""

    def under_heading(self, passage: int, first: int, end: int) -> list[tuple[int, str]]:
        """Return number and Markdown of the passages from `first` before `end`, in order.

        Only those count that have the same heading as `passage`.
        """

    def close(self) -> None:
        """Return nothing; nothing can be read afterwards."""
