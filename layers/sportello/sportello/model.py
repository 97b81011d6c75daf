"""The base of every domain model: immutable, closed to unknown fields."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def to_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar in UTC") from None


def written(at: datetime) -> str:
    """Return an instant as RFC 3339 text in UTC, ending in Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


Instant = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""An aware instant, kept in UTC; naive datetimes are refused."""


class Model(BaseModel):
    """Errors of validation name the field and never show its value: it may be personal."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )
