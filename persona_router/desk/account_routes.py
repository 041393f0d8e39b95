"""Puts together the pages of accounts: who comes in, who they are, and what they looked at."""

from collections.abc import Callable

from starlette.routing import BaseRoute

from persona_router.desk.account_store import AccountStore
from persona_router.desk.audit_pages import AuditPages
from persona_router.desk.own_account import OwnAccount
from persona_router.desk.passwords import Passwords
from persona_router.desk.people import People
from persona_router.desk.rendering import Renderer
from persona_router.desk.sessions import Sessions
from persona_router.desk.sign_in import SignIn
from persona_router.desk.throttle import ACCOUNT_LIMIT, ADDRESS_LIMIT, Throttle
from persona_router.desk.welcome import Welcome
from persona_router.privacy.audit import AuditTrail


def account_routes(
    accounts: AccountStore,
    *,
    audit: AuditTrail,
    sessions: Sessions,
    renderer: Renderer,
    clock: Callable[[], float],
    ticks: Callable[[], float],
) -> list[BaseRoute]:
    """Return the routes of signing in, of accounts and of the audit trail.

    `clock` gives Unix seconds, `ticks` seconds that never run backwards. Wrong passwords count
    together wherever they are typed: at the sign-in and on one's own page.
    """
    passwords = Passwords()
    by_account = Throttle(limit=ACCOUNT_LIMIT, clock=ticks)
    return [
        *SignIn(
            accounts=accounts,
            audit=audit,
            passwords=passwords,
            sessions=sessions,
            by_address=Throttle(limit=ADDRESS_LIMIT, clock=ticks),
            by_account=by_account,
            renderer=renderer,
        ).routes(),
        *Welcome(
            accounts=accounts,
            audit=audit,
            passwords=passwords,
            sessions=sessions,
            renderer=renderer,
            clock=clock,
        ).routes(),
        *OwnAccount(
            accounts=accounts,
            passwords=passwords,
            sessions=sessions,
            throttle=by_account,
            renderer=renderer,
        ).routes(),
        *People(accounts=accounts, renderer=renderer, clock=clock).routes(),
        *AuditPages(audit=audit, accounts=accounts, renderer=renderer).routes(),
    ]
