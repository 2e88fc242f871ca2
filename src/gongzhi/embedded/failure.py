"""What goes wrong with the embedded server."""


class ClusterError(Exception):
    """The embedded server cannot be made, started or stopped; the message says what to do."""
