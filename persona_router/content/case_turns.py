"""The turns of a labelled conversation as signals see them, without a trained model."""

from collections.abc import Mapping

from persona_router.content.examples import Case
from persona_router.core.lexicon import Lexicon
from persona_router.core.policy import Policy
from persona_router.core.text import MAX_CHARACTERS, fold
from persona_router.core.turn import Turn, parse_payload


def case_turns(case: Case, *, lexicons: Mapping[str, Lexicon], policy: Policy) -> tuple[Turn, ...]:
    """Return the turns of `case` in order; what only a model finds in them, such as intents, lacks.

    `lexicons` are phrase lists by language; without one, signals that need it are absent.
    """
    turns: list[Turn] = []
    typed: list[str] = []
    for number, said in enumerate(case.turns, start=1):
        turns.append(
            Turn(
                text=said.text[:MAX_CHARACTERS],
                lexicon=lexicons.get(case.language) or Lexicon(language=case.language),
                metadata=said.metadata,
                payload=parse_payload(said.metadata.payload),
                locale=case.language,
                number=number,
                typing=policy.typing(said.metadata.device),
                earlier=tuple(typed),
                reading_pages=policy.reading_pages,
            )
        )
        if not said.metadata.clicked:
            typed.append(fold(said.text))
    return tuple(turns)
