"""Run the mailbox: ``python -m sandbox.mailbox --port 8002 --smtp-port 8003 --state FILE``."""

import argparse
import logging
import signal
import threading
from pathlib import Path

from werkzeug.serving import make_server

from sandbox.mailbox.smtp import start_smtp
from sandbox.mailbox.store import MailStore
from sandbox.mailbox.web import create_app
from sandbox.processes import LOOPBACK


def main() -> None:
    """Serve mail and pages until told to stop."""
    options = _options()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    store = MailStore(options.state)
    smtp = start_smtp(store, options.smtp_port)
    web = make_server(LOOPBACK, options.port, create_app(store), threaded=True)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    threading.Thread(target=web.serve_forever, daemon=True).start()
    print(f"Mails to 127.0.0.1:{options.smtp_port} appear on http://127.0.0.1:{options.port}/", flush=True)
    stopping.wait()
    web.shutdown()
    smtp.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.mailbox", description="Catch mails and show them."
    )
    parser.add_argument("--port", type=int, required=True, help="port of the web page")
    parser.add_argument("--smtp-port", type=int, required=True, help="port of the SMTP server")
    parser.add_argument("--state", type=Path, required=True, help="file that keeps the mails")
    return parser.parse_args()


if __name__ == "__main__":
    main()
