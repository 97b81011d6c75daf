"""The port of a channel whose customers send files, which its `fetch` loads and nothing beside it.

A provider keeps a file for us, under a name that says nothing and at an address that it gives out
for minutes: who fetches asks for the address first, at each attempt anew.
"""

from collections.abc import Mapping
from typing import Protocol

from sportello.errors import Rejected
from sportello.messaging.items import Media
from sportello.model import Model


class FileGone(Rejected):
    """The provider does not have a file, or not any more."""


class FileTooLarge(Rejected):
    """The provider has a file and hands it to nobody like us."""


class FileAddress(Model):
    """Where a provider keeps a file just now; the address is as secret as a token.

    `headers` are for this address alone, and for none that it leads on to. `api_url` is where the
    operator has the provider's API: what lies there is fetched, whatever network that is on.
    """

    url: str
    headers: Mapping[str, str] = {}
    api_url: str = ""


class FetchingAdapter(Protocol):
    """One channel's way to the files that its customers sent."""

    name: str

    def fetch_media(self, media: Media, account_id: str) -> FileAddress:
        """Ask the provider where a file is.

        Raises FileGone, FileTooLarge, ProviderUnavailable to be tried again, and
        ConfigurationRefused where an operator has to act first.
        """
