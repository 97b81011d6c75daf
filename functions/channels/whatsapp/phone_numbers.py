"""Numbers that are written in more than one way, and the way WhatsApp writes them."""

import re

_SEPARATORS = str.maketrans("", "", "+-(). /\u00a0\u2007\u2009\u200e\u200f\u202a\u202c\u202f")
_INTERNATIONAL_PREFIX = re.compile(r"^00(?=[1-9])")

_BRAZILIAN = re.compile(r"55(?P<area>[1-9]\d)9?(?P<local>[6-9]\d{7})")
_BRAZILIAN_AREAS_WITH_NINE = {*range(11, 20), 21, 22, 24, 27, 28}
_MEXICAN = re.compile(r"521?(?P<national>[2-9]\d{9})")
_ARGENTINE = re.compile(r"549?(?P<national>[1-3]\d{9})")
_ARGENTINE_WITH_15 = re.compile(
    r"549?(?P<area>11(?=15\d{8}$)|[1-3]\d{2}(?=15\d{7}$)|[1-3]\d{3}(?=15\d{6}$))15(?P<local>\d+)"
)


def as_digits(number: str) -> str:
    """Return a number as it follows the plus sign, without what people write between digits."""
    return _INTERNATIONAL_PREFIX.sub("", number.translate(_SEPARATORS))


def spellings(number: str) -> tuple[str, ...]:
    """Return every way to write one subscriber's number in digits, WhatsApp's way first.

    Mobile numbers in Brazil got a ninth digit, a 9 behind the area code, which WhatsApp writes for
    the areas 11-19, 21, 22, 24, 27 and 28 only; landlines, which begin with 2 to 5, got none.
    Mexican numbers had a 1 behind the country code, Argentine ones have a 9 there in
    international form and a 15 behind the area code at home; WhatsApp writes the 1 and the 9, and
    drops the 15 (faq.whatsapp.com, "About international phone number format"; the Cloud API may
    change these digits: developers.facebook.com/docs/whatsapp/cloud-api/phone-numbers).
    """
    if match := _BRAZILIAN.fullmatch(number):
        area, local = match["area"], match["local"]
        long, short = f"55{area}9{local}", f"55{area}{local}"
        return (long, short) if int(area) in _BRAZILIAN_AREAS_WITH_NINE else (short, long)
    if match := _MEXICAN.fullmatch(number):
        return f"521{match['national']}", f"52{match['national']}"
    if match := _ARGENTINE.fullmatch(number):
        return f"549{match['national']}", f"54{match['national']}"
    if match := _ARGENTINE_WITH_15.fullmatch(number):
        national = match["area"] + match["local"]
        return f"549{national}", f"54{national}", number
    return (number,)
