"""How a command says that its work failed."""


class CommandFailed(Exception):  # noqa: N818  it reads as a sentence where it is raised
    """The work failed; the message is one polite line for a person, without a traceback. Exit code 1."""
