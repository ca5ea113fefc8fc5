"""Ask this container's own site whether it is alive: ``python -m config.healthcheck``, exit code 0 if so."""

import os
from http.client import HTTPConnection


def main() -> int:
    """Call /healthz under a host name the site answers to."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".*") or "localhost"
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return 0 if connection.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    raise SystemExit(main())
