"""How a person's browser is set: language, colours, size."""

from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import ViewportSize

type Language = Literal["it", "en"]
type Scheme = Literal["light", "dark"]

LANGUAGES: tuple[Language, ...] = ("it", "en")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOCALES: dict[Language, str] = {"it": "it-IT", "en": "en-GB"}
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)
TIME_ZONE = "Europe/Rome"


@dataclass(frozen=True)
class Look:
    language: Language = "en"
    scheme: Scheme = "light"
    is_phone: bool = False
    time_zone: str = TIME_ZONE

    @property
    def size(self) -> ViewportSize:
        return PHONE if self.is_phone else DESKTOP

    @property
    def name(self) -> str:
        return f"{self.language}-{self.scheme}-{'phone' if self.is_phone else 'desktop'}"
