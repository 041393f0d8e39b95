"""What the readers of endpoints.yml share: secrets in variables, web addresses, lengths of time."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from persona_router.content.addresses import is_private_host
from persona_router.content.errors import ContentError, ContentWarning
from persona_router.content.files import Node, read_yaml

ALLOW_PRIVATE = "Use a public address, or set allow_private_network: true."
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


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


def read_endpoint(path: Path, key: str) -> Node | None:
    """Return the mapping at a key of an endpoints file; None if file or key is missing or empty.

    Raises ContentError.
    """
    if not path.exists() or _is_blank(path):
        return None
    top = read_yaml(path)
    return None if top.values.get(key) is None else top.node(key)


def missing_variables(
    variables: Iterable[Variable], environment: Mapping[str, str]
) -> Iterator[ContentWarning]:
    """Yield a warning for each variable that is not set in `environment`."""
    for one in variables:
        try:
            one.value(environment)
        except ContentError as error:
            yield ContentWarning(error.file, error.place, error.what, error.remedy)


def is_variable(text: str) -> bool:
    """Return whether the text names an environment variable, as "${NAME}" does."""
    return _VARIABLE.fullmatch(text) is not None


def variable(node: Node, key: str) -> Variable:
    """Return the variable that a setting names; the error never shows what stands there."""
    found = _VARIABLE.fullmatch(node.get(key, str).strip())
    if found is None:
        what = "A secret must not stand in this file."
        example = f'"${{{key.upper()}}}"'
        remedy = f"Put it into an environment variable, and its name here, as in {example}."
        raise node.fault(key, what, remedy)
    place = f"{node.place}.{key}" if node.place else key
    return Variable(name=found[1], file=node.file, place=place)


def web_address(node: Node, key: str, default: str | None = None) -> str:
    """Return the http(s) address at the key, without a slash at its end.

    Raises ContentError, also for one with a password or with more than a path.
    """
    url = node.get(key, str, default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise node.fault(key, f"'{url}' is no web address.", "Begin it with https://.")
    if parts.username or parts.password:
        what = "It holds a user's name or password."
        raise node.fault(key, what, "Put secrets into environment variables.")
    if parts.query or parts.fragment:
        raise node.fault(key, f"'{url}' has more than a path.", "End it before ? or #.")
    return url


def public_address(
    node: Node, key: str, default: str | None = None, *, remedy: str = ALLOW_PRIVATE
) -> str:
    """Return the web address at the key; raises ContentError if its host is private by its name."""
    url = web_address(node, key, default)
    host = urlsplit(url).hostname or ""
    if is_private_host(host):
        raise node.fault(key, f"'{host}' belongs to a private network.", remedy)
    return url


def seconds(node: Node, key: str, default: float, least: float, most: float) -> float:
    """Return the seconds at the key. Raises ContentError outside `least` to `most`."""
    value = node.get(key, float, default)
    if not least <= value <= most:
        remedy = f"Write {least:g} to {most:g} seconds."
        raise node.fault(key, f"{value:g} is out of reach.", remedy)
    return value


def _is_blank(path: Path) -> bool:
    """Return whether the file holds comments at most, which Rasa takes for no settings."""
    lines = path.read_bytes().splitlines() if path.is_file() else [b"?"]
    return all(not line.strip() or line.lstrip().startswith(b"#") for line in lines)
