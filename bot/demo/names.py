"""Account names for the demo company's customers, drawn without repetition, many scripts and punctuation included."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

FIRST = (
    "Brightwater", "Kestrel", "Harborline", "Stonebridge", "Fernhill", "Quillfeather", "Copperleaf", "Marigold",
    "Tidewell", "Juniper", "Ravenwood", "Silverpine", "Ashgrove", "Bluefin", "Cloverfield", "Driftwood",
    "Eastlake", "Foxglove", "Granite Peak", "Hazelmere", "Ironwood", "Larchmont", "Meadowlark", "Nettlebrook",
    "Orchard Hill", "Pebble Creek", "Redfern", "Saltmarsh", "Thornbury", "Umberfield", "Vellum", "Windrose",
    "Yarrow", "Zephyr Point", "Alderbrook",
)  # fmt: skip
TRADE = (
    "Logistics", "Foods", "Insurance", "Biotech", "Robotics", "Health", "Freight", "Textiles", "Energy",
    "Hotels", "Instruments", "Media", "Airways", "Ceramics", "Retail", "Laboratories", "Mutual", "Packaging",
    "Rail", "Outfitters",
)  # fmt: skip
EMEA_FIRST = (
    "Müller & Söhne", "Société Lumière", "Østfold", "Galerías Ibáñez", "Brauhaus Tölz", "Café Étoile",
    "Häuser & Co.", "Fjällvind", "Zürcher", "Bodega Peñalba", "Thüringer", "Château Brûlé", "Dún Laoghaire", "Łódzka",
    "Göteborgs", "Clyde & Forth", "Pennine", "Severn", "Cotswold", "Hebridean", "Rheinland", "Côte d'Argent",
    "Algarve", "Bruges",
)  # fmt: skip
EMEA_TRADE = (
    "Maschinenbau GmbH", "SA", "AS", "Logistik AG", "Versicherung AG", "Ltd", "Industrie", "Foods plc",
    "Pharma", "Holding BV", "Energi AB", "Transport Sp. z o.o.", "Textil", "Hotels", "Group", "Medical",
)  # fmt: skip
TOKYO = (
    "株式会社みらい",
    "東海精密工業",
    "桜井ホールディングス",
    "北斗システムズ",
    "青葉フーズ",
    "大和計測",
    "京浜物流",
    "若葉製薬",
)


def accounts(dice: Random, region: str) -> Iterator[str]:
    """An endless stream of account names of a region; a name comes back only after all others were used."""
    if region == "Tokyo":
        pool = list(TOKYO)
    elif region == "EMEA":
        pool = [f"{first} {trade}" for first in EMEA_FIRST for trade in EMEA_TRADE]
    else:
        pool = [f"{first} {trade}" for first in FIRST for trade in TRADE]
    while True:
        dice.shuffle(pool)
        yield from pool
