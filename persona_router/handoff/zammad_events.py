"""What Zammad tells: the webhooks of its triggers, and its articles as they are listed."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from persona_router.handoff.plain import plain_text
from persona_router.handoff.provider import Delivery, Happened, Received, WebhookRefused
from persona_router.handoff.signatures import check_sha1

# Articles that are mails or calls reach the customer by themselves, or have reached them.
_FOR_THE_CHAT = frozenset({"chat", "note", "web"})


def read_webhook(delivery: Delivery, secret: str, *, closed_states: Collection[str]) -> Received:
    """Return what agents did, by a webhook signed with `secret`; raises WebhookRefused.

    The signature covers no time. What was taken once is known by article and state, however often
    it is sent.
    """
    check_sha1(delivery, secret, signature="x-hub-signature")
    try:
        payload = json.loads(delivery.body)
        events = tuple(_events(payload, closed_states))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise WebhookRefused(400, "The body is no webhook of Zammad.") from error
    return Received(id=delivery.headers.get("x-zammad-delivery"), events=events)


def happened(article: Mapping[str, Any], reference: str) -> Iterator[Happened]:
    """Yield the reply that an article is; none for the customer's, internal and mailed ones."""
    if article.get("sender") != "Agent" or article.get("internal") is not False:
        return
    if article.get("type") not in _FOR_THE_CHAT:
        return
    body = str(article.get("body") or "")
    text = plain_text(body) if article.get("content_type") == "text/html" else body.strip()
    files = (str(file.get("filename")) for file in article.get("attachments") or ())
    text = "\n".join(part for part in (text, *(f"[{name}]" for name in files)) if part)
    if text:
        id = int(article["id"])
        yield Happened(
            kind="reply",
            reference=reference,
            key=f"article:{id}",
            order=id,
            agent=_author(article),
            text=text,
        )


def _events(payload: Mapping[str, Any], closed_states: Collection[str]) -> Iterator[Happened]:
    ticket, article = payload["ticket"], payload.get("article") or {}
    reference = str(int(ticket["id"]))
    if article:
        yield from happened(article, reference)
    state = ticket.get("state")
    name = state.get("name") if isinstance(state, Mapping) else state
    if name in closed_states:
        key = f"resolved:{ticket.get('updated_at')}"
        yield Happened(kind="resolved", reference=reference, key=key)


def _author(article: Mapping[str, Any]) -> str | None:
    """Return the name that the article gives its author, never a login or an e-mail address."""
    author = article.get("created_by")
    if isinstance(author, Mapping):
        name = " ".join(str(author[key]) for key in ("firstname", "lastname") if author.get(key))
    else:
        name = str(article.get("from") or "").partition("<")[0].partition(" via ")[0]
    name = name.strip().strip('"')
    return name[:80] if name and "@" not in name else None
