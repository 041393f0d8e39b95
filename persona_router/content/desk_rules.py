"""Reads what the routing policy says about the desk (`desk` of `data/routing.yml`)."""

from persona_router.content.files import Node
from persona_router.core.desk_rules import PRIORITIES, DeskRules
from persona_router.core.figures import FigureRules

LONGEST = 7 * 24 * 3600
MOST_DAYS = 3650


def read_desk_rules(node: Node) -> DeskRules:
    """Return the rules in `node`, the usual ones where it has none. Raises ContentError."""
    node.only(
        "answer_within",
        "priorities",
        "skills",
        "give_up_after",
        "away_after",
        "keep_closed_days",
        "figures",
    )
    usual = DeskRules()
    within = node.node("answer_within", optional=True)
    within.only(*usual.answer_within)
    ranked = node.node("priorities", optional=True)
    for reason in ranked.values:
        word = ranked.get(reason, str)
        if word not in PRIORITIES:
            what = f"'{word}' is no priority."
            raise ranked.fault(reason, what, f"Choose from {', '.join(PRIORITIES)}.")
    skills = node.node("skills", optional=True)
    return DeskRules(
        answer_within={
            kind: within.count(kind, seconds, 1, LONGEST)
            for kind, seconds in usual.answer_within.items()
        },
        priorities={reason: ranked.get(reason, str) for reason in ranked.values},
        skills={skill: frozenset(skills.texts(skill)) for skill in skills.values},
        give_up_after=node.count("give_up_after", usual.give_up_after, 30, LONGEST),
        # Browsers let pages in the background speak once a minute only.
        away_after=node.count("away_after", usual.away_after, 70, LONGEST),
        keep_closed_days=node.count("keep_closed_days", usual.keep_closed_days, 1, MOST_DAYS),
        figures=_figure_rules(node.node("figures", optional=True)),
    )


def _figure_rules(node: Node) -> FigureRules:
    node.only("minimum", "little_used", "mediocre_below")
    usual = FigureRules()
    return FigureRules(
        minimum=node.count("minimum", usual.minimum, 1, 100_000),
        little_used=node.share("little_used", usual.little_used),
        mediocre_below=node.share("mediocre_below", usual.mediocre_below),
    )
