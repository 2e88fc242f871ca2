"""Reference data of a city: what law, documents and the city's own make-up say, as dated tables.

`load_pack("dongguan")` reads `dongguan/` and `national/`, checks them against each other and returns one
value. Nothing here knows Django or a database: the rooms above copy what they need.
"""

from gongzhi.packs.content import Document, Invented, National, Pack, in_force
from gongzhi.packs.loading import cities, load_national, load_pack
from gongzhi.packs.tables import PackError

__all__ = [
    "Document",
    "Invented",
    "National",
    "Pack",
    "PackError",
    "cities",
    "in_force",
    "load_national",
    "load_pack",
]
