"""Django's PostgreSQL backend, told more cheaply when a kept connection is no longer one (see `base`)."""
