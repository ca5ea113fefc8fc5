"""Run ``rclone serve s3`` on a free loopback port over a folder whose sub-folders are the buckets."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.client import Config

from sandbox.processes import LOOPBACK, free_port, installed_program, running_server


@dataclass(frozen=True)
class S3Server:
    """Where the server is and the keys it was given; nothing gets in without them."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"

    def client(self, *, secret_key: str = "") -> Any:
        """A boto3 client; ``secret_key`` where it is not to be the right one."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=secret_key or self.secret_key,
            config=Config(response_checksum_validation="when_required"),
        )

    def make_bucket(self) -> str:
        """Create an empty bucket and return its name.

        By the server, not as a folder: it remembers for minutes which buckets it saw.
        """
        name = f"bucket-{secrets.token_hex(6)}"
        self.client().create_bucket(Bucket=name)
        return name

    def environment(self, bucket: str) -> dict[str, str]:
        """The ``AWS_*`` variables that make the site store its files in ``bucket``."""
        return {
            "AWS_STORAGE_BUCKET_NAME": bucket,
            "AWS_S3_ENDPOINT_URL": self.endpoint,
            "AWS_S3_REGION_NAME": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """A server over ``folder`` that lives for the length of a ``with`` block."""
    port = free_port()
    server = S3Server(f"http://{LOOPBACK}:{port}", secrets.token_hex(10), secrets.token_hex(20))
    command = [
        *(installed_program("rclone"), "serve", "s3", "--config", "", "--log-level", "ERROR"),
        *(
            "--addr",
            f"{LOOPBACK}:{port}",
            "--auth-key",
            f"{server.access_key},{server.secret_key}",
            str(folder),
        ),
    ]
    with running_server("S3", command, port=port):
        yield server
