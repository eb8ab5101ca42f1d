"""Write the bill of materials: CycloneDX 1.6, of what is inside the wheel and of what is installed with it.

    python -m scripts.sbom [FILE]     write it to a file, or to the terminal

The same inputs give the same bytes: its serial number follows from its contents, its time from SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import json
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType, Pedigree
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

from scripts.release_licences import ROOT, LicenceError, Part, list_parts, normalise

#: Where hatchling begins to count where nobody says when a release was made.
FIRST_TIME = 1580601600
#: The namespace of serial numbers: any fixed one.
_SPACE = UUID("7d3c0d0e-6a0f-5b53-9a2b-2b1f0c7c1d55")
_TYPES = {"python": ComponentType.LIBRARY, "npm": ComponentType.LIBRARY, "data": ComponentType.DATA}
_LICENCES = LicenseFactory()


class BillError(Exception):
    """The bill of materials cannot be made, or is not what the standard asks for."""


def make_bill(parts: Sequence[Part], root: Path = ROOT, *, made_at: datetime, wheel: Path | None = None) -> Bom:
    """The bill of the project as it stands in `root`.

    made_at  aware; the time of the release, not of the writing
    wheel    whose digest stands at the head, where it is built already
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    head = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        description=project["description"],
        bom_ref=f"{project['name']}@{project['version']}",
        licenses=[_LICENCES.make_from_string(project["license"])],
        purl=PackageURL("pypi", name=project["name"], version=project["version"]),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest_file(wheel))] if wheel else [],
    )
    bill = Bom()
    bill.metadata.component = head
    bill.metadata.timestamp = made_at
    made = [(part, make_component(part, root)) for part in parts]
    bill.components.update(component for _, component in made)
    _link(bill, head, made, project["dependencies"])
    told = "\n".join(sorted(f"{p.name} {p.version} {p.licence} {c.hashes}" for p, c in made))
    bill.serial_number = uuid5(_SPACE, f"{head.bom_ref} {made_at.isoformat()} {told}")
    return bill


def make_component(part: Part, root: Path) -> Component:
    """One part as CycloneDX tells it."""
    if part.kind == "model":
        return _make_model(part, root)
    ref = f"{part.kind}:{part.name}@{part.version}" if part.version else f"{part.kind}:{part.name}"
    facts = {"tocsin:where": part.where, "tocsin:marker": part.marker, "tocsin:credit": part.remark}
    if part.group not in ("inside", "beside"):
        facts["tocsin:extra"] = part.group
    if part.kind == "python":
        # a lock admits several files of one version (systems, Pythons); one of these is installed
        facts["tocsin:hashes"] = "of the files that the lock admits"
    return Component(
        name=part.name,
        version=part.version or None,
        type=_TYPES[part.kind],
        bom_ref=ref,
        scope=ComponentScope.REQUIRED if part.group in ("inside", "beside") else ComponentScope.OPTIONAL,
        licenses=[_LICENCES.make_from_string(part.licence)],
        purl=_make_purl(part),
        hashes=_list_npm_hashes(part, root) if part.kind == "npm" else _list_hashes(part.hashes),
        properties=[Property(name=name, value=value) for name, value in facts.items() if value],
    )


def _make_purl(part: Part) -> PackageURL | None:
    if part.kind == "npm":
        scope, _, name = part.name.rpartition("/")
        return PackageURL("npm", namespace=scope or None, name=name, version=part.version)
    return PackageURL("pypi", name=part.name, version=part.version) if part.kind == "python" else None


def _list_hashes(digests: Iterable[str]) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in digests]


def _list_npm_hashes(part: Part, root: Path) -> list[HashType]:
    locked = json.loads((root / "web/package-lock.json").read_text("utf-8"))["packages"]
    entry = locked.get(f"node_modules/{part.name}")
    if entry is None or entry["version"] != part.version:
        raise BillError(f"bill of materials: {part.name!r}: {part.version} is built in, the lock says otherwise")
    kind, _, digest = entry["integrity"].partition("-")
    if kind != "sha512":
        raise BillError(f"bill of materials: {part.name!r}: its digest is {kind!r}, not sha512")
    return [HashType(alg=HashAlgorithm.SHA_512, content=base64.b64decode(digest).hex())]


def _make_model(part: Part, root: Path) -> Component:
    file = root / "src" / part.where / part.name
    card = file.with_name("card.md")
    digest = digest_file(file)
    stated = re.search(r"SHA-256 `([0-9a-f]{64})`", card.read_text("utf-8"))
    if stated is None or stated[1] != digest:
        raise BillError(f"bill of materials: {part.name!r}: is {digest}, its card says otherwise: make model")
    apache, mit = _LICENCES.make_from_string("Apache-2.0"), _LICENCES.make_from_string("MIT")
    model = ComponentType.MACHINE_LEARNING_MODEL
    ancestors = [
        Component(name="all-MiniLM-L6-v2", type=model, bom_ref="model:all-MiniLM-L6-v2", licenses=[apache]),
        Component(name="MiniLM-L12-H384-uncased", type=model, bom_ref="model:MiniLM-L12", licenses=[mit]),
    ]
    return Component(
        name=part.name,
        version=digest[:12],
        type=model,
        bom_ref=f"model:{part.name}",
        scope=ComponentScope.REQUIRED,
        licenses=[_LICENCES.make_from_string(part.licence)],
        hashes=_list_hashes([digest]),
        external_references=[
            ExternalReference(type=ExternalReferenceType.MODEL_CARD, url=XsUri(f"{part.where}card.md"))
        ],
        properties=[
            Property(name="tocsin:where", value=part.where),
            Property(name="tocsin:credit", value=part.remark),
        ],
        pedigree=Pedigree(ancestors=ancestors, notes="What it learnt from, and under what terms, stands in its card."),
    )


def digest_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimals."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _link(bill: Bom, head: Component, made: Sequence[tuple[Part, Component]], direct: Sequence[str]) -> None:
    """Say who needs whom: the head what it declares and holds, a distribution what its metadata ask for."""
    named: dict[str, list[Component]] = {}
    for part, component in made:
        if part.kind == "python":
            named.setdefault(part.name, []).append(component)
    wanted = {normalise(Requirement(line).name) for line in direct}
    needs = [c for part, c in made if part.group == "inside"] + [c for name in wanted for c in named.get(name, ())]
    bill.register_dependency(head, needs)
    for name, components in named.items():
        needed = [c for other in sorted(_list_needed(name)) for c in named.get(other, ())]
        for component in components:
            bill.register_dependency(component, [c for c in needed if c is not component])


def _list_needed(name: str) -> Iterator[str]:
    try:
        lines = importlib.metadata.requires(name) or ()
    except importlib.metadata.PackageNotFoundError:  # of another system or Python
        return
    for line in lines:
        needed = Requirement(line)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            yield normalise(needed.name)


def write_bill(bill: Bom) -> str:
    """The bill as JSON, held to the standard's own schema; BillError where it is not."""
    text = JsonV1Dot6(bill).output_as_string(indent=2) + "\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise BillError(f"bill of materials: against the schema of CycloneDX 1.6: {fault}")
    return text


def read_time() -> datetime:
    """The time of the release: SOURCE_DATE_EPOCH, or a fixed one."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", FIRST_TIME)), UTC)


def main(arguments: Sequence[str]) -> int:
    """Write the bill; the exit status."""
    try:
        text = write_bill(make_bill(list_parts(), made_at=read_time()))
    except (BillError, LicenceError) as why:
        print(why, file=sys.stderr)
        return 1
    if arguments:
        Path(arguments[0]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
