"""Composes what a customer reads: the text, the article or number it speaks of, and the buttons."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from persona_router.core.feedback import HELPED, NOT_HELPED
from persona_router.core.persona import PASSAGE, SHORT
from persona_router.core.policy import Policy
from persona_router.core.turn import ASIDES, MORE
from persona_router.reply.article import article_answer, is_shortened
from persona_router.reply.formats import (
    date_text,
    hours_text,
    language_name,
    opening_text,
    phone_link,
)
from persona_router.reply.preference import remembered, remembered_lines, told_reasons
from persona_router.reply.texts import Response, Texts, fill

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_REASONS_TOLD = 2
_ARTICLE = "utter_article"
_VERDICTS = (HELPED, NOT_HELPED)
CALLBACK_QUESTION = "utter_ask_callback_time"


@dataclass(frozen=True)
class Situation:
    """What a reply may speak of: the decision of the turn, the articles found, the customer's zone.

    `decision` is a decision as JSON, `hits` are articles as JSON, best first; `slots` are buttons
    for the free times of a callback, in place of those of the question for it.
    """

    chain: tuple[str, ...]
    at: datetime
    decision: Mapping[str, Any] = _NOTHING
    hits: Sequence[Mapping[str, Any]] = ()
    zone: str | None = None
    with_person: bool = False
    in_form: bool = False
    slots: Sequence[Mapping[str, str]] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    @property
    def locale(self) -> str:
        """The customer's locale: the first of the chain."""
        return self.chain[0]

    @property
    def answers(self) -> str:
        """How much of an article is shown: one of `core.persona.ANSWERS`."""
        return str(self.decision.get("answers") or PASSAGE)

    @property
    def asks_verdict(self) -> bool:
        """Whether there is an article to ask "did this help?" about, and a decision to keep it."""
        return bool(self.hits) and bool(self.decision.get("id"))


@dataclass(frozen=True)
class Reply:
    """A finished reply: Markdown, buttons of title and payload, and the locale it is written in.

    `remember` is what the customer's browser is to keep from now on: `preferred`, a route or None,
    and `corrected`; None leaves it as it is.
    """

    text: str
    buttons: tuple[Mapping[str, str], ...]
    locale: str
    remember: Mapping[str, Any] | None = None


class Composer:
    """Composes replies from texts and the routing policy."""

    def __init__(self, texts: Texts, policy: Policy, *, article_url: str) -> None:
        self._texts = texts
        self._policy = policy
        self._article_url = article_url
        actions = policy.actions
        self._special: Mapping[str, Callable[[Situation, Response], str]] = {
            actions["why"]: self._why,
            actions["remember"]: self._remembered,
            actions["closed"]: self._closed,
            actions["unsupported_language"]: self._unsupported,
            _ARTICLE: self._article,
            actions[MORE]: self._article,
            "utter_offer_phone": self._phone,
        }

    def compose(self, name: str, situation: Situation) -> Reply | None:
        """Return the reply called `name`; None if no locale of the chain has it."""
        found = self._texts.response(name, situation.chain)
        if found is None:
            return None
        locale, response = found
        special = self._special.get(name)
        text = special(situation, response) if special else _filled(response, situation)
        buttons = self._buttons(name, response, situation)
        return Reply(text, buttons, locale, self._to_remember(name, situation))

    def _phrase(self, key: str, situation: Situation, **values: object) -> str:
        return self._texts.phrase(key, situation.chain, **values) or ""

    def _buttons(
        self, name: str, response: Response, situation: Situation
    ) -> tuple[Mapping[str, str], ...]:
        """Return the reply's own buttons, then the alternatives, then those about the choice."""
        slots = situation.slots if name == CALLBACK_QUESTION else ()
        own: list[Mapping[str, str]] = [*slots] or [
            {key: fill(value, situation.values) for key, value in button.items()}
            for button in response.buttons
        ]
        if name == self._policy.actions["unsupported_language"]:
            own += [
                {"title": language_name(code, code), "payload": f"language:{code}"}
                for code in self._policy.languages
            ]
        if name in (self._policy.actions[HELPED], self._policy.actions[NOT_HELPED]):
            return tuple(own)  # what comes next brings its own, or the matter is settled
        decision = situation.decision
        if name in (_ARTICLE, self._policy.actions[MORE]) and situation.asks_verdict:
            if situation.answers == SHORT and is_shortened(situation.hits[0]):
                own.append(self._button(MORE, MORE, situation))
            asked = decision["id"]
            own += [self._button(kind, f"{kind}:{asked}", situation) for kind in _VERDICTS]
        memory = [self._button(kind, kind, situation) for kind in decision.get("memory", ())]
        if situation.with_person:
            return (*own, self._button("resume", "resume", situation), *memory)
        offered = [] if decision.get("error") else [*decision.get("alternatives", ())]
        open_questions = ("not_understood", "unsupported_language", "correct")
        lost = name in [self._policy.actions[kind] for kind in open_questions]
        carried_out = decision.get("plan") and not lost
        closed = [entry["route"] for entry in decision.get("closed", ())]
        unspent = decision.get("route") and not carried_out and not situation.in_form
        if unspent and decision["route"] not in closed:
            offered.insert(0, decision["route"])
        own += [self._route_button(route, situation) for route in offered]
        if name == self._policy.actions["why"] and "persona" in self._told(situation).values():
            own.append(self._button("correct", "correct", situation))
        own += memory
        if decision.get("plan") and decision.get("reasons") and not self._is_aside(name):
            own.append(self._button("why", "why", situation))
        if situation.in_form:
            own.append(self._button("stop", "stop", situation))
        seen: dict[str, Mapping[str, str]] = {}
        for button in own:
            if button["title"]:
                seen.setdefault(button["payload"], button)
        return tuple(seen.values())

    def _button(self, key: str, payload: str, situation: Situation) -> Mapping[str, str]:
        return {"title": self._phrase(f"button_{key}", situation), "payload": payload}

    def _route_button(self, route: str, situation: Situation) -> Mapping[str, str]:
        button = self._button(f"route_{route}", f"route:{route}", situation)
        if route not in situation.decision.get("speaking", ()):
            return button
        spoken = situation.decision["spoken"]
        return {**button, "title": f"{button['title']} · {language_name(spoken, spoken)}"}

    def _unsupported(self, situation: Situation, response: Response) -> str:
        text = _filled(response, situation)
        if not situation.decision.get("speaking"):
            return text
        name = language_name(situation.decision["spoken"], situation.locale)
        return f"{text} {self._phrase('colleagues_speak', situation, language=name)}"

    def _article(self, situation: Situation, response: Response) -> str:
        if not situation.hits:
            return self._phrase("article_none", situation)
        hit = situation.hits[0]
        label = ""
        if hit["fallback"]:
            name = language_name(hit["locale"], situation.locale)
            label = self._phrase("article_fallback", situation, language=name) + "\n\n"
        article = _filled(
            response,
            situation,
            passage=article_answer(hit, situation.answers, article_url=self._article_url),
            title=hit["title"],
            url=fill(self._article_url, {"locale": hit["locale"], "id": hit["article"]}),
            updated=date_text(hit["updated"], situation.locale),
        )
        question = self._phrase("ask_helped", situation) if situation.asks_verdict else ""
        return f"{label}{article}\n\n{question}".rstrip()

    def _phone(self, situation: Situation, response: Response) -> str:
        phone = self._policy.routes.get("phone")
        decision = situation.decision
        spoken = decision["spoken"] if "phone" in decision.get("speaking", ()) else None
        locale, concern = spoken or situation.locale, decision.get("concern")
        service = phone.service_for(locale, concern) if phone else None
        hours = service.hours if service else None
        return _filled(
            response,
            situation,
            number=phone_link(service.number if service else None),
            hours=hours_text(hours, situation.at, situation.zone, situation.locale),
        )

    def _closed(self, situation: Situation, response: Response) -> str:
        return _filled(response, situation, closed=_listed(self._closed_lines(situation)))

    def _closed_lines(self, situation: Situation) -> list[str]:
        lines = []
        for closed in situation.decision.get("closed", ()):
            name = self._phrase(f"route_{closed['route']}", situation)
            opens = opening_text(closed["opens"], situation.zone, situation.locale)
            key = "closed_route" if opens else "closed_route_unknown"
            lines.append(self._phrase(key, situation, route=name, opens=opens))
        return lines

    def _why(self, situation: Situation, response: Response) -> str:
        return _filled(response, situation, reasons=_listed(self._told(situation)))

    def _told(self, situation: Situation) -> Mapping[str, str]:
        phrase = partial(self._phrase, situation=situation)
        return told_reasons(
            situation.decision, phrase, zone=situation.zone, locale=situation.locale
        )

    def _remembered(self, situation: Situation, response: Response) -> str:
        phrase = partial(self._phrase, situation=situation)
        return _filled(
            response,
            situation,
            remembered=_listed(remembered_lines(situation.decision, phrase)),
            why=phrase("button_why"),
            forget=phrase("button_forget"),
        )

    def _to_remember(self, name: str, situation: Situation) -> Mapping[str, Any] | None:
        """Return what the browser is to keep; None unless the customer asked for that just now."""
        actions = self._policy.actions
        if name not in situation.decision.get("plan", ()):
            return None
        if name == actions["remember"]:
            return remembered(situation.decision)
        return remembered({}) if name == actions["forget"] else None

    def _is_aside(self, name: str) -> bool:
        return name in [self._policy.actions[kind] for kind in ASIDES]


def _filled(response: Response, situation: Situation, **values: object) -> str:
    """Return the reply's text filled in one pass, with what it speaks of over the slots."""
    return fill(response.text, {**situation.values, **values})


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
