"""Taking in a file of registrations.

`reading` → `checking` → `spooling` → `matching` → `loading`, driven by `running`.
"""
