"""The persona cards as pages of the desk, for signed-in agents."""

import logging
from http import HTTPStatus
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from persona_router.content.cards import read_cards
from persona_router.content.cards_labels import card_labels
from persona_router.content.cards_pages import Surroundings, card_style, render_card, render_cards
from persona_router.content.cards_pictures import read_picture
from persona_router.content.errors import ContentError
from persona_router.content.plugins import load_signals
from persona_router.content.policies import read_policy
from persona_router.core.card import Card
from persona_router.desk.access import EVERYBODY, shown
from persona_router.desk.rendering import Renderer
from persona_router.desk.texts import DeskTexts

STYLE = "/personas/card.css"

log = logging.getLogger(__name__)


class PersonaPages:
    """The list of cards, each card, its drawing, and the style sheet of all.

    `project` is the assistant's folder. Cards are read anew for each page, so that an edit shows.
    """

    def __init__(self, *, project: Path, renderer: Renderer) -> None:
        self._project = project
        self._folder = project / "data" / "personas"
        self._renderer = renderer

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the pages."""
        return [
            shown("/personas", self.page, roles=EVERYBODY),
            shown(STYLE, self.style, roles=EVERYBODY),
            shown("/personas/{id}.svg", self.picture, roles=EVERYBODY),
            shown("/personas/{id}", self.page, roles=EVERYBODY),
        ]

    async def page(self, request: Request) -> Response:
        """Return the list of the cards, or the card that the path names."""
        texts = self._renderer.texts(request)
        name = request.path_params.get("id", "index")
        page = await run_in_threadpool(self._page, name, texts)
        headers = {"Content-Language": texts.locale, "Vary": "Accept-Language, Cookie"}
        return HTMLResponse(page, headers=headers)

    async def picture(self, request: Request) -> Response:
        """Return the drawing of the card that the path names."""
        drawn = await run_in_threadpool(self._picture, request.path_params["id"])
        return Response(drawn, media_type="image/svg+xml")

    async def style(self, request: Request) -> Response:
        """Return the style sheet."""
        return Response(card_style(), media_type="text/css")

    def _page(self, name: str, texts: DeskTexts) -> str:
        cards, default = self._read()
        locale = texts.locale
        labels = card_labels(locale, project=self._project)
        around = Surroundings(
            languages=self._renderer.locales,
            address="/personas/{name}?lang={language}",
            index=f"/personas/index?lang={locale}",
            back="/",
            back_name=texts("app.name"),
            stylesheet=STYLE,
            icon="/static/icon.svg",
        )
        pictures = {
            id_: f"/personas/{id_}.svg" if card.picture else "" for id_, card in cards.items()
        }
        if name == "index":
            listed = tuple(cards.values())
            return render_cards(listed, labels, around=around, default=default, pictures=pictures)
        if name not in cards:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return render_card(
            cards[name], labels, around=around, default=default, picture=pictures[name]
        )

    def _picture(self, name: str) -> bytes:
        card = self._read()[0].get(name)
        if card is None or card.picture is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            return read_picture(self._folder, card.picture, card=self._folder / f"{name}.yml")
        except ContentError as error:
            raise _missing(error) from error

    def _read(self) -> tuple[dict[str, Card], str]:
        """Return the cards by id, and the policy's default locale."""
        try:
            policy = read_policy(self._project / "data" / "routing.yml")
            cards = read_cards(self._folder, routes=policy.routes, signals=load_signals())
        except (ContentError, ImportError) as error:
            raise _missing(error) from error
        return {card.persona.id: card for card in cards}, policy.default_locale


def _missing(error: Exception) -> HTTPException:
    log.error("persona cards cannot be shown: %s", error)
    return HTTPException(HTTPStatus.NOT_FOUND)
