"""Words that people sort conversations by; which there are is a setting. Pure."""

from sportello.conversation.decision import Draft, handles
from sportello.conversation.events import TagsChanged
from sportello.conversation.ownership import require_no_colleague
from sportello.conversation.people_commands import ChangeTags
from sportello.conversation.state import MAX_TAGS
from sportello.errors import NotAllowed, TagsChangedMeanwhile


def change_tags(draft: Draft, command: ChangeTags) -> None:
    """Give it the tags named, or those it has with some more and some less."""
    state = draft.state
    if state.episode == 0:
        raise NotAllowed("the customer has not written yet")
    require_no_colleague(state, command)
    base = state.tags if command.tags is None else command.tags
    names = dict.fromkeys((*base, *command.adds))
    tags = tuple(name for name in names if name not in command.removes)
    if set(tags) == set(state.tags):
        return
    if command.version not in {None, state.tags_version}:
        raise TagsChangedMeanwhile
    if len(tags) > MAX_TAGS:
        raise NotAllowed(f"a conversation has {MAX_TAGS} tags at most")
    draft.record(TagsChanged(at=draft.now, agent_id=command.agent_id, tags=tags))


HANDLERS = (handles(ChangeTags, change_tags),)
