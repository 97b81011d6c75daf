"""The files of one reply: looked at once, kept if it is sent, and dropped if it is not."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from agent_api.calls.problems import Fault, Problem, invalid
from agent_api.writing.reply_content import beyond
from sportello.aws.environment import Environment
from sportello.delivery.uploads import KeptUpload, NamedUpload, Scan, UploadRefused, Uploads
from sportello.entrypoints import runtime
from sportello.media.scanning import NotScanned, scanner
from sportello.messaging.capabilities import Capabilities
from sportello.messaging.outbound_media import OutboundMedia, kind_of_file
from sportello.model import Instant
from sportello.table.files.file_link_table import FileLink

REASONS = {
    "unknown": "There is no such upload of yours in this conversation.",
    "used": "Another reply has it already.",
    "expired": "It was uploaded too long ago.",
    "not_uploaded": "Nothing was uploaded by its form, or not any more.",
    "size_mismatch": "It has another size than was said.",
    "checksum_mismatch": "It is another file than was said.",
    "type_mismatch": "It is of another type than was said.",
    "changed": "It was exchanged while it was looked at.",
    "empty": "There is nothing in it.",
    "too_large": "It is larger than files of its type may be.",
    "not_opus": "An Ogg file is taken with Opus in it, as voice notes are, and with nothing else.",
    "type_not_allowed": "Files of its type are not taken.",
    "dangerous": "It is a program, or has one in it.",
    "macros": "It has macros in it.",
    "too_many_pixels": "It is larger than a picture may be when it is drawn.",
    "expands_too_far": "It becomes larger than it may when it is opened.",
    "unreadable": "It cannot be read as what it is.",
    "infected": "It was found to be harmful.",
}
"""Why a file is not sent, by the word that programs read; nothing of it is kept."""


MAX_REPLY_BYTES = 100_000_000
"""All of it is read while whoever replies waits."""


class FileLinkEnvironment(Environment):
    """What links to files begin with, without the last slash, and how long they are good."""

    file_url_base: str
    file_link_hours: int


class FilesAsked(NamedTuple):
    """Which files, whose reply it is, in which conversation, and the key of its effect.

    With `as_link` what the channel does not take is sent as a link.
    """

    agent_id: str
    conversation_id: str
    effect_key: str
    media_ids: Sequence[str]
    as_link: bool


class FittedFiles(NamedTuple):
    """What goes out as a file, and what stands under the text as a link."""

    media: tuple[OutboundMedia, ...] = ()
    links: tuple[str, ...] = ()


class ReplyFiles:
    """A reply may be planned anew: its files are looked at in the first plan that comes so far."""

    def __init__(self, uploads: Callable[[], Uploads], request: FilesAsked, now: Instant) -> None:
        self._uploads = uploads
        self._request = request
        self._now = now
        self._files: list[KeptUpload] | None = None
        self._links: dict[str, str] = {}

    def fitted(self, conversation_id: str, capabilities: Capabilities) -> FittedFiles:
        """Return them as the channel takes them; raises Problem where it does not."""
        request = self._request
        try:
            named = self._uploads().named(
                request.media_ids,
                {request.conversation_id, conversation_id},
                request.agent_id,
                request.effect_key,
                self._now,
            )
            _check_size(named)
            misfits = {
                each.name.media_id: problem
                for position, each in enumerate(named)
                if (problem := _misfit(position, each, capabilities))
            }
            if misfits and not request.as_link:
                raise next(iter(misfits.values()))
            if self._files is None:
                self._files = self._uploads().keep(named, request.effect_key, self._now)
        except UploadRefused as refused:
            raise _problem_of(refused) from None
        except NotScanned:
            detail = "Nobody could look the files through."
            raise Problem(503, "busy", detail, headers={"retry-after": "5"}) from None
        return FittedFiles(
            media=tuple(
                _as_sent(file, capabilities)
                for file in self._files
                if file.name.media_id not in misfits
            ),
            links=tuple(self._link(file) for file in self._files if file.name.media_id in misfits),
        )

    def _link(self, file: KeptUpload) -> str:
        """Return a file's name and its link: made once, however often the reply is planned."""
        media_id = file.name.media_id
        if media_id not in self._links:
            environment = FileLinkEnvironment.load()
            link = FileLink(
                key=file.name.key,
                file_name=file.file_name,
                mime_type=file.findings.mime_type,
                until=self._now + timedelta(hours=environment.file_link_hours),
            )
            token = runtime.table().file_links.make(link)
            url = f"{environment.file_url_base}/files/{token}"
            self._links[media_id] = f"{file.file_name}\n{url}"
        return self._links[media_id]

    def drop_unless(self, sent: Callable[[], bool]) -> None:
        """Keep nothing of a reply that was not sent, by a request that was faster for instance."""
        if self._files and not sent():
            self._uploads().drop(self._files)


def files_of_reply(wish: FilesAsked, now: Instant) -> ReplyFiles:
    return ReplyFiles(lambda: Uploads(runtime.table(), runtime.media_store(), scan()), wish, now)


def scan() -> Scan | None:
    return who.look_through if (who := scanner()) else None


def _check_size(named: Sequence[NamedUpload]) -> None:
    if sum(each.upload.size_bytes for each in named) > MAX_REPLY_BYTES:
        fault = Fault(pointer="/media_ids", detail=f"At most {MAX_REPLY_BYTES} bytes together.")
        raise invalid(fault)


def _misfit(position: int, named: NamedUpload, capabilities: Capabilities) -> Problem | None:
    upload = named.upload
    pointer = f"/media_ids/{position}"
    if not capabilities.media:
        return beyond(pointer, "The channel takes no files.")
    kind = kind_of_file(upload.mime_type, capabilities.media)
    if kind is None:
        types = sorted({t for limits in capabilities.media.values() for t in limits.mime_types})
        return beyond(pointer, "The channel takes no files of this type.", mime_types=types)
    most = capabilities.media[kind].max_bytes
    if upload.size_bytes > most:
        detail = f"The channel takes at most {most} bytes of this kind."
        return beyond(pointer, detail, limit=most)
    return None


def _as_sent(file: KeptUpload, capabilities: Capabilities) -> OutboundMedia:
    findings = file.findings
    dimensions = (findings.width, findings.height) if findings.width and findings.height else None
    kind = kind_of_file(findings.mime_type, capabilities.media, dimensions)
    return OutboundMedia.model_validate(
        {
            "media_id": file.name.media_id,
            "key": file.name.key,
            "kind": kind,
            "mime_type": findings.mime_type,
            "size_bytes": findings.size_bytes,
            "file_name": file.file_name,
        }
    )


def _problem_of(refused: UploadRefused) -> Problem:
    detail = REASONS.get(refused.reason, "It is not taken.")
    fault = Fault(pointer=f"/media_ids/{refused.position}", detail=detail)
    extension = {"reason": refused.reason}
    return Problem(422, "file-not-taken", "See errors.", faults=[fault], extension=extension)
