"""The setting that keeps the article index in PostgreSQL; without it, no driver is loaded."""

from collections.abc import Iterator, Mapping

from persona_router.content.errors import ContentError
from persona_router.postgres_setting import postgres_url

URL_VARIABLE = "PERSONA_ROUTER_KNOWLEDGE_URL"


def index_url(environment: Mapping[str, str]) -> str | None:
    """Return the URL of the database that keeps the index, None where a file does.

    Raises ContentError for an address of anything but PostgreSQL, without repeating a password.
    """
    return postgres_url(environment, URL_VARIABLE)


def url_faults(environment: Mapping[str, str]) -> Iterator[ContentError]:
    """Yield what is wrong with the setting; the server itself is not asked."""
    try:
        url = index_url(environment)
        if url is not None:
            from persona_router.knowledge.postgres_server import Server

            Server(url)
    except ContentError as error:
        yield error
