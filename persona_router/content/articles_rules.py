"""Reads what the routing policy demands of articles (`articles` of `data/routing.yml`)."""

from persona_router.content.files import Node
from persona_router.core.policy import ArticleRules


def read_article_rules(node: Node) -> ArticleRules:
    """Return the rules in `node`, the usual ones where it has none. Raises ContentError."""
    node.only(
        "foreign_from", "foreign_words", "local", "reached_within", "same_meaning", "same_words",
        "translation_grace_days",
    )  # fmt: skip
    usual = ArticleRules()
    return ArticleRules(
        foreign_from=node.share("foreign_from", usual.foreign_from),
        foreign_words=node.count("foreign_words", usual.foreign_words, 1, 100),
        local=frozenset(node.texts("local", sorted(usual.local))),
        reached_within=node.count("reached_within", usual.reached_within, 1, 20),
        same_meaning=node.share("same_meaning", usual.same_meaning),
        same_words=node.share("same_words", usual.same_words),
        translation_grace_days=node.count(
            "translation_grace_days", usual.translation_grace_days, 0, 366
        ),
    )
