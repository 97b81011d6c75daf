"""What every provider that is called over HTTP needs: our secret, its address, a way to post."""

from collections.abc import Callable, Mapping
from typing import Any

from sportello.messaging.outbound_http import FormFile, Reply, get, post_form, post_json

type Post = Callable[[str, Any, Mapping[str, str]], Reply]
"""Posts a JSON document with headers; raises NoAnswer and ProviderUnavailable."""

type PostForm = Callable[[str, Mapping[str, str], FormFile, Mapping[str, str]], Reply]
"""Posts fields and a file as a form with headers; raises as `Post` does."""

type Get = Callable[[str, Mapping[str, str]], Reply]
"""Gets from an address with headers; raises ProviderUnavailable."""


class ProviderApi[S]:
    """`secret` and `api_url` are asked at each call: both may change while a process lives."""

    def __init__(
        self,
        secret: Callable[[], S],
        api_url: Callable[[], str],
        post: Post = post_json,
        post_form: PostForm = post_form,
    ) -> None:
        self._secret = secret
        self._api_url = api_url
        self._post = post
        self._post_form = post_form


class FilesApi[S]:
    """Of a provider that is asked for files with a GET."""

    def __init__(self, secret: Callable[[], S], api_url: Callable[[], str], get: Get = get) -> None:
        self._secret = secret
        self._api_url = api_url
        self._get = get
