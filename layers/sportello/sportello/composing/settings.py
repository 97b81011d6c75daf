"""What agents say again and again, and do again and again, as a settings document. Pure."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from sportello.channel_kinds import ChannelKind, Tone
from sportello.composing.placeholders import Wording
from sportello.language.languages import Language
from sportello.model import Model
from sportello.priorities import Priority
from sportello.settings_document import Name, SettingsDocument

MAX_REPLIES = 1_000
MAX_MACROS = 200
MAX_STEPS = 10
MAX_PLACES = 50
MAX_STEP_TAGS = 20

type Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
type Texts = Annotated[dict[Language, Wording], Field(min_length=1)]
type Names = Annotated[tuple[Name, ...], Field(max_length=MAX_PLACES)]


class Place(Model):
    """Where a conversation is, as far as it matters to what is offered in it."""

    channel: str
    channel_kind: ChannelKind
    tone: Tone
    queue: str


class ForSomePlaces(Model):
    """What is left empty is everywhere."""

    title: Title
    channels: Names = ()
    channel_kinds: Annotated[tuple[ChannelKind, ...], Field(max_length=10)] = ()
    tones: Annotated[tuple[Tone, ...], Field(max_length=10)] = ()
    queues: Names = ()

    def fits(self, place: Place) -> bool:
        return (
            place.channel in (self.channels or {place.channel})
            and place.channel_kind in (self.channel_kinds or {place.channel_kind})
            and place.tone in (self.tones or {place.tone})
            and place.queue in (self.queues or {place.queue})
        )


class CannedReply(ForSomePlaces):
    text: Texts


class ReplyStep(Model):
    """Say a canned reply, or a text of the macro's own."""

    do: Literal["reply"]
    canned: Name | None = None
    text: Texts | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.canned is None) == (self.text is None):
            raise ValueError("name either canned or text")
        return self


class NoteStep(Model):
    do: Literal["note"]
    text: Wording


class TagStep(Model):
    do: Literal["tag"]
    adds: Annotated[tuple[Name, ...], Field(max_length=MAX_STEP_TAGS)] = ()
    removes: Annotated[tuple[Name, ...], Field(max_length=MAX_STEP_TAGS)] = ()


class ClassifyStep(Model):
    do: Literal["classify"]
    priority: Priority | None = None
    segment: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_\-]{0,64}$")] | None = None


class SnoozeStep(Model):
    do: Literal["snooze"]
    seconds: int = Field(ge=60, le=366 * 86_400)


class ResolveStep(Model):
    do: Literal["resolve"]


class TransferStep(Model):
    """To a queue: of colleagues no setting knows."""

    do: Literal["transfer"]
    queue: Name
    note: Wording | None = None


type MacroStep = Annotated[
    ReplyStep | NoteStep | TagStep | ClassifyStep | SnoozeStep | ResolveStep | TransferStep,
    Field(discriminator="do"),
]

ENDINGS = (SnoozeStep, ResolveStep, TransferStep)
"""After these it is not the agent's to go on with."""


class Macro(ForSomePlaces):
    """Steps that are done in their order, all or none."""

    steps: Annotated[tuple[MacroStep, ...], Field(min_length=1, max_length=MAX_STEPS)]

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if sum(isinstance(step, ReplyStep) for step in self.steps) > 1:
            raise ValueError("one reply at most")
        if any(isinstance(step, ENDINGS) for step in self.steps[:-1]):
            raise ValueError("snooze, resolve and transfer come last")
        return self


class CannedReplySettings(SettingsDocument):
    """`business_name` is what `{business_name}` stands for."""

    kind = "canned_replies"
    business_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""
    replies: Annotated[dict[Name, CannedReply], Field(max_length=MAX_REPLIES)] = Field(
        default_factory=dict
    )
    macros: Annotated[dict[Name, Macro], Field(max_length=MAX_MACROS)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_its_own(self) -> Self:
        for name, macro in self.macros.items():
            for step in macro.steps:
                if isinstance(step, ReplyStep) and step.canned not in {None, *self.replies}:
                    raise ValueError(f"macro {name}: there is no canned reply {step.canned}")
        return self

    def queues_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield each queue that is named, with where it stands."""
        for field, named in (("replies", self.replies), ("macros", self.macros)):
            for name, each in named.items():
                for number, queue in enumerate(each.queues):
                    yield (field, name, "queues", number), queue
        for name, macro in self.macros.items():
            for number, step in enumerate(macro.steps):
                if isinstance(step, TransferStep):
                    yield ("macros", name, "steps", number, "queue"), step.queue

    def tags_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        for name, macro in self.macros.items():
            for number, step in enumerate(macro.steps):
                if isinstance(step, TagStep):
                    for position, tag in enumerate(step.adds):
                        yield ("macros", name, "steps", number, "adds", position), tag
