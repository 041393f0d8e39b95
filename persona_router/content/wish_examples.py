"""Reads what customers say when they wish for a person or refuse something, by language."""

from collections.abc import Collection
from pathlib import Path

from persona_router.content.errors import ContentError
from persona_router.content.files import read_yaml
from persona_router.core.meaning import NONE, REFUSE, WISH
from persona_router.core.wishes import PERSON


def read_wish_examples(folder: Path, *, routes: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return (label, sentence) of every example in the files `<language>.yml` of `folder`.

    Labels are `none`, and `wish_` or `refuse_` with a route or "person". Raises ContentError for a
    folder without files, an unknown label or an example that is no text.
    """
    files = sorted(folder.glob("*.yml")) if folder.is_dir() else []
    if not files:
        raise ContentError(folder, "", "It holds no examples (*.yml).", "Write one a language.")
    known = [NONE, *(kind + name for kind in (WISH, REFUSE) for name in (PERSON, *routes))]
    examples = []
    for file in files:
        top = read_yaml(file)
        for label in top.values:
            if label not in known:
                raise top.fault(label, f"Unknown label '{label}'.", f"Known: {', '.join(known)}.")
            examples += [(label, sentence) for sentence in top.texts(label)]
    return tuple(examples)
