"""What a waiting customer was told about the wait, and when something new is said. Pure."""

from sportello.conversation.commands import WaitNow
from sportello.conversation.decision import Draft
from sportello.conversation.events import Author, OwnerKind, WaitAnnounced

KEPT_BACK = 3
"""Automatic messages left for what matters more: opening hours, a promise, an apology."""


def review_announcement(draft: Draft, news: WaitNow | None) -> None:
    """Tell a wait that has changed; one that has only run out is not spoken of again."""
    announced = draft.state.announced
    if announced is None or draft.state.owner.kind is not OwnerKind.QUEUE:
        return
    if news is not None and draft.state.budget_left(draft.now) > KEPT_BACK:
        draft.send(draft.unique("wait"), news.text, Author.SYSTEM)
        draft.record(WaitAnnounced(at=draft.now, wait=news.wait))
    elif announced.review_at is not None and draft.now >= announced.review_at:
        silent = announced.model_copy(update={"review_at": None})
        draft.record(WaitAnnounced(at=draft.now, wait=silent))
