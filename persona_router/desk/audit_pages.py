"""Who looked at or changed what, for those who administer the desk."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import datetime, timezone
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from persona_router.desk.access import ADMIN, shown
from persona_router.desk.account_store import AccountStore
from persona_router.desk.forms import Refused
from persona_router.desk.log_access import refused
from persona_router.desk.rendering import Renderer
from persona_router.log.export import as_csv
from persona_router.log.filters import FilterFault, read_filter
from persona_router.privacy.audit import COMMAND, AuditTrail, Entry, Wanted

PAGE_ENTRIES = 100
LONGEST_SEARCH = 300
DEEDS = (
    "handoff_opened", "handoff_claimed", "next_asked_for", "handoff_answered", "handoff_released",
    "handoff_transferred", "handoff_snoozed", "handoff_closed", "priority_changed", "note_written",
    "customer_called", "call_moved", "ratings_opened", "questions_opened",
    "log_conversation_opened", "log_decision_opened", "log_exported",
    "account_opened", "account_added", "account_changed",
    "account_enabled", "account_disabled", "account_reset", "account_set_up", "password_changed",
    "phone_changed", "sessions_ended", "signed_in", "signed_out", "customer_exported",
    "customer_erased", "old_data_deleted", "audit_opened", "audit_exported",
)  # fmt: skip
"""Every deed that is kept, in the order in which they are offered."""
_EXPORTED_AT_ONCE = 500
_COLUMNS = tuple(field.name for field in fields(Entry))
_NAMES = ("who", "deed", "subject", "since", "until")


class AuditPages:
    """The page of the audit trail, and its file; looking at it is a deed as well."""

    def __init__(self, *, audit: AuditTrail, accounts: AccountStore, renderer: Renderer) -> None:
        self._audit = audit
        self._accounts = accounts
        self._renderer = renderer

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page and of the file."""
        return [
            shown("/audit", self.show, roles=ADMIN, deed="audit_opened"),
            shown("/audit/export.csv", self.csv, roles=ADMIN, deed="audit_exported"),
        ]

    async def show(self, request: Request) -> Response:
        """Return the latest entries that the address asks for, or those before one of them."""
        wanted, pairs = _asked(request)
        before = request.query_params.get("before", "")
        if before and not (before.isascii() and before.isdigit() and len(before) < 19):
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "log.wrong_place", value=before[:100])
        found = await run_in_threadpool(self._read, wanted, int(before) if before else None)
        people = await run_in_threadpool(self._accounts.all)
        address = urlencode(pairs)
        return self._renderer.page(
            request,
            "audit.html",
            kept=f"{address}&" if pairs else "",
            asked={**dict.fromkeys(_NAMES, ""), **dict(pairs)},
            narrowed=bool(pairs),
            entries=found[:PAGE_ENTRIES],
            names={account.login: account.name for account in people},
            deeds=DEEDS,
            longest=LONGEST_SEARCH,
            command=COMMAND,
            latest=f"/audit?{address}" if before else "",
            older=(
                f"/audit?{urlencode([*pairs, ('before', found[PAGE_ENTRIES - 1].number)])}"
                if len(found) > PAGE_ENTRIES
                else ""
            ),
            export=f"/audit/export.csv?{address}",
        )

    async def csv(self, request: Request) -> Response:
        """Return all entries that the address asks for, newest first, as a CSV file."""
        wanted, _ = _asked(request)
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        lines = as_csv(map(_row, self._every(wanted)), columns=_COLUMNS)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    def _read(self, wanted: Wanted, before: int | None) -> tuple[Entry, ...]:
        return self._audit.entries(wanted, before=before, limit=PAGE_ENTRIES + 1)

    def _every(self, wanted: Wanted) -> Iterator[Entry]:
        before = None
        while found := self._audit.entries(wanted, before=before, limit=_EXPORTED_AT_ONCE):
            yield from found
            before = found[-1].number


def _asked(request: Request) -> tuple[Wanted, list[tuple[str, str]]]:
    """Return what the address asks for, and its pairs; raises Refused for what cannot be read."""
    given = {name: request.query_params.get(name, "").strip() for name in _NAMES}
    for name in ("who", "subject"):
        if len(given[name]) > LONGEST_SEARCH:
            raise refused(FilterFault("long", name, given[name], "Give a shorter one."))
    if given["deed"] and given["deed"] not in DEEDS:
        raise refused(FilterFault("value", "deed", given["deed"], "Choose one of the list."))
    try:
        days = read_filter([(name, given[name]) for name in ("since", "until")])
    except FilterFault as fault:
        raise refused(fault) from fault
    wanted = Wanted(
        who=given["who"],
        deed=given["deed"],
        subject=given["subject"],
        since=days.from_second,
        until=days.to_second,
    )
    return wanted, [(name, value) for name, value in given.items() if value]


def _row(entry: Entry) -> dict[str, object]:
    at = datetime.fromtimestamp(entry.at, timezone.utc)
    return {**asdict(entry), "at": at.isoformat(timespec="seconds"), "refused": int(entry.refused)}
