"""The order desk: where the assistant's actions read and change orders."""

import os
from functools import lru_cache

from actions.shop.desk import OrderDesk
from actions.shop.http import HttpDesk
from actions.shop.sqlite import SqliteDesk
from persona_router.state import state_file

URL_VARIABLE = "SHOP_URL"
TOKEN_VARIABLE = "SHOP_TOKEN"


def open_desk() -> OrderDesk:
    """Return the back office named by `SHOP_URL` and `SHOP_TOKEN`, else the embedded shop.

    Raises `ValueError` if `SHOP_URL` is not a web address.
    """
    url = os.environ.get(URL_VARIABLE, "").strip()
    if url:
        return HttpDesk(url, token=os.environ.get(TOKEN_VARIABLE, "").strip() or None)
    return SqliteDesk(state_file("shop.sqlite"))


@lru_cache(maxsize=1)
def shared_desk() -> OrderDesk:
    """Return the desk that all actions of this process share."""
    return open_desk()
