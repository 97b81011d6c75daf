import pytest

from local.cloud.deployment import local_page, local_url


def test_the_address_of_a_stage_becomes_the_emulators() -> None:
    address = "https://a1b2c3d4.execute-api.eu-south-1.amazonaws.com/v1/"
    assert (
        local_url(address, "http://127.0.0.1:4566")
        == "http://127.0.0.1:4566/_aws/execute-api/a1b2c3d4/v1"
    )


def test_another_address_is_refused() -> None:
    with pytest.raises(ValueError, match=r"example\.org is not the address"):
        local_url("https://example.org", "http://127.0.0.1:4566")


def test_the_address_of_a_page_becomes_one_that_browsers_trust_as_the_laptops_own() -> None:
    address = local_page("https://d1a2b3c4.cloudfront.net/", 4566)
    assert address == "http://d1a2b3c4.cloudfront.localhost:4566/"
    assert local_page("", 4566) == ""
