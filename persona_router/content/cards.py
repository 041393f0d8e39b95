"""Reads whole persona cards, with the sentences and the evidence that routing does not need."""

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from persona_router.content.errors import ContentError
from persona_router.content.files import Node, read_yaml
from persona_router.content.personas import persona_cards, read_persona
from persona_router.core.card import SECTIONS, Card, Finding, RouteStatements, Statement
from persona_router.core.locale import canonical

STATEMENT_KEYS = ("says", "evidence")
FINDING_KEYS = (
    "signal", "route", "device", "source", "date", "sample", "method", "illustrative",
)  # fmt: skip
COUNTED = ("signal", "route", "device")
"""Keys of a finding that name what is counted in labelled conversations; at most one is used."""


def read_cards(
    folder: Path, *, routes: Collection[str], signals: Collection[str]
) -> tuple[Card, ...]:
    """Return the cards of `folder` by id. Raises ContentError naming file, value and choices."""
    return tuple(read_card(card, routes=routes, signals=signals) for card in persona_cards(folder))


def read_card(path: Path, *, routes: Collection[str], signals: Collection[str]) -> Card:
    """Return one whole card. Raises ContentError naming file, value and choices.

    Stricter than `read_persona`, which an assistant starts with: every part of a card that people
    need must be there. Whether the statements rest on evidence is for `card_faults` to say.
    """
    persona = read_persona(path, routes=routes, signals=signals)
    top = read_yaml(path)
    found = top.node("evidence", optional=True)
    return Card(
        persona=persona,
        biography=_statement(top, "biography"),
        sections={name: _statements(top, name) for name in SECTIONS},
        routes=tuple(
            RouteStatements(
                route=node.get("route", str),
                succeeds=_statement(node, "succeeds"),
                fails=_statement(node, "fails"),
            )
            for node in top.nodes("routes")
        ),
        languages=tuple(_tag(top, "languages", tag) for tag in top.texts("languages")),
        owner=top.get("owner", str),
        reviewed=read_date(top, "reviewed"),
        review_due=read_date(top, "review_due"),
        findings={
            id_: _finding(found.node(id_), routes=routes, signals=signals) for id_ in found.values
        },
        written_in=(
            _tag(top, "written_in", top.get("written_in", str))
            if "written_in" in top.values
            else None
        ),
        picture=top.maybe("picture"),
    )


def read_date(node: Node, key: str) -> date:
    """Return the date at `key`. Raises ContentError if it is missing or no date."""
    value = node.values.get(key)
    remedy = "Write a date such as 2026-11-22."
    if value is None:
        raise node.fault(key, "It is missing.", remedy)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise node.fault(key, f"'{value}' is no date.", remedy) from error


def counted(finding: Node) -> tuple[str, str] | None:
    """Return what a finding counts, such as ("signal", "narrative"); None if people judged.

    Raises ContentError if it names more than one thing.
    """
    named = [key for key in COUNTED if key in finding.values]
    if len(named) > 1:
        remedy = "Write one entry for each."
        raise finding.fault(named[1], f"It counts {' and '.join(named)} at once.", remedy)
    return (named[0], finding.get(named[0], str)) if named else None


def _finding(node: Node, *, routes: Collection[str], signals: Collection[str]) -> Finding:
    node.only(*FINDING_KEYS)
    kind, name = counted(node) or (None, "")
    for wanted, known in (("signal", signals), ("route", routes)):
        if kind == wanted and name not in known:
            choices = f"Known: {', '.join(sorted(known))}."
            raise node.fault(wanted, f"Unknown {wanted} '{name}'.", choices)
    sample = node.get("sample", int)
    if sample < 1:
        raise node.fault("sample", f"{sample} is no sample size.", "Write how many were looked at.")
    return Finding(
        source=_text(node, "source"),
        date=read_date(node, "date"),
        sample=sample,
        method=_text(node, "method"),
        illustrative=node.get("illustrative", bool, False),
        signal=name if kind == "signal" else None,
        route=name if kind == "route" else None,
        device=name if kind == "device" else None,
    )


def _statements(top: Node, key: str) -> tuple[Statement, ...]:
    listed = top.get(key, list)
    if not listed:
        raise top.fault(key, "It is empty.", "Write at least one statement.")
    entries = Node(top.file, "", {f"{key}[{n}]": value for n, value in enumerate(listed, start=1)})
    return tuple(_statement(entries, place) for place in entries.values)


def _statement(node: Node, key: str) -> Statement:
    place = f"{node.place}.{key}" if node.place else key
    if not isinstance(node.values.get(key), dict):
        return Statement(says=_text(node, key), place=place)
    entry = node.node(key)
    entry.only(*STATEMENT_KEYS)
    return Statement(
        says=_text(entry, "says"),
        evidence=entry.texts("evidence", []),
        place=place,
    )


def _text(node: Node, key: str) -> str:
    text = node.get(key, str)
    if not text.strip():
        raise node.fault(key, "It is empty.", "Write text here.")
    return " ".join(text.split())


def _tag(top: Node, key: str, tag: str) -> str:
    try:
        return canonical(tag)
    except ValueError as error:
        remedy = "Write a BCP 47 tag such as de-AT."
        raise ContentError(top.file, key, f"'{tag}' is no locale.", remedy) from error
