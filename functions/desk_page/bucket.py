"""The bucket that the page is served from.

A page that somebody has had open since yesterday still asks for yesterday's files, so those that
were replaced stay for a while: they are marked, and the bucket's lifecycle removes them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import TYPE_CHECKING

from sportello.aws.clients import aws_client
from sportello.aws.several_at_once import several_at_once

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LAYER = "desk_files"
PAGE = "index.html"
CONFIGURATION = "config.json"
LIST = "files.json"
"""What was put last: the files that are replaced when others are put."""

FOLDERS = ("v/", "vendor/")
"""Where the page's files are, but for those at the top."""

FOR_A_MOMENT = "no-cache"
JSON = "application/json"
REPLACED = "replaced=true"
"""The tag by which the lifecycle knows them, as the template has it."""

MOST_AT_ONCE = 1_000

type Listed = Mapping[str, str]
"""A file as `web/build.py` lists it: `key`, `type`, `cache`."""


class TooLittleTime(Exception):
    """The function ends before everything is done."""


class NotRemoved(Exception):
    """S3 kept files that it was to remove; the message is its word for why."""


class Bucket:
    """`has_time` says whether there is time for one more file."""

    def __init__(self, name: str, has_time: Callable[[], bool]) -> None:
        self._name = name
        self._has_time = has_time
        client: S3Client = aws_client("s3")
        self._s3 = client

    def publish(self, configuration: bytes) -> None:
        """Put the files of the layer, the page that names them last, and mark those replaced."""
        listed: list[Listed] = json.loads(resources.files(LAYER).joinpath(LIST).read_bytes())
        before = self._listed_before()
        *others, page = listed
        several_at_once(lambda file: self._put(file, _content(file["key"])), others)
        self._put({"key": CONFIGURATION, "type": JSON, "cache": FOR_A_MOMENT}, configuration)
        self._put(page, _content(page["key"]))
        there = {file["key"] for file in listed}
        several_at_once(self._mark_replaced, [file for file in before if file["key"] not in there])
        # Last, so that whoever comes again after a failure still knows what there was before.
        self._put({"key": LIST, "type": JSON, "cache": FOR_A_MOMENT}, json.dumps(listed).encode())

    def empty(self) -> None:
        """Remove what was ever put here; a bucket that is gone is empty."""
        try:
            for keys in self._keys_in_portions():
                self._check_time()
                removed = self._s3.delete_objects(
                    Bucket=self._name,
                    Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True},
                )
                # It says so of each file, and that the call was well.
                if refused := removed.get("Errors"):
                    raise NotRemoved(refused[0]["Code"])
        except self._s3.exceptions.NoSuchBucket:
            return

    def _put(self, file: Listed, body: bytes) -> None:
        self._check_time()
        self._s3.put_object(
            Bucket=self._name,
            Key=file["key"],
            Body=body,
            ContentType=file["type"],
            CacheControl=file["cache"],
        )

    def _mark_replaced(self, file: Listed) -> None:
        """Copy a file onto itself, with a tag: so its age counts from now on."""
        self._check_time()
        try:
            self._s3.copy_object(
                Bucket=self._name,
                Key=file["key"],
                CopySource={"Bucket": self._name, "Key": file["key"]},
                MetadataDirective="REPLACE",
                ContentType=file["type"],
                CacheControl=file["cache"],
                TaggingDirective="REPLACE",
                Tagging=REPLACED,
            )
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in {"NoSuchKey", "404"}:
                raise

    def _listed_before(self) -> list[Listed]:
        try:
            body = self._s3.get_object(Bucket=self._name, Key=LIST)["Body"].read()
        except self._s3.exceptions.NoSuchKey:
            return []
        listed: list[Listed] = json.loads(body)
        return listed

    def _keys_in_portions(self) -> Iterator[list[str]]:
        yield [PAGE, CONFIGURATION, LIST]
        pages = self._s3.get_paginator("list_objects_v2")
        for folder in FOLDERS:
            for page in pages.paginate(
                Bucket=self._name, Prefix=folder, PaginationConfig={"PageSize": MOST_AT_ONCE}
            ):
                keys = [item["Key"] for item in page.get("Contents", [])]
                if keys:
                    yield keys

    def _check_time(self) -> None:
        if not self._has_time():
            raise TooLittleTime


def _content(key: str) -> bytes:
    return resources.files(LAYER).joinpath("files", *key.split("/")).read_bytes()
