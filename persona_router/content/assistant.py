"""Everything that routing needs of an assistant's content, read and validated at once."""

from dataclasses import dataclass, replace
from pathlib import Path

from persona_router.content.compared_policy import compared_file, read_compared
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
    """A routing policy, the personas that it ranks for, and the phrase lists of its languages.

    `compared` is another policy that leads a share of the conversations, None where none does.
    """

    policy: Policy
    personas: tuple[Persona, ...]
    lexicons: dict[str, Lexicon]
    compared: Policy | None = None

    def lexicon(self, locale: str) -> Lexicon:
        """Return the phrase lists of a locale's language; empty ones for an unknown language."""
        language = locale.partition("-")[0]
        return self.lexicons.get(language) or Lexicon(language=language)

    def taught(self, learned: Learned | None) -> "Assistant":
        """Return the assistant with what conversations taught in place of what its cards state."""
        if learned is None:
            return self
        policy, compared = self.policy, self.compared
        return replace(
            self,
            policy=replace(policy, evidence=learned.params(policy.evidence)),
            personas=learned.personas(self.personas),
            compared=compared and replace(compared, evidence=learned.params(compared.evidence)),
        )

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
    compared: Path | None = None,
) -> Assistant:
    """Return the content at the given places. Raises ContentError at the first fault.

    `compared` is the file of the policy that is compared, where it is not the one that `policy`
    names; it is read only while it leads a share of the conversations.
    """
    read = read_policy(policy)
    signals = load_signals()
    cards = read_personas(personas, routes=read.routes, signals=signals)
    lexicons = read_lexicons(read.languages, own=lexicon)
    file = (compared or compared_file(policy, read)) if read.comparison.share else None
    other = read_compared(file, read, beside=policy) if file else None
    return Assistant(read, cards, lexicons, other)
