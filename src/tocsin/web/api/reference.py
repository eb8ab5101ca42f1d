"""The API's reference as a page, made from its OpenAPI document: the usual viewers fetch scripts from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.web.rendering import render

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; `kind` is its type in words."""

    name: str
    where: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API does; `link` is set where a plain link tries it."""

    method: str
    path: str
    anchor: str
    summary: str
    description: str
    tag: str
    parameters: tuple[Parameter, ...]
    body: tuple[Parameter, ...]
    answers: tuple[tuple[str, str, str], ...]
    link: str | None


@router.get("/docs")
def show_reference(request: Request) -> Response:
    """The reference."""
    document = request.app.openapi()
    operations = list(list_operations(document))
    tags = dict.fromkeys(o.tag for o in operations)
    return render(
        request,
        "reference.html",
        about=document["info"],
        groups={tag: [o for o in operations if o.tag == tag] for tag in tags},
        schemas=list(list_schemas(document)),
    )


def list_operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation of an OpenAPI document, in its order."""
    for path, methods in document["paths"].items():
        for method, row in methods.items():
            parameters = tuple(_make_parameter(p) for p in row.get("parameters", ()))
            is_plain = method == "get" and "{" not in path
            yield Operation(
                method=method.upper(),
                path=path,
                anchor=row["operationId"],
                summary=row.get("summary", path),
                description=row.get("description", ""),
                tag=row.get("tags", ["other"])[0],
                parameters=parameters,
                body=tuple(_list_body(document, row.get("requestBody", {}))),
                answers=tuple(
                    (status, reply.get("description", ""), _name_answer(reply))
                    for status, reply in row.get("responses", {}).items()
                ),
                link=path if is_plain else None,
            )


def list_schemas(document: Mapping[str, Any]) -> Iterator[tuple[str, str, tuple[Parameter, ...]]]:
    """Name, description and fields of every schema, by name."""
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        if "properties" in schema:
            description = _clean(schema.get("description", ""))
            yield name, description, tuple(_list_fields(schema, "field"))


def _make_parameter(row: Mapping[str, Any]) -> Parameter:
    kind = name_kind(row["schema"])
    return Parameter(row["name"], row["in"], kind, row.get("required", False), row.get("description", ""))


def _list_fields(schema: Mapping[str, Any], where: str) -> Iterator[Parameter]:
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        yield Parameter(name, where, name_kind(part), name in required, _clean(part.get("description", "")))


def _list_body(document: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Parameter]:
    for kind, media in body.get("content", {}).items():
        schema = media["schema"]
        choices = schema.get("anyOf", [schema])
        for choice in choices:
            held = _follow(document, choice)
            title = held.get("title", "")
            yield from _list_fields(held, f"{kind}, {title}" if len(choices) > 1 else kind)


def _follow(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def _name_answer(reply: Mapping[str, Any]) -> str:
    contents = reply.get("content", {})
    return ", ".join(name_kind(media["schema"]) if media.get("schema") else kind for kind, media in contents.items())


def name_kind(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words: "text", "list of Incident", "Article or null", "one of A, B, C"."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(name_kind(s) for s in schema["anyOf"]))
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if "const" in schema:
        return str(schema["const"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {name_kind(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {name_kind(schema['additionalProperties'])}"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    return str(schema.get("format") or words.get(kind, kind))


def _clean(text: str) -> str:
    return text.split("\n\n")[0].strip()
