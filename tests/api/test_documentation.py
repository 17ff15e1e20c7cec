"""The OpenAPI document is valid and complete: every route, parameter, body, answer and problem."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from http_client import JSON, PROBLEM, Client, closed
from jsonschema import Draft202012Validator

PUBLIC = re.compile(r"/(health.*|metrics|problems.*|api/(config|products|products/{slug}))")


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    answer = client.http.get("/openapi.json")
    assert answer.json()["openapi"].startswith("3.1")
    return dict(answer.json())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from walk(child)


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    whole = closed(schema) | {"components": document["components"]}
    Draft202012Validator.check_schema(whole)
    return Draft202012Validator(whole)


def test_every_reference_leads_somewhere_and_every_name_is_used_once(
    document: dict[str, Any],
) -> None:
    for node in walk(document):
        if isinstance(reference := node.get("$ref"), str):
            found: Any = document
            for step in reference.removeprefix("#/").split("/"):
                found = found[step]
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) >= 25


def test_every_operation_says_what_it_does_and_who_may(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["SessionBearer"]["scheme"] == "bearer"
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        signed = path.startswith("/api/webhooks/")
        public = signed or (method == "get" and PUBLIC.fullmatch(path) is not None)
        assert (operation["security"] == []) is public, where
        assert ("401" in operation["responses"]) is not public, where


def test_every_parameter_of_a_path_is_described(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        parameters = operation.get("parameters", [])
        described = {item["name"] for item in parameters if item["in"] == "path"}
        assert described == set(re.findall(r"{(\w+)}", path)), f"{method} {path}"
        keys = [(item["in"], item["name"]) for item in parameters]
        assert len(keys) == len(set(keys)), f"{method} {path}"
        for item in parameters:
            Draft202012Validator.check_schema(item["schema"])


def test_every_answer_has_an_example_that_validates(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        answers = {code: operation["responses"][code]["content"] for code in operation["responses"]}
        (success,) = [content for code, content in answers.items() if code.startswith("2")]
        for content in success.values():
            validator(document, content["schema"]).validate(content["example"])
        assert "422" in answers or operation["security"] == [] or method == "get", path
        for code, problem in answers.items():
            if code.startswith(("4", "5")) and (path, code) != ("/health", "503"):
                assert set(problem) <= {PROBLEM, JSON}, (path, code)


def test_every_body_has_an_example_that_validates(document: dict[str, Any]) -> None:
    bodies = 0
    for path, method, operation in operations(document):
        if "requestBody" not in operation:
            continue
        bodies += 1
        content = operation["requestBody"]["content"][JSON]
        schema = content["schema"]
        if reference := schema.get("$ref"):
            schema = document["components"]["schemas"][reference.rpartition("/")[2]]
        examples = schema.get("examples") or [content["example"]]
        for example in examples:
            validator(document, content["schema"]).validate(example)
        assert {"400", "413"} <= set(operation["responses"]), f"{method} {path}"
    assert bodies >= 8


def test_what_creates_takes_a_key(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        names = {item["name"].lower() for item in operation.get("parameters", [])}
        assert ("201" in operation["responses"]) is ("idempotency-key" in names), f"{method} {path}"
