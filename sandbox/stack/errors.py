"""Why the stack cannot start, told as one sentence with the way out."""


class StackError(RuntimeError):
    """The stack cannot start or go on; the message is meant for a person."""
