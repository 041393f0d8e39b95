"""Reads `handoff` of endpoints.yml: which desk handoffs go to, and how to reach it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from persona_router.content.addresses import is_private_host
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.files import Node, read_yaml

ENDPOINTS = "endpoints.yml"
KEY = "handoff"
EMBEDDED = "embedded"
PROVIDERS = (EMBEDDED, "chatwoot", "zammad", "webhook")
FALL_BACK_AFTER = 300.0
CATCH_UP_EVERY = 30.0
CLOSED_STATES = ("closed", "merged")

_COMMON = ("provider", "language", "fall_back_after", "catch_up_every")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A secret that stands in an environment variable; `file` and `place` say where it is named."""

    name: str
    file: Path
    place: str

    def value(self, environment: Mapping[str, str]) -> str:
        """Return the secret; raises ContentError if the variable is not set."""
        found = environment.get(self.name, "").strip()
        if not found:
            what = f"The environment variable {self.name} is not set."
            raise ContentError(self.file, self.place, what, "Set it where the desk is started.")
        return found


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
    if not path.exists() or _is_blank(path):
        return Connector(provider=EMBEDDED)
    top = read_yaml(path)
    if top.values.get(KEY) is None:
        return Connector(provider=EMBEDDED)
    node = top.node(KEY)
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
        fall_back_after=_seconds(node, "fall_back_after", FALL_BACK_AFTER, 10, 86_400),
        catch_up_every=_seconds(node, "catch_up_every", CATCH_UP_EVERY, 5, 3_600),
    )


def connector_faults(path: Path, environment: Mapping[str, str]) -> Iterator[ContentError]:
    """Yield the faults of the file's connector, and what the desk would miss in `environment`."""
    try:
        connector = read_connector(path)
    except ContentError as error:
        yield error
        return
    for variable in connector.variables:
        try:
            variable.value(environment)
        except ContentError as error:
            yield ContentWarning(error.file, error.place, error.what, error.remedy)
    if connector.settings and connector.settings.url.startswith("http://"):
        what = f"'{connector.settings.url}' is not encrypted, nor are the token and what is said."
        yield ContentWarning(path, f"{KEY}.url", what, "Use https unless the network is yours.")


def _chatwoot(node: Node) -> ChatwootSettings:
    known = ("url", "account", "inbox", "token", "webhook_secret", "identity_secret")
    node.only(*_COMMON, *known)
    inbox = node.get("inbox", str)
    return ChatwootSettings(
        url=_url(node),
        account=node.get("account", int),
        inbox=_variable(node, "inbox") if _VARIABLE.fullmatch(inbox) else inbox,
        token=_variable(node, "token"),
        webhook_secret=_variable(node, "webhook_secret"),
        identity_secret=_variable(node, "identity_secret")
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
        url=_url(node),
        group=node.get("group", str),
        customer=customer,
        token=_variable(node, "token"),
        webhook_secret=_variable(node, "webhook_secret"),
        closed_states=node.texts("closed_states", list(CLOSED_STATES)),
    )


def _webhook(node: Node) -> WebhookSettings:
    node.only(*_COMMON, "url", "signing_secret", "webhook_secret", "allow_private_network")
    url, private = _url(node), node.get("allow_private_network", bool, False)
    host = urlsplit(url).hostname or ""
    if not private and is_private_host(host):
        what = f"'{host}' belongs to a private network, where a webhook could reach anything."
        raise node.fault("url", what, "Use a public address, or set allow_private_network: true.")
    return WebhookSettings(
        url=url,
        signing_secret=_variable(node, "signing_secret"),
        webhook_secret=_variable(node, "webhook_secret"),
        allow_private_network=private,
    )


def _url(node: Node) -> str:
    url = node.get("url", str).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise node.fault("url", f"'{url}' is no web address.", "Begin it with https://.")
    if parts.username or parts.password:
        what = "It holds a user's name or password."
        raise node.fault("url", what, "Put secrets into environment variables.")
    if parts.query or parts.fragment:
        raise node.fault("url", f"'{url}' has more than a path.", "End it before ? or #.")
    return url


def _variable(node: Node, key: str) -> Variable:
    """Return the variable that a setting names; the error never shows what stands there."""
    found = _VARIABLE.fullmatch(node.get(key, str).strip())
    if found is None:
        what = "A secret must not stand in this file."
        example = f'"${{{key.upper()}}}"'
        remedy = f"Put it into an environment variable, and its name here, as in {example}."
        raise node.fault(key, what, remedy)
    place = f"{node.place}.{key}" if node.place else key
    return Variable(name=found[1], file=node.file, place=place)


def _seconds(node: Node, key: str, default: float, least: float, most: float) -> float:
    value = node.get(key, float, default)
    if not least <= value <= most:
        remedy = f"Write {least:g} to {most:g} seconds."
        raise node.fault(key, f"{value:g} is out of reach.", remedy)
    return value


def _is_blank(path: Path) -> bool:
    """Return whether the file holds comments at most, which Rasa takes for no settings."""
    lines = path.read_bytes().splitlines() if path.is_file() else [b"?"]
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in lines)
