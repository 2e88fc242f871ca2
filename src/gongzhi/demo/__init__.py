"""The invented city: grids, addresses, businesses and people on a real tree of divisions.

Everything made here is invented and says so. The modules are pure: randomness (a numpy Generator) and today's
date are passed in, so a seed gives the same city again; writing to the database is another module's work.
"""
