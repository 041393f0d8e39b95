"""Reads the replies that agents have ready (`data/desk/replies.yml`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from persona_router.content.files import Node, read_yaml
from persona_router.core.locale import canonical_or_none

REPLIES = Path("data", "desk", "replies.yml")
AGENT = "{agent}"
LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class ReadyReply:
    """One reply: its title for agents and its words for customers, both by locale."""

    id: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]

    def text(self, chain: Sequence[str]) -> str | None:
        """Return the words in the first locale of `chain` that has any, or None."""
        return next((self.texts[locale] for locale in chain if locale in self.texts), None)

    def title(self, chain: Sequence[str]) -> str:
        """Return the title in the first locale of `chain` that has one, else the id, readable."""
        found = (self.titles[locale] for locale in chain if locale in self.titles)
        return next(found, self.id.replace("_", " "))


def read_replies(project: Path) -> tuple[ReadyReply, ...]:
    """Return the replies of the assistant in `project`; none if it has no file of them.

    `{agent}` in a text stands for the name of whoever uses it. Raises ContentError.
    """
    path = project / REPLIES
    if not path.exists():
        return ()
    top = read_yaml(path)
    return tuple(_reply(id, top.node(id)) for id in top.values)


def _reply(id: str, node: Node) -> ReadyReply:
    node.only("title", "text")
    texts = _by_locale(node.node("text"))
    if not texts:
        raise node.fault("text", "It has no text.", "Write one at least, such as 'en: …'.")
    return ReadyReply(id=id, titles=_by_locale(node.node("title", optional=True)), texts=texts)


def _by_locale(node: Node) -> Mapping[str, str]:
    found = {}
    for tag in node.values:
        locale = canonical_or_none(tag)
        if locale is None:
            raise node.fault(tag, f"'{tag}' is no language tag.", "Write one such as de or pt-BR.")
        text = node.get(tag, str).strip()
        if not text or len(text) > LONGEST:
            raise node.fault(tag, "It is empty or too long.", f"Write 1 to {LONGEST} characters.")
        if text.replace(AGENT, "").count("{") or text.replace(AGENT, "").count("}"):
            what = "It holds braces that are no placeholder."
            raise node.fault(tag, what, f"The only placeholder is {AGENT}.")
        found[locale] = text
    return found
