"""A PostgreSQL server of our own, for a machine that has none.

It is the real server: checksums, fsync, passwords, a private socket. Where everything lies, and why, is in
`docs/decisions/001-embedded-postgresql.md`.
"""

from gongzhi.embedded.cluster import Cluster
from gongzhi.embedded.failure import ClusterError

__all__ = ["Cluster", "ClusterError"]
