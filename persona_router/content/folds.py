"""The folds of cross-validation over labelled conversations, the same wherever one is made."""

from collections.abc import Sequence

FOLDS = 10


def folds(labels: Sequence[str | None]) -> list[int]:
    """Return a fold, 0 to `FOLDS` - 1, for each label; each label is spread evenly over them."""
    seen: dict[str | None, int] = {}
    found = []
    for label in labels:
        seen[label] = seen.get(label, -1) + 1
        found.append(seen[label] % FOLDS)
    return found
