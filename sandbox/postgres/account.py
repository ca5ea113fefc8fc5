"""Which operating-system account runs PostgreSQL: ours, or an unprivileged one when we are root."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from sandbox.postgres.errors import PostgresError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """The owner of the data folder and the command prefix that runs a program as that owner."""

    uid: int
    gid: int
    prefix: tuple[str, ...]

    def own(self, folder: Path) -> None:
        """Give ``folder`` to this account, closed to everyone else."""
        folder.chmod(0o700)
        if folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid)


def account_for(data: Path) -> Account:
    """The account that may run PostgreSQL on ``data``.

    PostgreSQL refuses to run as root, so root lends it the account that already owns the data, else
    ``nobody``, and one capability: reaching files whatever the permissions of the folders above them.
    Nothing on the machine has to be opened up or created for it.
    """
    uid = os.geteuid()
    owner = data.stat().st_uid if data.exists() else uid
    if uid != 0:
        return _ourselves(uid, owner, data)
    entry = pwd.getpwnam(UNPRIVILEGED) if owner == 0 else pwd.getpwuid(owner)
    return Account(entry.pw_uid, entry.pw_gid, _setpriv_prefix(entry))


def _ourselves(uid: int, owner: int, data: Path) -> Account:
    if owner != uid:
        raise PostgresError(
            f"The database in {data} belongs to another user of this machine, so this one cannot start it. "
            f"Start as that user, or remove {data.parent} to begin with an empty database."
        )
    return Account(uid, os.getegid(), ())


def _setpriv_prefix(entry: pwd.struct_passwd) -> tuple[str, ...]:
    if shutil.which("setpriv") is None:
        raise PostgresError(
            "PostgreSQL does not run as root, and the program setpriv (package util-linux), which would "
            "start it as another user, is missing. Install it, or start as an ordinary user."
        )
    return (
        "setpriv",
        f"--reuid={entry.pw_uid}",
        f"--regid={entry.pw_gid}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--securebits=+no_setuid_fixup",  # else access(), by which PostgreSQL finds itself, goes without it
    )
