"""Everything that routing needs of an assistant's content, read and validated at once."""

from dataclasses import dataclass, replace
from pathlib import Path

from persona_router.content.lexicons import read_lexicons
from persona_router.content.personas import DEFAULT_PERSONAS, read_personas
from persona_router.content.plugins import load_signals
from persona_router.content.policies import DEFAULT_POLICY, read_policy
from persona_router.core.learned import Learned
from persona_router.core.lexicon import Lexicon
from persona_router.core.persona import Persona
from persona_router.core.policy import Policy


@dataclass(frozen=True)
class Assistant:
    """A routing policy, the personas that it ranks for, and the phrase lists of its languages."""

    policy: Policy
    personas: tuple[Persona, ...]
    lexicons: dict[str, Lexicon]

    def lexicon(self, locale: str) -> Lexicon:
        """Return the phrase lists of a locale's language; empty ones for an unknown language."""
        language = locale.partition("-")[0]
        return self.lexicons.get(language) or Lexicon(language=language)

    def taught(self, learned: Learned | None) -> "Assistant":
        """Return the assistant with what conversations taught in place of what its cards state."""
        if learned is None:
            return self
        policy = replace(self.policy, evidence=learned.params(self.policy.evidence))
        return replace(self, policy=policy, personas=learned.personas(self.personas))

    def warm(self) -> None:
        """Compile all phrase lists, so that no customer waits for it."""
        for lexicon in self.lexicons.values():
            for category in lexicon.patterns:
                lexicon.says(category, "")


def read_assistant(
    *,
    policy: Path = DEFAULT_POLICY,
    personas: Path = DEFAULT_PERSONAS,
    lexicon: Path | None = None,
) -> Assistant:
    """Return the content at the given places. Raises ContentError at the first fault."""
    read = read_policy(policy)
    signals = load_signals()
    cards = read_personas(personas, routes=read.routes, signals=signals)
    return Assistant(read, cards, read_lexicons(read.languages, own=lexicon))
