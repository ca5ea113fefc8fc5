"""Runs the Stripe sandbox as a process that tests can stop, kill and start again."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import stripe

from sandbox.processes import free_port
from sandbox.stripe.sandbox import TEST_KEY

ROOT = Path(__file__).parents[2]


class Server:
    """One sandbox process and a client for it."""

    def __init__(self, state: Path, *arguments: str, **environment: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.state = state
        self.log = state.with_suffix(".log")
        self.arguments = arguments
        self.environment = {**os.environ, **environment}
        self.stripe = stripe.StripeClient(TEST_KEY, base_addresses={"api": self.address})

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "sandbox.stripe",
            "--port",
            str(self.port),
            "--state",
            str(self.state),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        for _ in range(1200):
            try:
                urlopen(f"{self.address}/healthz").close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log.read_text())

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)
