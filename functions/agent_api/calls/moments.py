"""Dates and instants as a query gives them."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import PlainValidator


def _date_or_instant(text: object) -> date | datetime:
    try:
        if len(str(text)) == len("2026-03-01"):
            at: date | datetime = date.fromisoformat(str(text))
        else:
            at = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError("neither a date nor an instant") from None
    if isinstance(at, datetime) and at.utcoffset() is None:
        raise ValueError("an instant says its offset from UTC, or Z")
    if not 2000 <= at.year < 2200:  # noqa: PLR2004 -- years in which a desk may have worked
        raise ValueError("long ago, or far ahead")
    return at


type Moment = Annotated[date | datetime, PlainValidator(_date_or_instant)]
"""A date stands for the midnight it begins with, where whoever reads it says."""


def in_utc(moment: date | datetime) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), UTC)
