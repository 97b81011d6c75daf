"""The private bucket, on moto: made as the template makes it."""

from collections.abc import Iterator
from contextlib import contextmanager

from moto import mock_aws

from sportello.aws.clients import aws_client
from sportello.media.store import MediaStore

BUCKET = "desk-media"


@contextmanager
def media_bucket() -> Iterator[MediaStore]:
    with mock_aws():
        aws_client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-south-1"}
        )
        yield MediaStore(BUCKET)


def keys_in(store: MediaStore) -> list[str]:
    answer = aws_client("s3").list_objects_v2(Bucket=store.bucket)
    return [entry["Key"] for entry in answer.get("Contents", [])]
