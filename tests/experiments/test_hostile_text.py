"""Customers' words where they are read: none breaks a reader, none costs more than its length."""

import os
import random
import time
import tracemalloc
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.bot.faq import FaqIndex, content_stems, packaged_index
from sportello.bot.faq_entry import FaqEntry
from sportello.bot.human_request import asks_for_a_person
from sportello.language.conversation_language import language_of_message
from sportello.language.detection import detect
from sportello.language.languages import languages
from sportello.messaging.text_splitting import split_text
from support.experiments.hostile import TEXTS

THOROUGH = 15 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1

extents = pytest.mark.parametrize(
    "examples",
    [pytest.param(40, id="slice"), pytest.param(1_500, id="all", marks=pytest.mark.experiment)],
)

type Measured = Callable[[str], None]

FRAGMENTS: Sequence[str] = (
    *(text for text in TEXTS if len(text) < 200),
    *("consegna?", "reso ", "rimborso? ", "parlare con un ", "operatore", "non ", "I want a "),
    *("human ", "c'è ", "n't ", "\n", ".", "?", '"', "'", "*", "NEAR/2 ", "AND ", "OR ", "NOT "),
    *("^", ":", "{opening}", "https://", "www.", "😀", "\u0301", "\u202e", "ﷲ", "ß", "İ", "ﬁ"),
)
texts = st.lists(st.tuples(st.sampled_from(FRAGMENTS), st.sampled_from((1, 2, 9))), max_size=8).map(
    lambda parts: "".join(part * times for part, times in parts)
)


@extents
def test_no_text_breaks_a_reader(examples: int, measured: Measured) -> None:
    @settings(max_examples=examples * THOROUGH)
    @given(texts)
    def read(text: str) -> None:
        assert detect(text, [text, "en"]) in languages()
        for language in languages():
            match = packaged_index(language).best(text)
            assert match is None or 0 < match.confidence <= 1
            assert isinstance(asks_for_a_person(text, language), bool)
        for limit in (1, 20, 4_096):
            parts = split_text(text, limit)
            assert all(0 < len(part) <= limit for part in parts)
            # What is between the parts is white space, and nothing else is lost.
            assert "".join("".join(parts).split()) == "".join(text.split())

    read()
    measured(f"hostile texts: {examples * THOROUGH:,} texts past every reader")


@extents
def test_no_entry_of_a_business_breaks_the_search(examples: int) -> None:
    """A supervisor's own questions are as free as a customer's."""
    some = texts.filter(bool)

    @settings(max_examples=max(10, examples // 10) * THOROUGH)
    @given(st.lists(some, min_size=1, max_size=4), some)
    def search(questions: list[str], asked: str) -> None:
        index = FaqIndex([FaqEntry(id="own", questions=tuple(questions), answer="Sì.")], "it")
        match = index.closest(asked)
        assert match is None or match.entry.id == "own"

    search()


# --- how the work grows -----------------------------------------------------------------------

# Those that look at the beginning of a text only, however long it is, and one that reads all of
# it: what it splits is our own text or an agent's, at most 16,384 characters.
CAPPED: dict[str, Callable[[str], object]] = {
    "detect": detect,
    "language of a message": lambda text: language_of_message(text, "it", "en"),
    "asks for a person": lambda text: [asks_for_a_person(text, each) for each in languages()],
    "stems": lambda text: [content_stems(text, each) for each in languages()],
    "faq": lambda text: [packaged_index(each).best(text) for each in languages()],
}
SIZES = (10_000, 100_000, 1_000_000)
SPLIT_SIZES = (1_600, 16_000)

SHAPES: dict[str, Callable[[int], str]] = {
    "one letter": lambda size: "a" * size,
    "one word": lambda size: "consegna " * (size // 9),
    "questions": lambda size: "reso? " * (size // 6),
    "short questions": lambda size: "a?" * (size // 2),
    "names": lambda size: "a Xa" * (size // 4),
    "requests": lambda size: "parlare con un " * (size // 15),
    "declined": lambda size: "non voglio parlare con una " * (size // 27),
    "in English": lambda size: "talk to a real " * (size // 15),
    "zalgo": lambda size: "e" + "\u0301" * (size - 1),
    "marks in disorder": lambda size: "e" + "\u0301\u0323" * (size // 2),
    "families": lambda size: "\U0001f468\u200d" * (size // 2),
    "ligatures": lambda size: "\ufdf2" * size,
    "addresses": lambda size: "https://a.b/" * (size // 12),
    "dots": lambda size: "http://" + "." * size,
    "white space": lambda size: "a" + " " * (size - 2) + "b",
    "no-break spaces": lambda size: "a\u00a0" * (size // 2),
    "lines": lambda size: "a\r\n" * (size // 3),
    "quotes": lambda size: '"' * size,
    "abbreviations": lambda size: "sig.ra " * (size // 7),
}


def processor_seconds(read: Callable[[str], object], text: str) -> float:
    """The less of two runs: others only ever add to it, and under 2 ms there is only noise."""
    spent = []
    for _ in range(2):
        started_at = time.process_time()
        read(text)
        spent.append(time.process_time() - started_at)
    return max(min(spent), 0.002)


@pytest.mark.experiment
@pytest.mark.parametrize("reader", CAPPED)
def test_a_customers_megabyte_costs_no_more_than_a_page(reader: str, measured: Measured) -> None:
    slowest = 0.0
    for shape, make in SHAPES.items():
        first, *longer = [processor_seconds(CAPPED[reader], make(size)) for size in SIZES]
        assert max(longer) < 10 * first, f"{shape} has no cap: {first}, {longer}"
        slowest = max(slowest, *longer)
    measured(f"{reader}: a megabyte takes {slowest * 1_000:.0f} ms of processor at most")


@pytest.mark.experiment
def test_splitting_costs_no_more_than_its_text_is_long(measured: Measured) -> None:
    """Ten times the text may cost ten times the work, forty with all slack; quadratic is 100."""
    growths = []
    for shape, make in SHAPES.items():
        short, long = [
            processor_seconds(lambda text: split_text(text, 160), make(size))
            for size in SPLIT_SIZES
        ]
        growths.append(long / short)
        assert growths[-1] < 40, f"{shape}: {short}, {long}"
    measured(f"splitting: ten times the text costs {max(growths):.0f} times the work at most")


@pytest.mark.experiment
def test_words_of_customers_fill_no_memory() -> None:
    """A warm function reads long words never seen before and keeps next to nothing of them."""
    picks = random.Random(7)  # noqa: S311 -- repeatable, no secret
    index = packaged_index("it")
    index.best("consegna")
    tracemalloc.start()
    try:
        for _ in range(200):
            index.best("".join(picks.choices("abcdefghilmnop\ufdf2", k=4_000)))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2_000_000, "200 words of 4,000 letters, kept as they were, are ten times as much"
