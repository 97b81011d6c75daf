"""Files that came with messages: they are fetched once the message is recorded. Pure."""

from collections.abc import Iterable

from sportello.conversation.commands import ReceivedItem
from sportello.conversation.decision import Draft, handles
from sportello.conversation.effects import FetchMedia, FileOfItem
from sportello.conversation.events import FileAskedFor
from sportello.conversation.people_commands import FetchAgain
from sportello.errors import NotAllowed

FETCH = "fetch:"
"""What the keys of all such effects begin with."""


def fetch_files(draft: Draft, items: Iterable[ReceivedItem]) -> None:
    """Have the files of new items fetched: all of them by one effect, however many they are."""
    files = [
        FileOfItem(item_id=item.item_id, number=number)
        for item in items
        for number in range(item.files)
    ]
    if files:
        draft.intend(FetchMedia(key=f"{FETCH}{files[0].item_id}", files=tuple(files)))


def fetch_again(draft: Draft, command: FetchAgain) -> None:
    """Have one file fetched once more; who looks at it next waits for it, or is told why not."""
    if draft.state.sequence == 0:
        raise NotAllowed("the customer has not written yet")
    file = FileOfItem(
        item_id=command.item_id, number=command.number, conversation_id=command.conversation_id
    )
    draft.intend(FetchMedia(key=draft.unique(f"{FETCH}{file.item_id}"), files=(file,)))
    draft.record(
        FileAskedFor(
            at=draft.now, item_id=file.item_id, number=file.number, agent_id=command.agent_id
        )
    )


HANDLERS = (handles(FetchAgain, fetch_again),)
