"""`persona-router desk`: starts the desk, and keeps the accounts of the people who work there."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from persona_router.desk.account_store import LINK_HOURS, AccountStore
from persona_router.desk.accounts import (
    ROLES,
    Account,
    AccountFault,
    Profile,
    checked_login,
    checked_profile,
)
from persona_router.desk.database import open_desk_database
from persona_router.desk.entrance import WELCOME, add_options
from persona_router.handoff.queue import QueueUnavailable
from persona_router.state import STATE_VARIABLE

ADDRESS = "http://localhost:5006"


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `desk` and its subcommands."""
    desk = commands.add_parser("desk", help="start the desk where people answer, or manage them")
    add_options(desk)
    desk.set_defaults(run=_serve)
    parts = desk.add_subparsers(dest="desk_part", metavar="PART")
    users = parts.add_parser("users", help="accounts of the people who work at the desk")
    actions = users.add_subparsers(dest="action", metavar="ACTION", required=True)

    added = actions.add_parser("add", help="add somebody and print a link for their password")
    added.set_defaults(run=_run(_add))
    changed = actions.add_parser("change", help="change what is given, and leave the rest")
    changed.set_defaults(run=_run(_change))
    for command in (added, changed):
        command.add_argument("login", help="user name: a to z, digits and . _ - @")
        command.add_argument("--name", help="name that customers see")
        command.add_argument("--roles", help=f"between commas: {', '.join(ROLES)}")
        command.add_argument("--team", help="team they belong to")
        command.add_argument("--languages", help="codes such as de,ar; empty for every language")
        command.add_argument("--skills", help="names between commas; empty for everything")
        command.add_argument("--capacity", type=int, help="chats at a time")
        command.add_argument("--phone", help="number at which they are called, such as +493012345")

    listed = actions.add_parser("list", help="list everybody")
    listed.add_argument("--json", action="store_true", help="print one JSON object a line")
    listed.set_defaults(run=_run(_list))
    for word, does, help in (
        ("disable", _disable, "sign somebody out and let them in no more"),
        ("enable", _enable, "let somebody in again"),
        ("reset", _reset, "end somebody's password and print a link for a new one"),
    ):
        command = actions.add_parser(word, help=help)
        command.add_argument("login", help="user name")
        command.set_defaults(run=_run(does))
        if word == "reset":
            _add_address(command)
    _add_address(added)


def _add_address(command: argparse.ArgumentParser) -> None:
    command.add_argument("--address", default=ADDRESS, help="the desk's own; default: %(default)s")


def _serve(options: argparse.Namespace) -> int:
    # The web framework is loaded for the desk alone; every command passes here.
    from persona_router.desk.server import serve

    return serve(options)


def _run(
    does: Callable[[AccountStore, argparse.Namespace], None],
) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        os.environ[STATE_VARIABLE] = options.state
        try:
            does(AccountStore(open_desk_database()), options)
        except AccountFault as fault:
            print(_sentence(fault), file=sys.stderr)
            return 2
        except QueueUnavailable as error:
            print(error, file=sys.stderr)
            return 2
        return 0

    return run


def _add(accounts: AccountStore, options: argparse.Namespace) -> None:
    login = checked_login(options.login)
    usual = Profile(name=login.partition("@")[0], roles=frozenset({ROLES[0]}))
    accounts.add(login, checked_profile(replace(usual, **_given(options))))
    _print_link(accounts, login, options.address)


def _change(accounts: AccountStore, options: argparse.Namespace) -> None:
    login = checked_login(options.login)
    profile = replace(accounts.get(login).profile, **_given(options))
    accounts.change(login, checked_profile(profile))
    print(_line(accounts.get(login)))


def _list(accounts: AccountStore, options: argparse.Namespace) -> None:
    for account in accounts.all():
        print(_json(account) if options.json else _line(account))


def _disable(accounts: AccountStore, options: argparse.Namespace) -> None:
    print(_line(accounts.enable(checked_login(options.login), False)))


def _enable(accounts: AccountStore, options: argparse.Namespace) -> None:
    print(_line(accounts.enable(checked_login(options.login), True)))


def _reset(accounts: AccountStore, options: argparse.Namespace) -> None:
    _print_link(accounts, checked_login(options.login), options.address)


def _print_link(accounts: AccountStore, login: str, address: str) -> None:
    code = accounts.invite(login, now=time.time())
    print(f"{address.rstrip('/')}{WELCOME}?code={code}")
    print(f"Pass it on to {login}; it works once, within {LINK_HOURS} hours.", file=sys.stderr)


def _given(options: argparse.Namespace) -> Mapping[str, Any]:
    given: dict[str, Any] = {
        key: getattr(options, key) for key in ("name", "team", "capacity", "phone")
    }
    for key, kind in (("roles", frozenset), ("languages", tuple), ("skills", tuple)):
        text = getattr(options, key)
        given[key] = None if text is None else kind(_words(text))
    return {key: value for key, value in given.items() if value is not None}


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _state(account: Account) -> str:
    if not account.enabled:
        return "disabled"
    return "active" if account.has_password else "invited"


def _line(account: Account) -> str:
    profile = account.profile
    roles = ",".join(role for role in ROLES if role in profile.roles)
    facts = [
        f"team {profile.team}" if profile.team else "",
        ",".join(profile.languages) or "every language",
        ",".join(profile.skills) or "every skill",
        f"{profile.capacity} chats",
    ]
    told = "; ".join(fact for fact in facts if fact)
    return f"{account.login:<20} {_state(account):<9} {roles:<32} {profile.name} ({told})"


def _json(account: Account) -> str:
    content = {
        **vars(account.profile),
        "roles": sorted(account.profile.roles),
        "login": account.login,
        "state": _state(account),
    }
    return json.dumps(content, ensure_ascii=False)


def _sentence(fault: AccountFault) -> str:
    from persona_router.desk.texts import load_texts

    words = load_texts()["en"](fault.key, **fault.values)
    return f"{words} Roles: {', '.join(ROLES)}." if fault.key == "people.no_role" else words
