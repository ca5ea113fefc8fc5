"""What goes wrong with the embedded PostgreSQL, told as one sentence with the way out."""


class PostgresError(RuntimeError):
    """The embedded PostgreSQL cannot do what was asked; the message is meant for a person."""


_FULL = "so PostgreSQL cannot write. Free some space and start again."
_KNOWN = {
    "No space left on device": f"The disk is full, {_FULL}",
    "Disk quota exceeded": f"Your disk quota is used up, {_FULL}",
    "Read-only file system": "The disk is read-only, so PostgreSQL cannot write. Move the project elsewhere.",
    "Permission denied": "This user may not write there. Make the folder writable, or move the project.",
    "could not map anonymous shared memory": "There is not enough free memory for PostgreSQL. Close "
    "something large and start again.",
}


def explain(output: str, *, doing: str) -> PostgresError:
    """Turn the output of a failed PostgreSQL program into an error a person can act on."""
    for sign, sentence in _KNOWN.items():
        if sign in output:
            return PostgresError(sentence)
    last_lines = "\n".join(output.strip().splitlines()[-8:]) or "It printed nothing."
    return PostgresError(f"PostgreSQL failed while {doing}. Its last words were:\n{last_lines}")
