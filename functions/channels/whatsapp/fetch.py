"""Files that customers sent: where Meta has them for minutes, to be fetched with our token."""

from functools import partial
from urllib.parse import quote, urlsplit

from pydantic import ValidationError

from channels.provider_api import FilesApi
from channels.reading import Wire
from channels.whatsapp.api_url import api_url
from channels.whatsapp.capabilities import NAME
from channels.whatsapp.errors import raise_without_file
from channels.whatsapp.secret import AccessToken, whatsapp_secret
from sportello.entrypoints.fetcher import fetcher
from sportello.errors import ForbiddenUrl, ProviderUnavailable
from sportello.messaging.fetching_channel import FileAddress
from sportello.messaging.items import Media

_METAS = (".fbsbx.com", ".facebook.com", ".whatsapp.net", ".fbcdn.net")
"""Whose servers may see the token."""


class _Where(Wire):
    url: str


class WhatsAppFiles(FilesApi[AccessToken]):
    name: str = NAME

    def fetch_media(self, media: Media, account_id: str) -> FileAddress:
        token = self._secret().access_token.get_secret_value()
        headers = {"authorization": f"Bearer {token}", "user-agent": "Sportello"}
        base = self._api_url()
        media_id, account = quote(media.provider_media_id, safe=""), quote(account_id, safe="")
        reply = self._get(f"{base}/{media_id}?phone_number_id={account}", headers)
        if not reply.is_success:
            raise_without_file(reply)
        try:
            url = _Where.model_validate(reply.document()).url
        except ValidationError:
            raise ProviderUnavailable("the media's address is missing") from None
        _require_metas(url, base)
        return FileAddress(url=url, headers=headers, api_url=base)


def _require_metas(url: str, base: str) -> None:
    try:
        # Of what stands before a backslash not everybody thinks the same.
        host = "" if "\\" in url else urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if host != urlsplit(base).hostname and not host.endswith(_METAS):
        raise ForbiddenUrl("the file lies at a server that is not Meta's")


adapter = WhatsAppFiles(partial(whatsapp_secret, AccessToken), api_url)
handler = fetcher(adapter)
