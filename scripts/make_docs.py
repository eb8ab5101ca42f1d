"""Write the reference pages that follow from the code; `--check` fails where a page differs from it.

docs/settings.md from the table of settings, docs/cli.md from the commands' own help, docs/event-types.md from
knowledge/plover.toml, docs/api.md from the OpenAPI document.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"


def write_settings() -> str:
    """Every setting with its default."""
    from tocsin.settings import list_settings

    rows = [
        f"| `TOCSIN_{name.upper()}` | {_name_kind(kind)} | `{default}` | {help_} |"
        for name, kind, default, help_ in list_settings()
    ]
    head = (
        "# Settings\n\nEach is read from the environment.\n\n| name | type | default | meaning |\n|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def _name_kind(kind: str) -> str:
    return kind.replace("pathlib.", "").replace("tocsin.settings.", "").replace("|", "or")


def write_commands() -> str:
    """Every command with its arguments and options, from Typer's own documentation writer."""
    command = [
        sys.executable,
        "-m",
        "typer",
        "tocsin.cli.commands",
        "utils",
        "docs",
        "--name",
        "tocsin",
        "--title",
        "Command line",
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    text = made.stdout.replace(str(Path.home()), "~").strip()
    # who reads the page as a text wants no entities; none of these makes a tag of what stands behind it
    for entity, sign in (("&#x27;", "'"), ("&quot;", '"'), ("&lt;=", "<="), ("&gt;=", ">="), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return _tell_whole("\n".join(line.rstrip() for line in text.splitlines()) + "\n")


def _tell_whole(text: str) -> str:
    """Give the lists of commands the whole sentence that stands under each command: typer cuts it at 45 characters."""
    sections = dict(re.findall(r"^#+ `(.+)`\n\n(.+)$", text, re.M))
    lines, above = [], "tocsin"
    for line in text.splitlines():
        if heading := re.fullmatch(r"#+ `(.+)`", line):
            above = heading[1]
        command = re.fullmatch(r"\* `([a-z-]+)`: .*\.\.\.", line)
        whole = sections.get(f"{above} {command[1]}") if command else None
        lines.append(f"* `{command[1]}`: {whole}" if command and whole else line)
    return "\n".join(lines) + "\n"


def write_types() -> str:
    """The sixteen types with their modes, scores and examples."""
    from tocsin.knowledge.plover import load_ontology

    parts = [
        "# Event types\n\nThe sixteen types and their modes; the scores run from -10 (most hostile) to +10 (most"
        "\ncooperative). From `knowledge/plover.toml`. Every example is invented. Names of types and modes: PLOVER 2.0,"
        "\nOpen Event Data Alliance, CC BY-SA 4.0.\n"
    ]
    for entry in load_ontology().types.values():
        modes = "".join(f"\n- `{m.name}` ({m.score:+g}): {m.definition}" for m in entry.modes.values())
        parts.append(
            f"## {entry.name} ({entry.score:+g})\n{entry.definition}\n\n"
            f"Includes: {'; '.join(entry.includes)}.\n\nExcludes: {'; '.join(entry.excludes)}.\n"
            + (f"\nModes:{modes}\n" if modes else "")
            + "\nYes:\n"
            + "".join(f"- {text}\n" for text in entry.yes)
            + "\nNo:\n"
            + "".join(f"- {no.text} ({no.is_type or 'no claim'})\n" for no in entry.no)
        )
    return "\n".join(parts)


API_HEAD = """# REST API

The same things as the screens, as JSON, CSV and GeoJSON, with the same filters. A running desk serves this as
`/api/docs` and `/api/openapi.json`. Claims come in the codebook's fields ([codebook](codebook.md)). A failure is
`{"what", "which", "why"}` with its HTTP status. Where people sign in, a program sends a
[token](accounts.md#tokens-for-programs).

```sh
curl -s 'http://127.0.0.1:8765/api/incidents?type=ASSAULT&since=2026-03-01'
curl -s http://127.0.0.1:8765/api/articles -H 'Content-Type: application/json' \\
  -d '{"text": "Police beat a protester in Mitrovica on Saturday.", "published_at": "2026-03-08T09:00Z"}'
curl -s http://127.0.0.1:8765/api/articles/upload -F file=@report.pdf
```
"""


def write_api() -> str:
    """Every address of the API with its parameters and the body it takes; what many share stands once."""
    from tocsin.desk import open_desk
    from tocsin.settings import Settings
    from tocsin.web import make_app

    with tempfile.TemporaryDirectory() as folder, open_desk(Settings(home=Path(folder))) as desk:
        document = make_app(desk).openapi()
    filters = document["paths"]["/api/incidents"]["get"]["parameters"]
    names = {one["name"] for one in filters}
    told: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            about = " ".join((operation.get("description") or operation.get("summary", "")).split())
            parameters = operation.get("parameters", ())
            is_filtered = names <= {one["name"] for one in parameters}
            rows = [_tell_field(one) for one in parameters if not (is_filtered and one["name"] in names)]
            parts = [about, "Takes the [filters](#filters)." if is_filtered else "", "\n".join(rows)]
            parts += _tell_bodies(operation.get("requestBody"), document["components"]["schemas"])
            told.setdefault("\n\n".join(filter(None, parts)), []).append(f"{method.upper()} {path}")
    sections = ["## Filters\n" + "\n".join(map(_tell_field, filters)) + "\n"]
    for text, addresses in told.items():
        rest = ", ".join(f"`{address}`" for address in addresses[1:])
        sections.append(f"## {addresses[0]}\n" + (f"Likewise {rest}.\n\n" if rest else "") + text + "\n")
    return API_HEAD + "\n" + "\n".join(sections)


def _tell_bodies(body: dict[str, Any] | None, schemas: dict[str, Any]) -> list[str]:
    """Each form that a body may have, with its fields."""
    if body is None:
        return []
    (kind, content), *_ = body["content"].items()
    forms = [schemas[form["$ref"].rpartition("/")[2]] for form in content["schema"].get("anyOf", [content["schema"]])]
    parts: list[str] = []
    for form in forms:
        needed = form.get("required", ())
        fields = [{"name": name, "required": name in needed} | field for name, field in form["properties"].items()]
        parts += [f"{'or' if parts else 'Body'}, `{kind}`:", "\n".join(map(_tell_field, fields))]
    return parts


def _tell_field(field: dict[str, Any]) -> str:
    """One parameter or field of a body on a line: what it must be, where that says more than its name."""
    schema = field.get("schema", field)
    about = " ".join(field.get("description", "").split())
    values = next((one["enum"] for one in (schema, *schema.get("anyOf", ())) if "enum" in one), ())
    needed = "needed" if field.get("required") and field.get("in") != "path" else ""
    chosen = f"one of {', '.join(f'`{value}`' for value in values)}" if values and values != ["1", "0"] else ""
    said = "; ".join(filter(None, (needed, about, chosen)))
    return f"- `{field['name']}`" + (f": {said}" if said else "")


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": write_settings,
    "cli.md": write_commands,
    "event-types.md": write_types,
    "api.md": write_api,
}


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail where a page differs")
    wants_check = parser.parse_args().check
    stale = []
    for name, write in PAGES.items():
        path, text = DOCS / name, write()
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not wants_check:
            path.write_text(text, "utf-8")
    if stale:
        print(
            f"{'stale' if wants_check else 'written'}: {', '.join(stale)}" + (": run make docs" if wants_check else "")
        )
    return 1 if stale and wants_check else 0


if __name__ == "__main__":
    sys.exit(main())
