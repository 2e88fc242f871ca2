"""A process is a graph, written once as data; this room makes its transitions and keeps their journal."""
