"""Files that somebody sent, as people are told of them: in words, and without looking at them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sportello.model import Model
from sportello.people.notifying.notice_texts import NoticeTexts

MOST_FILES = 5
_MOST_NAME = 60
_MOST_SECONDS = 359_999


class SentFile(Model):
    """`kind` is what it is shown as; a recording has `seconds`, a document a `name`."""

    kind: str
    seconds: int | None = None
    name: str = ""


def files_in(detail: Any) -> tuple[SentFile, ...]:
    """Read the files of a story's entry; what some other version wrote is no reason to fail."""
    if not isinstance(detail, Mapping):
        return ()
    form = detail.get("media_form")
    media = detail.get("media")
    files = [
        _file(sent, form if isinstance(form, str) else "")
        for sent in (media if isinstance(media, list | tuple) else ())
        if isinstance(sent, Mapping)
    ]
    if isinstance(detail.get("location"), Mapping):
        files.append(SentFile(kind="location"))
    return tuple(files[:MOST_FILES])


def read_files(value: Any) -> tuple[SentFile, ...]:
    """Read files as a packet tells of them."""
    files = value if isinstance(value, list) else []
    return tuple(_file(file, "") for file in files[:MOST_FILES] if isinstance(file, Mapping))


def in_words(files: Iterable[SentFile], texts: NoticeTexts) -> str:
    """Say what was sent: "photo", "voice note 0:12", "file invoice.pdf"."""
    return ", ".join(_in_words(file, texts) for file in files)


def _file(sent: Mapping[str, Any], form: str) -> SentFile:
    kind, seconds = sent.get("kind"), sent.get("seconds")
    name = sent.get("file_name") or sent.get("name")
    is_length = isinstance(seconds, int) and 0 < seconds <= _MOST_SECONDS
    return SentFile(
        kind=form or (kind if isinstance(kind, str) else ""),
        seconds=seconds if is_length else None,
        name=name[:_MOST_NAME] if isinstance(name, str) else "",
    )


def _in_words(file: SentFile, texts: NoticeTexts) -> str:
    word = texts.file(file.kind)
    if file.seconds:
        minutes, seconds = divmod(file.seconds, 60)
        return f"{word} {minutes}:{seconds:02}"
    return f"{word} {file.name}".strip()
