"""Whether text can be read on a colour, held against figures that a page computes, too."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.widget.contrast import (
    INK,
    LEAST_CONTRAST,
    WHITE,
    contrast,
    luminance,
    nearest_readable,
    text_on,
)
from support.template import ROOT

VECTORS: Any = json.loads((ROOT / "tests/vectors/contrast.json").read_text(encoding="utf-8"))
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_the_vectors_are_of_these_texts() -> None:
    assert (VECTORS["white"], VECTORS["ink"]) == (WHITE, INK)
    assert VECTORS["least_contrast"] == LEAST_CONTRAST


@pytest.mark.parametrize("vector", VECTORS["colours"], ids=lambda vector: vector["colour"])
def test_a_colour_is_as_the_vectors_have_it(vector: Any) -> None:
    colour = vector["colour"]
    assert luminance(colour) == pytest.approx(vector["luminance"], abs=1e-4)
    assert contrast(colour, WHITE) == pytest.approx(vector["on_white"], abs=1e-3)
    assert contrast(INK, colour) == pytest.approx(vector["on_ink"], abs=1e-3)
    assert (text_on(colour), nearest_readable(colour)) == (vector["text"], vector["nearest"])


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, published: float) -> None:
    assert contrast(one, other) == pytest.approx(published, abs=0.005)


@given(COLOURS)
def test_text_can_be_read_on_the_nearest_colour(colour: str) -> None:
    nearest = nearest_readable(colour)
    text = text_on(nearest)
    assert text is not None
    assert contrast(nearest, text) >= LEAST_CONTRAST
    assert (nearest == colour) is (text_on(colour) is not None)


@given(COLOURS)
def test_text_is_in_what_can_be_read_better(colour: str) -> None:
    text = text_on(colour)
    if text is not None:
        assert contrast(colour, text) == max(contrast(colour, each) for each in (WHITE, INK))


@given(COLOURS)
def test_no_shade_on_the_way_to_the_nearest_colour_would_have_done(colour: str) -> None:
    """It is little that is changed: a sixth of the way at most."""
    nearest = nearest_readable(colour)
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(nearest[1:]), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= 255 / 6
