"""Settings that keep something in PostgreSQL; without them, no driver is loaded."""

from collections.abc import Mapping

from persona_router.content.errors import ContentError

EXAMPLE = "postgresql://user:password@host/name"
_SCHEMES = ("postgresql", "postgres")


def postgres_url(environment: Mapping[str, str], variable: str) -> str | None:
    """Return the URL of the database that the variable names, None where it is not set.

    Raises ContentError for an address of anything but PostgreSQL, without repeating a password.
    """
    url = environment.get(variable, "").strip()
    if not url:
        return None
    scheme, found, _ = url.partition("://")
    if not found:
        what = "It has no scheme, such as 'postgresql://'."
    elif scheme not in _SCHEMES:
        what = f"The scheme '{scheme}' is not one of PostgreSQL."
    else:
        return url
    raise ContentError("environment", variable, what, f"Give {EXAMPLE}.")
