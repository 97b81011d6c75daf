"""Customer texts in the business's own words, as a settings document. Pure."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from sportello.language.languages import Language, default_language
from sportello.language.texts import TextName, check_overrides
from sportello.settings_document import SettingsDocument


class TextSettings(SettingsDocument):
    """What customers are told: in which language, and in whose words.

    `default_language` is for whom nobody knows a language; `texts` are the business's own
    wordings, by language and name.
    """

    kind = "texts"
    default_language: Language = Field(default_factory=default_language)
    texts: dict[
        Language, dict[TextName, Annotated[str, StringConstraints(min_length=1, max_length=4_000)]]
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_said(self) -> Self:
        check_overrides(self.texts)
        return self
