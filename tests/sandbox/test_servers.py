"""The servers that tests lean on are real ones: they keep data and refuse who has no key."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import redis
from botocore.exceptions import ClientError

from sandbox.processes import ServerFailedError, free_port, running_server
from sandbox.s3.server import S3Server


def test_redis_keeps_a_value(redis_server: str) -> None:
    connection = redis.Redis.from_url(redis_server)
    connection.set("plan", "pro")

    assert connection.get("plan") == b"pro"


def test_s3_gives_back_what_was_stored(s3_server: S3Server, s3_bucket: str) -> None:
    s3 = s3_server.client()
    s3.put_object(Bucket=s3_bucket, Key="a/b.txt", Body=b"hello")

    assert s3.get_object(Bucket=s3_bucket, Key="a/b.txt")["Body"].read() == b"hello"


def test_s3_knows_a_bucket_that_is_made_after_another_was_used(s3_server: S3Server) -> None:
    s3 = s3_server.client()
    for bucket in (s3_server.make_bucket(), s3_server.make_bucket()):
        s3.put_object(Bucket=bucket, Key="a.txt", Body=b"hello")

        assert [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a.txt"]


def test_s3_refuses_a_wrong_key_and_no_key(s3_server: S3Server, s3_bucket: str) -> None:
    with pytest.raises(ClientError, match=r"403|SignatureDoesNotMatch"):
        s3_server.client(secret_key="wrong").list_objects_v2(Bucket=s3_bucket)
    with pytest.raises(HTTPError):
        urlopen(f"{s3_server.endpoint}/{s3_bucket}/a/b.txt", timeout=5)


def test_a_server_that_dies_at_its_start_says_why() -> None:
    command = ["sh", "-c", "echo the disk is on fire; exit 3"]

    with (
        pytest.raises(ServerFailedError, match=r"The Frobnicator server did not start.*on fire"),
        running_server("Frobnicator", command, port=free_port()),
    ):
        pass
