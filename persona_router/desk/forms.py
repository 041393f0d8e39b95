"""Form bodies, bounded and checked before anything is done with them."""

from collections.abc import Mapping
from http import HTTPStatus
from unicodedata import category
from urllib.parse import parse_qsl

from starlette.requests import Request

MOST_BYTES = 64 * 1024
MOST_FIELDS = 20
FORM_TYPE = "application/x-www-form-urlencoded"


class Refused(Exception):
    """A request that the desk does not carry out: an HTTP status and the key of a text."""

    def __init__(self, status: int, key: str, **values: object) -> None:
        super().__init__(key)
        self.status = int(status)
        self.key = key
        self.values = values


async def read_form(request: Request, *, most_bytes: int = MOST_BYTES) -> Mapping[str, str]:
    """Return the fields of a form of at most `most_bytes`; raises Refused with 400, 413 or 415."""
    if request.headers.get("content-type", "").split(";")[0].strip() != FORM_TYPE:
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "error.form")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "error.too_large")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "error.form") from error
    return dict(pairs)


def cleaned(text: str) -> str:
    """Return the text trimmed, with Unix line ends and without control characters."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    # Only controls: format characters such as joiners are part of words and emoji.
    return "".join(c for c in unix if c in "\n\t" or category(c) != "Cc").strip()
