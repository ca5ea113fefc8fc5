"""Serves the application on 127.0.0.1 and lets time and webhooks run beside it."""

from __future__ import annotations

import logging
import socket
import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox.stripe.hosted.app import build
from sandbox.stripe.hosted.worker import Worker
from sandbox.stripe.sandbox import Sandbox

log = logging.getLogger("sandbox.stripe")


class QuietHandler(WSGIRequestHandler):
    """One plain line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Method, path without query, status."""
        log.info("%s %s %s", self.command, self.path.partition("?")[0], int(code) if code != "-" else code)

    def log(self, level: str, message: str, *args: object) -> None:
        """Whatever else the server wants to say, at info level: broken connections are ordinary here."""
        log.info("%s", message % args if args else message)


def _listening(port: int) -> socket.socket:
    """A socket of our own, because werkzeug ends the process when a port is taken instead of saying so."""
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(("127.0.0.1", port))
        opened.listen(128)
    except OSError:
        opened.close()
        raise
    return opened


def serve(sandbox: Sandbox, port: int, stop: threading.Event) -> None:
    """Serve until `stop` is set; raises OSError when the port is taken."""
    worker = Worker(sandbox)
    app = build(sandbox, worker.wake)
    with _listening(port) as opened:
        number = opened.getsockname()[1]
        server = make_server(
            "127.0.0.1", number, app, threaded=True, request_handler=QuietHandler, fd=opened.fileno()
        )
    thread = threading.Thread(target=server.serve_forever, name="http", daemon=True)
    thread.start()
    worker.start()
    log.info("Stripe sandbox on http://127.0.0.1:%s", server.port)
    try:
        stop.wait()
    finally:
        worker.stop()
        server.shutdown()
        thread.join()
        server.server_close()
        log.info("Stripe sandbox stopped")
