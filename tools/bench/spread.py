"""Figures that are measured more than once: the middle one, and how far the others lie."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple, Self


class Spread(NamedTuple):
    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        ordered = sorted(values)
        return cls(median(ordered), ordered[0], ordered[-1])

    @classmethod
    def ratios(cls, samples: Sequence[float], floors: Sequence[float]) -> Self:
        """Compare each sample with the floor that was measured beside it."""
        return cls.of(sample / floor for sample, floor in zip(samples, floors, strict=True))

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.least:.2f}..{self.most:.2f})"
