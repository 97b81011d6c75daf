"""The private bucket: files put in, moved, handed out for minutes, dropped."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.exceptions import ClientError

from sportello.aws.clients import aws_client
from sportello.aws.environment import Environment
from sportello.media.limits import FileRefused
from sportello.media.links import LINK_SECONDS, content_disposition, served_type, shown_name
from sportello.model import Instant, Model

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHANGED = frozenset({"412", "PreconditionFailed"})
_GONE = frozenset({"404", "NoSuchKey", "NotFound"})
_CHUNK_BYTES = 262_144


class MediaEnvironment(Environment):
    media_bucket: str


class Link(Model):
    """An address that is good until `expires_at`, for whoever has it."""

    url: str
    expires_at: Instant


class StoredObject(Model):
    """What the bucket says of an object; `etag` is of its content as it is."""

    size_bytes: int
    mime_type: str
    etag: str = ""


class UploadForm(Model):
    """What a browser posts, with the file as the last field `file`; good until `expires_at`."""

    url: str
    fields: Mapping[str, str]
    expires_at: Instant


class MediaStore:
    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    @cached_property
    def _s3(self) -> "S3Client":
        client: S3Client = aws_client("s3")
        return client

    def put(self, key: str, file: BinaryIO, mime_type: str) -> None:
        """Put a file in; the same one again changes nothing."""
        self._s3.put_object(
            Bucket=self.bucket, Key=key, Body=file, ContentType=served_type(mime_type)
        )

    def look(self, key: str) -> StoredObject | None:
        """Return what is there without reading it; None if it is not, or not any more."""
        try:
            answer = self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
        return StoredObject(
            size_bytes=answer["ContentLength"],
            mime_type=answer.get("ContentType", ""),
            etag=answer["ETag"],
        )

    def read(self, key: str, into: BinaryIO, most_bytes: int, *, etag: str = "") -> bool:
        """Read an object; False if there is none, or no more with this content.

        Raises FileRefused if it is too large.
        """
        same: Any = {"IfMatch": etag} if etag else {}
        try:
            answer = self._s3.get_object(Bucket=self.bucket, Key=key, **same)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE | _CHANGED:
                return False
            raise
        room = most_bytes
        for chunk in answer["Body"].iter_chunks(_CHUNK_BYTES):
            room -= len(chunk)
            if room < 0:
                raise FileRefused("too_large")
            into.write(chunk)
        return True

    def move(self, source: str, key: str, mime_type: str) -> None:
        """Move an object within the bucket; again changes nothing, if it has arrived."""
        self.copy(source, key, mime_type)
        self.drop(source)

    def copy(self, source: str, key: str, mime_type: str, *, etag: str = "") -> None:
        """Have an object there as well; again changes nothing, if it has arrived.

        Raises FileRefused if it has another content by now.
        """
        same: Any = {"CopySourceIfMatch": etag} if etag else {}
        try:
            self._s3.copy_object(
                Bucket=self.bucket,
                Key=key,
                CopySource={"Bucket": self.bucket, "Key": source},
                ContentType=served_type(mime_type),
                MetadataDirective="REPLACE",
                **same,
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _CHANGED:
                raise FileRefused("changed") from None
            if code not in _GONE or self.look(key) is None:
                raise

    def drop(self, key: str) -> None:
        """Delete an object; one that is not there is deleted."""
        self._s3.delete_object(Bucket=self.bucket, Key=key)

    def upload_form(self, key: str, mime_type: str, size_bytes: int, now: datetime) -> UploadForm:
        """Sign a form that puts one file there, of just this size and type, within minutes."""
        form = self._s3.generate_presigned_post(
            Bucket=self.bucket,
            Key=key,
            Fields={"Content-Type": mime_type},
            Conditions=[
                {"Content-Type": mime_type},
                ["content-length-range", size_bytes, size_bytes],
            ],
            ExpiresIn=LINK_SECONDS,
        )
        return UploadForm(
            url=form["url"],
            fields=form["fields"],
            expires_at=now + timedelta(seconds=LINK_SECONDS),
        )

    def link(self, key: str, file_name: str, mime_type: str, now: datetime) -> Link:
        """Sign an address for minutes: saved under a safe name, as the type that was found."""
        url = self._s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "ResponseContentDisposition": content_disposition(shown_name(file_name, mime_type)),
                "ResponseContentType": served_type(mime_type),
                "ResponseCacheControl": "private, no-store",
            },
            ExpiresIn=LINK_SECONDS,
        )
        return Link(url=url, expires_at=now + timedelta(seconds=LINK_SECONDS))
