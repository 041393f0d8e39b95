"""The buttons below a reply: what goes on, the other ways, and what is about the choice itself."""

from collections.abc import Mapping

from persona_router.core.feedback import HELPED, NOT_HELPED
from persona_router.core.persona import SHORT
from persona_router.core.policy import Policy
from persona_router.core.turn import ASIDES, MORE
from persona_router.reply.article import is_shortened
from persona_router.reply.formats import language_name
from persona_router.reply.situation import Situation, phrase, told
from persona_router.reply.texts import Response, Texts, fill

ARTICLE = "utter_article"
CALLBACK_QUESTION = "utter_ask_callback_time"
_VERDICTS = (HELPED, NOT_HELPED)


class Buttons:
    """Chooses the buttons of replies, by the texts and the routing policy."""

    def __init__(self, texts: Texts, policy: Policy) -> None:
        self._texts = texts
        self._policy = policy

    def below(
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
        if name in (ARTICLE, self._policy.actions[MORE]) and situation.asks_verdict:
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
        if (
            name == self._policy.actions["why"]
            and "persona" in told(self._texts, situation).values()
        ):
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
        return {"title": phrase(self._texts, f"button_{key}", situation), "payload": payload}

    def _route_button(self, route: str, situation: Situation) -> Mapping[str, str]:
        button = self._button(f"route_{route}", f"route:{route}", situation)
        if route not in situation.decision.get("speaking", ()):
            return button
        spoken = situation.decision["spoken"]
        return {**button, "title": f"{button['title']} · {language_name(spoken, spoken)}"}

    def _is_aside(self, name: str) -> bool:
        return name in [self._policy.actions[kind] for kind in ASIDES]
