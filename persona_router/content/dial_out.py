"""Reads `dial_out` of endpoints.yml: by which telephone service the desk calls, if by any."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from persona_router.content.endpoint_settings import (
    Variable,
    is_variable,
    missing_variables,
    public_address,
    read_endpoint,
    variable,
    web_address,
)
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.files import Node
from persona_router.content.phone_numbers import read_e164

KEY = "dial_out"
PROVIDERS = ("twilio",)
TWILIO = "https://api.twilio.com"
LONGEST_CALL = 3600
SETTINGS = (
    "provider", "account", "token", "from", "longest_call", "public_url", "url",
    "allow_private_network",
)  # fmt: skip

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")


@dataclass(frozen=True, kw_only=True)
class DialOut:
    """An account at a telephone service, and how it is used.

    `number` is what customers see, as E.164; `longest_call` is in seconds; `public_url` is where
    the service reaches the desk, None if it does not; `url` is where the desk reaches the service.
    """

    provider: str
    account: str | Variable
    token: Variable
    number: str
    longest_call: int = LONGEST_CALL
    public_url: str | None = None
    url: str = TWILIO
    allow_private_network: bool = False

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The environment variables that are needed to call."""
        return tuple(value for value in vars(self).values() if isinstance(value, Variable))


def read_dial_out(path: Path) -> DialOut | None:
    """Return how an endpoints file has the desk call; None if it names no service.

    Reads no secret. Raises ContentError naming file, key and remedy.
    """
    node = read_endpoint(path, KEY)
    if node is None:
        return None
    node.only(*SETTINGS)
    provider = node.get("provider", str)
    if provider not in PROVIDERS:
        what = f"'{provider}' is no telephone service."
        raise node.fault("provider", what, f"Choose one of {', '.join(PROVIDERS)}.")
    private = node.get("allow_private_network", bool, False)
    return DialOut(
        provider=provider,
        account=_account(node),
        token=variable(node, "token"),
        number=read_e164(node, "from"),
        longest_call=node.count("longest_call", LONGEST_CALL, 60, 14_400),
        public_url=_public_url(node),
        url=web_address(node, "url", TWILIO) if private else public_address(node, "url", TWILIO),
        allow_private_network=private,
    )


def dial_out_faults(path: Path, environment: Mapping[str, str]) -> Iterator[ContentError]:
    """Yield the faults of `dial_out` in the file, and what the desk would miss in `environment`.

    A file that cannot be read at all is the business of whoever reads its other keys.
    """
    try:
        found = read_dial_out(path)
    except ContentError as error:
        if error.place.startswith(KEY):
            yield error
        return
    if found is None:
        return
    yield from missing_variables(found.variables, environment)
    for key, url in (("url", found.url), ("public_url", found.public_url)):
        if url and url.startswith("http://"):
            what = f"'{url}' is not encrypted, nor are the phone numbers that go there."
            yield ContentWarning(path, f"{KEY}.{key}", what, "Use https.")


def _account(node: Node) -> str | Variable:
    written = node.get("account", str).strip()
    if is_variable(written):
        return variable(node, "account")
    if not _ACCOUNT.fullmatch(written):
        what = f"'{written}' is no account SID."
        remedy = "Write AC and 32 digits or letters a to f, as the console of the service shows it."
        raise node.fault("account", what, remedy)
    return written


def _public_url(node: Node) -> str | None:
    # The service comes from outside, whatever is allowed for our own requests.
    remedy = "Write the desk's address in the internet, or leave it out."
    return public_address(node, "public_url", remedy=remedy) if node.maybe("public_url") else None
