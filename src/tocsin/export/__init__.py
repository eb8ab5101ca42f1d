"""Records as files: tables, maps and bundles of exactly the records given: an export shows what its screen shows.

`forms.py` lists the forms; `coarsening.py` makes records fit for the public before any form is made of them.

>>> from tocsin.export import incidents_to_csv
>>> "".join(incidents_to_csv([])).split(",")[:3]
['"id"', '"exercise"', '"tlp"']
"""

from __future__ import annotations

from tocsin.export.acled import tabulate_acled
from tocsin.export.coarsening import (
    coarsen_alert,
    coarsen_article,
    coarsen_backed,
    coarsen_claim,
    coarsen_incident,
    is_drawn,
    is_exact,
)
from tocsin.export.gdelt import incidents_to_gdelt
from tocsin.export.ged import tabulate_ged
from tocsin.export.geojson import claims_to_geojson, incidents_to_geojson, write_features
from tocsin.export.kml import incidents_to_kml
from tocsin.export.polecat import tabulate_polecat
from tocsin.export.stix import incidents_to_stix
from tocsin.export.tables import (
    alerts_to_csv,
    articles_to_csv,
    claims_to_csv,
    incidents_to_csv,
    tabulate_alerts,
    tabulate_articles,
    tabulate_claims,
    tabulate_incidents,
    tabulate_tensions,
    tensions_to_csv,
)
from tocsin.export.withheld import NameIndex, find_withheld_names, share_names

__all__ = [
    "NameIndex",
    "alerts_to_csv",
    "articles_to_csv",
    "claims_to_csv",
    "claims_to_geojson",
    "coarsen_alert",
    "coarsen_article",
    "coarsen_backed",
    "coarsen_claim",
    "coarsen_incident",
    "find_withheld_names",
    "incidents_to_csv",
    "incidents_to_gdelt",
    "incidents_to_geojson",
    "incidents_to_kml",
    "incidents_to_stix",
    "is_drawn",
    "is_exact",
    "share_names",
    "tabulate_acled",
    "tabulate_alerts",
    "tabulate_articles",
    "tabulate_claims",
    "tabulate_ged",
    "tabulate_incidents",
    "tabulate_polecat",
    "tabulate_tensions",
    "tensions_to_csv",
    "write_features",
]
