"""The calendars a business keeps, as a settings document. Pure."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from sportello.hours.opening_hours import OpeningHours
from sportello.settings_document import DEFAULT, Name, SettingsDocument

type AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_\-]{1,32}:.{1,128}$")]


class OpeningHoursSettings(SettingsDocument):
    """Calendars by name; `default` is the one used where a queue names none.

    `accounts` gives a channel account, `<channel>:<account id>`, a calendar of its own, which
    then holds whatever the queue.
    """

    kind = "opening_hours"
    times_clocks = True
    calendars: dict[Name, OpeningHours] = Field(
        default_factory=lambda: {
            DEFAULT: OpeningHours(
                time_zone="Europe/Rome",
                weekly={"mon-fri": [["09:00", "13:00"], ["14:00", "18:00"]]},  # type: ignore[dict-item] # parsed
                holidays=("IT",),
            )
        }
    )
    accounts: dict[AccountName, Name] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _accounts_keep_calendars_there_are(self) -> Self:
        if unknown := set(self.accounts.values()) - self.calendars.keys():
            raise ValueError(f"accounts name unknown calendars: {', '.join(sorted(unknown))}")
        return self
