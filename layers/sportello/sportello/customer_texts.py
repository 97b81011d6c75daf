"""Customer texts in the business's own words where it has set them, else as packaged."""

from sportello.language import Language
from sportello.settings import TextSettings
from sportello.settings_store import SettingsStore
from sportello.texts import TextName, text


def customer_text(
    settings: SettingsStore, name: TextName, language: Language, **values: str
) -> str:
    return text(name, language, overrides=settings.get(TextSettings).texts, **values)
