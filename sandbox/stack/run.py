"""``make run``: the whole site on this machine until ctrl-C."""

import sys

from sandbox.postgres.errors import PostgresError
from sandbox.stack.checks import check_folder, check_ports, chosen_port, only_one_run
from sandbox.stack.environment import Addresses, local_folder
from sandbox.stack.errors import StackError
from sandbox.stack.processes import Stack
from sandbox.stack.supervisor import StopRequestedError


def main() -> int:
    """Run the stack and return the exit code: 0 when somebody asked it to stop."""
    try:
        folder, addresses = local_folder(), Addresses(chosen_port())
        check_folder(folder)
        with only_one_run(folder, addresses):
            check_ports(addresses)
            return _run(Stack(folder, addresses))
    except (StackError, PostgresError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(stack: Stack) -> int:
    stack.supervisor.listen_to_signals()
    try:
        stack.start()
        stack.welcome()
        ended = stack.supervisor.wait()
        stack.console.line(
            f"The {ended.name} process ended by itself with exit code {ended.process.returncode}; "
            "its last lines above say why. Stopping the rest."
        )
    except StopRequestedError:
        stack.console.line("Stopping. Press ctrl-C again to stop at once.")
        return 0
    finally:
        stack.supervisor.stop()
        stack.console.line("Everything is stopped.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
