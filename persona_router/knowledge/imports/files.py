"""Files of an export: which there are, their bytes within bounds, and their text."""

import codecs
import json
import re
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Any

from persona_router.content.errors import ContentError

LARGEST = 50_000_000
"""Bytes of one file: it is held in memory several times over."""
MOST_FILES = 50_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OFFICE = "cp1252"
# What is declared as these is what office programs and browsers write and read in their place.
_MEANT = {"iso8859-1": _OFFICE, "ascii": _OFFICE}


def files_below(path: Path, suffixes: Collection[str]) -> tuple[Path, ...]:
    """Return `path` itself if it is a file, else the files below it with one of `suffixes`.

    In order of their names; hidden ones are left out. Raises ContentError when there is nothing,
    or more than `MOST_FILES`.
    """
    if path.is_file():
        return (path,)
    if not path.is_dir():
        raise ContentError(path, "", "There is no such file or folder.", "Name what to import.")
    found = sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in suffixes
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and file.is_file()
    )
    if not found:
        kinds = " or ".join(sorted(suffixes))
        raise ContentError(
            path, "", f"It holds no {kinds} files.", "Name the folder of the export."
        )
    if len(found) > MOST_FILES:
        what = f"It holds more than {MOST_FILES:,} files."
        raise ContentError(path, "", what, "Import it in parts.")
    return tuple(found)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file. Raises ContentError if it is unreadable or too large."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ContentError(path, "", "It is no plain file.", "Name a file of the export.")
        if status.st_size > LARGEST:
            what = f"It has {status.st_size:,} bytes."
            raise ContentError(path, "", what, f"Split it: at most {LARGEST:,} are read.")
        return path.read_bytes()
    except OSError as error:
        what = f"It cannot be read ({error.strerror})."
        raise ContentError(path, "", what, "Make it a readable file.") from error


def decoded(path: Path, data: bytes, *, declared: str = "") -> tuple[str, str]:
    """Return the text of a file and the encoding in which it was read.

    A byte order mark decides, then the encoding that is `declared`; else it is UTF-8, UTF-16 by
    the look of it, or the one of Western office programs. Raises ContentError if none of them fits.
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return _decode(path, data, marked), marked
    if declared:
        return _decode(path, data, declared), declared
    for name in (*_utf16(data), "utf-8"):  # zeros are UTF-8 as well
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    return _decode(path, data, _OFFICE), _OFFICE


def known_encoding(name: str) -> str | None:
    """Return the encoding that is meant by a name, None if there is no such."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)  # some codecs turn bytes into bytes and are no encodings
    except (LookupError, TypeError, ValueError):
        return None
    return _MEANT.get(found, found)


def read_json(path: Path) -> Any:
    """Return what a JSON file holds. Raises ContentError if it is none."""
    text, _ = decoded(path, read_bytes(path))
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        remedy = "Export it again, or mend it."
        raise ContentError(path, place, f"It is no JSON ({error.msg}).", remedy) from error
    except RecursionError as error:
        raise ContentError(path, "", "It is nested too deeply.", "Export it again.") from error


def _decode(path: Path, data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        what = f"Byte {error.start} is not {name}."
        remedy = "Save it as UTF-8, or name what it is with --encoding."
        raise ContentError(path, "", what, remedy) from error


def _utf16(data: bytes) -> tuple[str, ...]:
    """Return the forms of UTF-16 that a text without a mark looks like: every other byte is 0."""
    sample = data[:1000]
    if len(data) % 2 or not re.search(rb"\x00", sample):
        return ()
    return ("utf-16-le",) if sample[1::2].count(0) > sample[::2].count(0) else ("utf-16-be",)
