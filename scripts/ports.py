"""Are the ports free on which the assistant is about to listen?"""

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Port:
    """A port with the words that a person needs when it is taken."""

    number: int
    wanted_by: str
    option: str


def port_fault(ports: Sequence[Port], *, host: str) -> str | None:
    """Return one line about the first port that cannot be had on `host`, or None if all are free.

    A port named twice, one that is taken, and one that this user may not open are faults. Nothing
    is left open, so another program can still be faster.
    """
    owners: dict[int, Port] = {}
    for port in ports:
        other = owners.setdefault(port.number, port)
        if other is not port:
            return (
                f"Port {port.number} is wanted by {other.wanted_by} and by {port.wanted_by}. "
                f"Give one of them another with {other.option} or {port.option}."
            )
        reason = _refusal(host, port.number)
        if reason:
            return (
                f"Port {port.number}, which {port.wanted_by} wants, {reason}. Stop what uses it "
                f"or choose another: {port.option} NUMBER."
            )
    return None


def free_port() -> int:
    """Return a loopback port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def _refusal(host: str, number: int) -> str | None:
    with socket.socket() as probe:
        # As the servers do: a port whose last connections still linger counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return "is taken"
            return f"cannot be opened on {host} ({error.strerror})"
    return None
