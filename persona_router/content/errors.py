"""The one error that content readers raise: what people wrote cannot be used as it stands."""

from pathlib import Path


class ContentError(ValueError):
    """A fault in a file that people maintain; its text is one line: file, place, what, remedy.

    `file` is the path as the reader was given it, `place` a key, line or field inside it (may be
    empty), `what` names the offending value, `remedy` says what to do or lists the choices.
    """

    def __init__(self, file: Path | str, place: str, what: str, remedy: str) -> None:
        self.file = str(file)
        self.place = place
        self.what = what
        self.remedy = remedy
        where = f"{self.file}: {place}" if place else self.file
        super().__init__(" ".join(f"{where}: {what} {remedy}".split()))


class ContentWarning(ContentError):
    """A remark on a file that people maintain: something to do soon, which does not fail yet."""
