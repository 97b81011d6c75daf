"""Customer texts in the business's own words where it has set them, else as packaged."""

from sportello.language.detection import Language
from sportello.language.settings import TextSettings
from sportello.language.texts import TextName, text
from sportello.table.settings_store import SettingsStore


def customer_text(
    settings: SettingsStore, name: TextName, language: Language, **values: str
) -> str:
    return text(name, language, overrides=settings.get(TextSettings).texts, **values)
