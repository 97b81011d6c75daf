import pytest

from sportello.language.spoken_duration import duration_in_words, wait_in_words

MINUTE, HOUR = 60, 3_600


@pytest.mark.parametrize(
    ("low", "high", "italian", "english"),
    [
        (0, 0, "meno di un minuto", "less than a minute"),
        (0, 60, "meno di un minuto", "less than a minute"),
        (0, 2 * MINUTE, "meno di 2 minuti", "less than 2 minutes"),
        (0, HOUR, "meno di un'ora", "less than an hour"),
        (60, 60, "circa un minuto", "about a minute"),
        (60, 120, "tra 1 e 2 minuti", "between 1 and 2 minutes"),
        (119, 121, "tra 1 e 3 minuti", "between 1 and 3 minutes"),
        (120, 300, "tra 2 e 5 minuti", "between 2 and 5 minutes"),
        (300, 300, "circa 5 minuti", "about 5 minutes"),
        (45 * MINUTE, HOUR, "tra 45 minuti e un'ora", "between 45 minutes and an hour"),
        (
            HOUR,
            HOUR + 30 * MINUTE,
            "tra un'ora e un'ora e mezza",
            "between an hour and an hour and a half",
        ),
        (HOUR, 2 * HOUR, "tra 1 e 2 ore", "between 1 and 2 hours"),
        (
            150 * MINUTE,
            3 * HOUR,
            "tra 2 ore e mezza e 3 ore",
            "between 2 and a half hours and 3 hours",
        ),
        (3 * HOUR, 4 * HOUR, "tra 3 e 4 ore", "between 3 and 4 hours"),
        (HOUR, 5 * HOUR, "più di un'ora", "more than an hour"),
        (60, 5 * HOUR, "più di un minuto", "more than a minute"),
        (30 * HOUR, 40 * HOUR, "più di 30 ore", "more than 30 hours"),
    ],
)
def test_a_wait_reads_as_a_person_would_say_it(
    low: float, high: float, italian: str, english: str
) -> None:
    assert wait_in_words(low, high, "it") == italian
    assert wait_in_words(low, high, "en") == english


@pytest.mark.parametrize(
    ("seconds", "italian", "english"),
    [
        (0, "un minuto", "a minute"),
        (89, "un minuto", "a minute"),
        (90, "2 minuti", "2 minutes"),
        (HOUR - 1, "un'ora", "an hour"),
        (HOUR + MINUTE, "un'ora e un minuto", "an hour and a minute"),
        (HOUR + 15 * MINUTE, "un'ora e 15 minuti", "an hour and 15 minutes"),
        (2 * HOUR + 30 * MINUTE, "2 ore e mezza", "2 and a half hours"),
    ],
)
def test_a_duration_is_told_in_hours_and_minutes(
    seconds: float, italian: str, english: str
) -> None:
    assert duration_in_words(seconds, "it") == italian
    assert duration_in_words(seconds, "en") == english
