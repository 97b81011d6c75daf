"""The document of the chat widget: what of it is taken, and in which words the rest is not."""

from typing import Any

import pytest
from pydantic import ValidationError

from sportello.widget.settings import MAX_ORIGINS, MAX_SITES, Site, WidgetSettings

SHOP: dict[str, Any] = {
    "origins": ["https://www.example.com", "http://localhost:8000"],
    "name": {"it": "Ferramenta Rossi", "en": "Rossi Hardware"},
    "colour": "#0F766E",
    "greeting": {"it": "Buongiorno! Come possiamo aiutarla?"},
    "closed": {"it": "Siamo chiusi: ci scriva, le risponderemo."},
    "corner": "left",
}


def faults(**changes: Any) -> list[Any]:
    with pytest.raises(ValidationError) as caught:
        WidgetSettings.model_validate({"sites": {"shop": SHOP | changes}})
    return list(caught.value.errors())


def test_a_site_says_where_it_is_how_it_looks_and_what_it_says() -> None:
    document = WidgetSettings.model_validate({"sites": {"shop": SHOP}})
    site = document.sites["shop"]
    assert (site.enabled, site.corner, site.colour) == (True, "left", "#0f766e")
    assert site.name["en"] == "Rossi Hardware"


def test_until_somebody_writes_one_there_is_no_site() -> None:
    assert WidgetSettings().sites == {}


def test_a_site_of_which_nothing_is_said_can_be_read() -> None:
    assert Site().model_dump(mode="json") == {
        "enabled": True,
        "origins": [],
        "name": {},
        "colour": "#0d5c58",
        "greeting": {},
        "closed": {},
        "corner": "right",
    }


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.com",
        "https://shop.example.co.uk:8443",
        "https://xn--caff-8oa.example",
        "https://192.0.2.7",
        "http://localhost",
        "http://localhost:5173",
    ],
)
def test_an_origin_is_as_browsers_write_it(origin: str) -> None:
    assert Site.model_validate({"origins": [origin]}).origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "null",
        "example.com",
        "https://*.example.com",
        "https://Example.com",
        "https://example.com/",
        "https://example.com/chat",
        "https://example.com?x=1",
        "https://anna@example.com",
        "https://example.com:443",
        "https://example.com:0",
        "https://example.com:65536",
        "https://example.com:08443",
        "https://-example.com",
        "https://example..com",
        "https://caffè.example",
        "https://example.com\n",
        "http://example.com",
        "http://localhost.example.com",
        "http://localhost:80",
        "http://127.0.0.1:8000",
        "ftp://example.com",
        f"https://{'a.' * 130}example",
    ],
)
def test_anything_else_is_no_origin(origin: str) -> None:
    (fault,) = faults(origins=[origin])
    assert fault["loc"] == ("sites", "shop", "origins", 0)


def test_an_origin_is_named_once() -> None:
    (fault,) = faults(origins=["https://example.com"] * 2)
    assert "more than once" in fault["msg"]


@pytest.mark.parametrize("colour", ["#777777", "#7d7d7d", "#ff0000"])
def test_a_colour_without_readable_text_is_refused_and_the_nearest_named(colour: str) -> None:
    (fault,) = faults(colour=colour)
    assert fault["loc"] == ("sites", "shop", "colour")
    nearest = fault["msg"].rpartition(" ")[2]
    assert Site.model_validate({"colour": nearest}).colour == nearest


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#0d5c58ff", "0d5c58"])
def test_a_colour_is_six_digits(colour: str) -> None:
    assert faults(colour=colour)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": {"it": "x" * 61}},
        {"name": {"it": " "}},
        {"name": {"xx": "Rossi"}},
        {"greeting": {"it": "x" * 501}},
        {"closed": {"en": ""}},
        {"corner": "top"},
        {"color": "#0d5c58"},
        {"origins": [f"https://shop{number}.example" for number in range(MAX_ORIGINS + 1)]},
    ],
)
def test_what_does_not_fit_is_refused(changes: Any) -> None:
    assert faults(**changes)


def test_there_are_so_many_sites_and_no_more() -> None:
    sites = {f"shop{number}": SHOP for number in range(MAX_SITES)}
    WidgetSettings.model_validate({"sites": sites})
    with pytest.raises(ValidationError):
        WidgetSettings.model_validate({"sites": {**sites, "one-more": SHOP}})
