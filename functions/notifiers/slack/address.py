"""What an endpoint says of itself, and who presses its buttons."""

from typing import Annotated

from pydantic import Field, StringConstraints

from sportello.model import Model
from sportello.people.notifying.notice_texts import NoticeLanguage
from sportello.routing.profile import AgentId

type SlackUser = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,30}$")]
type SlackChannel = Annotated[str, StringConstraints(pattern=r"^[CGDUW][A-Z0-9]{2,30}$")]
"""An id, never a name: names change hands. Posting to a person's id writes to them alone."""

ONE_PERSONS = "D"
"""What the ids of a person's messages with the app begin with."""


class SlackAddress(Model):
    """`agents` says which agent a Slack user is, for whom may answer in a shared channel."""

    channel: SlackChannel
    agents: dict[SlackUser, AgentId] = Field(default_factory=dict, max_length=500)
    language: NoticeLanguage | None = None
    show_words: bool = True


def mention(address: SlackAddress, agent_id: str) -> str:
    """Return Slack's sign for an agent, empty where the address does not know them."""
    users = (user for user, agent in address.agents.items() if agent == agent_id)
    return next((f"<@{user}>" for user in users), "")


def agent_pressing(address: SlackAddress, owner: str, user: str, pressed_in: str) -> str:
    """Return which agent a person is who pressed a button, empty if nobody that may.

    At `owner`'s own endpoint only the owner may: whom `agents` names, or else whoever the app
    writes to alone.
    """
    agent_id = address.agents.get(user, "")
    if not owner:
        return agent_id
    if address.agents or not pressed_in.startswith(ONE_PERSONS):
        return owner if agent_id == owner else ""
    is_theirs = address.channel in {user, pressed_in}
    return owner if is_theirs else ""
