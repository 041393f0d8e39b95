"""The tables of an index that hold the words of its passages, two for each language (FTS5)."""

import re
import sqlite3

from persona_router.knowledge.prepared import PreparedPassage

_LANGUAGE = re.compile(r"[a-z]{2,8}")


def word_tables(language: str) -> tuple[str, str]:
    """Return the names of the tables that hold the words and word parts of a language's passages.

    Raises `ValueError` for anything but a language subtag, since the names stand in statements.
    """
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f"'{language}' is not a language subtag.")
    return f"words_{language}", f"parts_{language}"


def write_words(
    new: sqlite3.Connection, number: int, language: str, passage: PreparedPassage
) -> None:
    """Return nothing; the words and word parts of one passage are in its language's tables."""
    for table, terms in zip(word_tables(language), (passage.words, passage.parts), strict=True):
        new.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5 (title, heading, text, "
            "content='', tokenize=\"unicode61 remove_diacritics 2 tokenchars '_'\")"
        )
        new.execute(
            f"INSERT INTO {table} (rowid, title, heading, text) VALUES (?, ?, ?, ?)",
            (number, *(" ".join(column) for column in terms)),
        )


def count_terms(new: sqlite3.Connection, table: str) -> None:
    """Return nothing; `term` has in how many passages each word of the table is."""
    # FTS5's own view of its vocabulary counts anew at every look-up, which takes most of a search.
    new.execute(f"CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, {table}, 'row')")
    new.execute("INSERT INTO term SELECT ?, term, doc FROM temp.vocabulary", (table,))
    new.execute("DROP TABLE temp.vocabulary")
