"""The whole API asked what its description allows, and what it does not: schemathesis over the real application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.errors import SchemathesisError
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from tests.web.worlds import fill, open_empty
from tocsin.pipeline import Knowledge
from tocsin.records import Article, Findings
from tocsin.web import make_app

#: For each of the operations.
EXAMPLES = 4
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


class EmptyReader:
    """Reads everything and finds nothing in it: the tests are about what is asked and answered."""

    version = "none/0"

    def read_article(self, article: Article) -> Findings:
        return Findings()


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, get_knowledge: Callable[[bool], Knowledge]) -> Iterator[Any]:
    """The description of the API of a desk that holds the hand-made world."""

    def without_reader(is_exercise: bool) -> Knowledge:
        return replace(get_knowledge(is_exercise), reader=EmptyReader())

    folder = tmp_path_factory.mktemp("schema")
    limits = {"rate_writes_per_minute": 0, "rate_dear_per_minute": 0}
    with open_empty(folder, knowledge=without_reader, **limits) as desk:
        fill(desk)
        app = make_app(desk, hosts=["testserver", "localhost"], warm_up=False)
        # The first export in other people's columns reads the gazetteer, which is not what is waited for here.
        assert TestClient(app).get("/api/incidents.acled").status_code == 200
        yield schemathesis.openapi.from_asgi("/api/openapi.json", app)


def test_the_api_keeps_to_its_description(described: Any) -> None:
    failures: list[str] = []
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(checks=CHECKS, timeout=60)

        try:
            ask()
        except (AssertionError, BaseExceptionGroup, SchemathesisError) as why:
            failures.append(f"{operation.label}: {' '.join(_tell(why).split())[:900]}")
    assert not failures, "\n\n".join(failures)
    assert asked > 200


def _tell(why: BaseException) -> str:
    parts = why.exceptions if isinstance(why, BaseExceptionGroup) else [why]
    return " | ".join(str(part) or type(part).__name__ for part in parts)
