"""Composes what a customer reads: the text, and the article or number it speaks of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from persona_router.core.policy import Policy
from persona_router.core.turn import MORE
from persona_router.reply.article import article_answer
from persona_router.reply.buttons import ARTICLE, Buttons
from persona_router.reply.formats import (
    date_text,
    hours_text,
    language_name,
    opening_text,
    phone_link,
)
from persona_router.reply.preference import remembered, remembered_lines
from persona_router.reply.situation import Situation, phrase, told
from persona_router.reply.texts import Response, Texts, fill


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
        self._buttons = Buttons(texts, policy)
        self._article_url = article_url
        actions = policy.actions
        self._special: Mapping[str, Callable[[Situation, Response], str]] = {
            actions["why"]: self._why,
            actions["remember"]: self._remembered,
            actions["closed"]: self._closed,
            actions["unsupported_language"]: self._unsupported,
            ARTICLE: self._article,
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
        buttons = self._buttons.below(name, response, situation)
        return Reply(text, buttons, locale, self._to_remember(name, situation))

    def _unsupported(self, situation: Situation, response: Response) -> str:
        text = _filled(response, situation)
        if not situation.decision.get("speaking"):
            return text
        name = language_name(situation.decision["spoken"], situation.locale)
        return f"{text} {phrase(self._texts, 'colleagues_speak', situation, language=name)}"

    def _article(self, situation: Situation, response: Response) -> str:
        if not situation.hits:
            return phrase(self._texts, "article_none", situation)
        hit = situation.hits[0]
        label = ""
        if hit["fallback"]:
            name = language_name(hit["locale"], situation.locale)
            label = phrase(self._texts, "article_fallback", situation, language=name) + "\n\n"
        article = _filled(
            response,
            situation,
            passage=article_answer(hit, situation.answers, article_url=self._article_url),
            title=hit["title"],
            url=fill(self._article_url, {"locale": hit["locale"], "id": hit["article"]}),
            updated=date_text(hit["updated"], situation.locale),
        )
        question = phrase(self._texts, "ask_helped", situation) if situation.asks_verdict else ""
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
            name = phrase(self._texts, f"route_{closed['route']}", situation)
            opens = opening_text(closed["opens"], situation.zone, situation.locale)
            key = "closed_route" if opens else "closed_route_unknown"
            lines.append(phrase(self._texts, key, situation, route=name, opens=opens))
        return lines

    def _why(self, situation: Situation, response: Response) -> str:
        return _filled(response, situation, reasons=_listed(told(self._texts, situation)))

    def _remembered(self, situation: Situation, response: Response) -> str:
        say = partial(phrase, self._texts, situation=situation)
        return _filled(
            response,
            situation,
            remembered=_listed(remembered_lines(situation.decision, say)),
            why=say("button_why"),
            forget=say("button_forget"),
        )

    def _to_remember(self, name: str, situation: Situation) -> Mapping[str, Any] | None:
        """Return what the browser is to keep; None unless the customer asked for that just now."""
        actions = self._policy.actions
        if name not in situation.decision.get("plan", ()):
            return None
        if name == actions["remember"]:
            return remembered(situation.decision)
        return remembered({}) if name == actions["forget"] else None


def _filled(response: Response, situation: Situation, **values: object) -> str:
    """Return the reply's text filled in one pass, with what it speaks of over the slots."""
    return fill(response.text, {**situation.values, **values})


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
