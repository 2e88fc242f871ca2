"""What may be asked of whom: permits, departments' duties, visit items, limits."""
