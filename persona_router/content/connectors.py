"""Reads `handoff` of endpoints.yml: which desk handoffs go to, and how to reach it."""

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
    seconds,
    variable,
    web_address,
)
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.files import Node

ENDPOINTS = "endpoints.yml"
KEY = "handoff"
EMBEDDED = "embedded"
PROVIDERS = (EMBEDDED, "chatwoot", "zammad", "webhook")
FALL_BACK_AFTER = 300.0
CATCH_UP_EVERY = 30.0
CLOSED_STATES = ("closed", "merged")

_COMMON = ("provider", "language", "fall_back_after", "catch_up_every")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, kw_only=True)
class ChatwootSettings:
    """A Chatwoot installation, an account of it, and an API inbox of that."""

    url: str
    account: int
    inbox: str | Variable
    token: Variable
    webhook_secret: Variable
    identity_secret: Variable | None


@dataclass(frozen=True, kw_only=True)
class ZammadSettings:
    """A Zammad installation, the group for tickets, and in whose name they are opened."""

    url: str
    group: str
    customer: str
    token: Variable
    webhook_secret: Variable
    closed_states: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WebhookSettings:
    """An address that takes signed events."""

    url: str
    signing_secret: Variable
    webhook_secret: Variable
    allow_private_network: bool


Settings = ChatwootSettings | ZammadSettings | WebhookSettings


@dataclass(frozen=True, kw_only=True)
class Connector:
    """Where handoffs go. `settings` is None for the embedded desk.

    `fall_back_after` and `catch_up_every` are in seconds; `language` is that of what agents there
    read.
    """

    provider: str
    settings: Settings | None = None
    language: str = "en"
    fall_back_after: float = FALL_BACK_AFTER
    catch_up_every: float = CATCH_UP_EVERY

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The environment variables that are needed to reach the desk."""
        values = vars(self.settings).values() if self.settings else ()
        return tuple(value for value in values if isinstance(value, Variable))


def read_connector(path: Path) -> Connector:
    """Return the connector of an endpoints file, the embedded desk if it names none.

    Reads no secret. Raises ContentError naming file, key and remedy.
    """
    node = read_endpoint(path, KEY)
    if node is None:
        return Connector(provider=EMBEDDED)
    provider = node.get("provider", str)
    if provider not in PROVIDERS:
        what = f"'{provider}' is no provider."
        raise node.fault("provider", what, f"Choose one of {', '.join(PROVIDERS)}.")
    settings: Settings | None = None
    if provider == EMBEDDED:
        node.only("provider")
    elif provider == "chatwoot":
        settings = _chatwoot(node)
    elif provider == "zammad":
        settings = _zammad(node)
    else:
        settings = _webhook(node)
    return Connector(
        provider=provider,
        settings=settings,
        language=node.get("language", str, "en"),
        fall_back_after=seconds(node, "fall_back_after", FALL_BACK_AFTER, 10, 86_400),
        catch_up_every=seconds(node, "catch_up_every", CATCH_UP_EVERY, 5, 3_600),
    )


def connector_faults(path: Path, environment: Mapping[str, str]) -> Iterator[ContentError]:
    """Yield the faults of the file's connector, and what the desk would miss in `environment`."""
    try:
        connector = read_connector(path)
    except ContentError as error:
        yield error
        return
    yield from missing_variables(connector.variables, environment)
    if connector.settings and connector.settings.url.startswith("http://"):
        what = f"'{connector.settings.url}' is not encrypted, nor are the token and what is said."
        yield ContentWarning(path, f"{KEY}.url", what, "Use https unless the network is yours.")


def _chatwoot(node: Node) -> ChatwootSettings:
    known = ("url", "account", "inbox", "token", "webhook_secret", "identity_secret")
    node.only(*_COMMON, *known)
    inbox = node.get("inbox", str)
    return ChatwootSettings(
        url=web_address(node, "url"),
        account=node.get("account", int),
        inbox=variable(node, "inbox") if is_variable(inbox) else inbox,
        token=variable(node, "token"),
        webhook_secret=variable(node, "webhook_secret"),
        identity_secret=variable(node, "identity_secret")
        if node.maybe("identity_secret")
        else None,
    )


def _zammad(node: Node) -> ZammadSettings:
    known = ("url", "group", "customer", "token", "webhook_secret", "closed_states")
    node.only(*_COMMON, *known)
    customer = node.get("customer", str)
    if not _EMAIL.fullmatch(customer):
        what = f"'{customer}' is no e-mail address."
        raise node.fault("customer", what, "Write that of the user who owns tickets of the chat.")
    return ZammadSettings(
        url=web_address(node, "url"),
        group=node.get("group", str),
        customer=customer,
        token=variable(node, "token"),
        webhook_secret=variable(node, "webhook_secret"),
        closed_states=node.texts("closed_states", list(CLOSED_STATES)),
    )


def _webhook(node: Node) -> WebhookSettings:
    node.only(*_COMMON, "url", "signing_secret", "webhook_secret", "allow_private_network")
    private = node.get("allow_private_network", bool, False)
    url = web_address(node, "url") if private else public_address(node, "url")
    return WebhookSettings(
        url=url,
        signing_secret=variable(node, "signing_secret"),
        webhook_secret=variable(node, "webhook_secret"),
        allow_private_network=private,
    )
