"""Requests that must not enter a private network."""

import socket
from typing import Any

import pytest
import requests
from urllib3.util import connection

from persona_router.handoff.network import PrivateAddress, PublicOnly
from tests.handoff.fake_desk import FakeDesk


def test_connection_to_a_private_address_is_closed_before_a_byte_is_sent() -> None:
    server = FakeDesk()
    session = requests.Session()
    session.mount("http://", PublicOnly())
    with pytest.raises(PrivateAddress, match="an address of a private network"):
        session.post(server.url, json={})
    server.stop()
    assert server.requests == []


def test_name_that_is_looked_up_differently_later_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = FakeDesk()
    port = int(server.url.rsplit(":", 1)[1])
    reach = connection.create_connection

    def rebound(address: tuple[str, int], *args: Any, **options: Any) -> socket.socket:
        return reach(("127.0.0.1", port), *args, **options)

    monkeypatch.setattr(connection, "create_connection", rebound)
    session = requests.Session()
    session.mount("http://", PublicOnly())
    with pytest.raises(PrivateAddress, match=r"desk\.example is 127\.0\.0\.1"):
        session.get("http://desk.example/hooks")
    server.stop()
    assert server.requests == []
