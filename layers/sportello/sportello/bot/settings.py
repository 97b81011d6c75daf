"""How the bot behaves and what it answers, as settings documents. Pure."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from sportello.bot.faq_entry import FaqEntry
from sportello.language.languages import Language
from sportello.settings_document import SettingsDocument


class BotSettings(SettingsDocument):
    """How the bot behaves.

    `collect_seconds` is how long it waits for the rest of a burst, `lease_seconds` how long a
    turn may take before the sweep gives it to another attempt, `answers_per_stretch` after how
    many answers in a row a person is asked, `follow_up_hours` how long a resolved matter reopens
    as the same episode, `thanks_reopen` whether a mere "thank you" reopens it too.
    """

    kind = "bot"
    former_names: ClassVar[Mapping[str, str]] = {"courtesy_reopens": "thanks_reopen"}
    enabled: bool = True
    collect_seconds: int = Field(default=1, ge=0, le=30)
    lease_seconds: int = Field(default=90, ge=30, le=300)
    turn_attempts: int = Field(default=3, ge=1, le=10)
    answers_per_stretch: int = Field(default=6, ge=1, le=20)
    follow_up_hours: int = Field(default=72, ge=0, le=8_760)
    thanks_reopen: bool = False


class FaqSettings(SettingsDocument):
    """The business's own questions and answers.

    A language left out keeps the packaged ones, one with an empty list has none.
    """

    kind = "faq"
    entries: dict[Language, tuple[FaqEntry, ...]] = Field(default_factory=dict)
