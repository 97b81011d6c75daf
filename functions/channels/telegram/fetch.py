"""Files that customers sent: where Telegram has them for an hour. The token is in every address."""

from functools import partial
from urllib.parse import quote

from pydantic import ValidationError

from channels.provider_api import ProviderApi
from channels.reading import Wire
from channels.telegram.api_url import api_url
from channels.telegram.capabilities import NAME
from channels.telegram.errors import raise_without_file
from channels.telegram.secret import BotToken, telegram_secret
from sportello.entrypoints.fetcher import fetcher
from sportello.errors import ConfigurationRefused, ProviderUnavailable
from sportello.messaging.channel_faults import ChannelFault
from sportello.messaging.fetching_channel import FileAddress, FileGone
from sportello.messaging.items import Media
from sportello.messaging.outbound_http import NoAnswer, Reply


class _File(Wire):
    file_path: str


class _Answer(Wire):
    result: _File


class TelegramFiles(ProviderApi[BotToken]):
    name: str = NAME

    def fetch_media(self, media: Media, account_id: str) -> FileAddress:
        """Where a file is; Telegram hands bots none above 20 MB."""
        secret = self._secret()
        if account_id != secret.bot_id:
            raise ConfigurationRefused(ChannelFault.ACCOUNT, "not_this_bot")
        token = secret.bot_token.get_secret_value()
        base = self._api_url()
        try:
            reply = self._post(
                f"{base}/bot{token}/getFile", {"file_id": media.provider_media_id}, {}
            )
        except NoAnswer as error:
            raise ProviderUnavailable(f"no answer: {error}") from None
        path = quote(_path_in(reply), safe="/")
        return FileAddress(url=f"{base}/file/bot{token}/{path}", api_url=base)


def _path_in(reply: Reply) -> str:
    if not reply.is_success:
        raise_without_file(reply)
    try:
        path = _Answer.model_validate(reply.document()).result.file_path
    except ValidationError:
        raise ProviderUnavailable("getFile answered with no path") from None
    if ".." in path.split("/"):
        raise FileGone("a path that leads elsewhere")
    return path


adapter = TelegramFiles(partial(telegram_secret, BotToken), api_url)
handler = fetcher(adapter)
