"""What the desk is, which versions it runs, and under which names and lines it draws its map."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.knowledge.plover import load_ontology
from tocsin.knowledge.rules import load_alert_rules
from tocsin.knowledge.weights import load_merge_weights, load_tension_weights
from tocsin.places.naming import load_naming
from tocsin.records import Filter
from tocsin.web.language import N_, _, ngettext
from tocsin.web.reaching import DeskHere
from tocsin.web.rendering import render

router = APIRouter()
POLICIES = {
    "un": N_("Names of disputed places follow United Nations usage"),
    "local": N_("Names of disputed places are those used locally"),
    "as-reported": N_("Each disputed place has the name that the article wrote"),
}


@router.get("/about")
def show(request: Request, desk: DeskHere) -> Response:
    """Versions, codebook, naming, licences."""
    ontology = load_ontology()
    newest = desk.store.claims(Filter(with_background=True, limit=1))
    rules = load_alert_rules()
    return render(
        request,
        "about.html",
        ontology=ontology,
        reader=newest[0].reader if newest else None,
        versions={
            _("Grouping"): load_merge_weights().version,
            _("Tension"): load_tension_weights().version,
            _("Alert rules"): ngettext("%(versions)s: %(num)s rule", "%(versions)s: %(num)s rules", len(rules))
            % {"versions": ", ".join(sorted({rule.version for rule in rules})), "num": len(rules)},
        },
        policy=_(POLICIES[desk.settings.naming_policy]),
        naming=load_naming(desk.settings.naming_policy),
        tlp=desk.settings.tlp,
    )
