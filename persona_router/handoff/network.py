"""Addresses that a request may go to: a public one, unless the settings allow a private one."""

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from persona_router.content.addresses import is_public


class PrivateAddress(Exception):
    """A host name leads into a private network; `host` and `address` say which."""

    def __init__(self, host: str, address: str) -> None:
        self.host = host
        self.address = address
        super().__init__(f"{host} is {address}, an address of a private network.")


class PublicOnly(HTTPAdapter):
    """Sends requests to public addresses only; raises PrivateAddress before a byte is sent.

    The address of the open connection is what counts: a name may be looked up differently twice.
    """

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Use connections that look where they have arrived."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


def _checked(connection: socket.socket, host: str) -> socket.socket:
    address = str(connection.getpeername()[0])
    if not is_public(address):
        connection.close()
        raise PrivateAddress(host, address)
    return connection


class _Http(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn(), self.host)


class _Https(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn(), self.host)


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https
