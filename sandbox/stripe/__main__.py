"""Runs the sandbox as a local server: `python -m sandbox.stripe --port 8001 --state stripe.sqlite3`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from sandbox.stripe import guard
from sandbox.stripe.hosted.server import serve
from sandbox.stripe.sandbox import Sandbox
from sandbox.stripe.world import Settings


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or ctrl-C; 0 after a clean stop, 2 when it must not or can't start."""
    options = _options(arguments)
    try:
        guard.refuse_production(os.environ)
    except guard.NotHereError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    logging.getLogger("werkzeug").disabled = True
    address = options.site_url or f"http://127.0.0.1:{options.port}"
    if options.state:
        options.state.parent.mkdir(parents=True, exist_ok=True)
    sandbox = Sandbox(path=options.state, settings=Settings(site_url=address.rstrip("/")))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        serve(sandbox, options.port, stop)
    except OSError as error:
        print(
            f"The Stripe sandbox can't listen on port {options.port}: {error.strerror}. Choose another with "
            "--port.",
            file=sys.stderr,
        )
        return 2
    finally:
        sandbox.close()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=12111, help="port on 127.0.0.1 (default 12111)")
    parser.add_argument("--state", type=Path, help="SQLite file that keeps the state (default: in memory)")
    parser.add_argument("--site-url", help="address to put into links (default: http://127.0.0.1:PORT)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
