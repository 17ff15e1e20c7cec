"""The OpenAPI document is valid and complete: every route, parameter, body, answer and problem."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from inspect import cleandoc
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest
from fastapi.openapi.models import OpenAPI
from http_client import JSON, PROBLEM, Client, closed, problem
from jsonschema import Draft202012Validator

from mywork.documents.document import Document, exact
from mywork.documents.statements import Moves

PUBLIC = re.compile(r"/(health.*|metrics|problems.*|api/(config|products|products/{product}))")


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
    whole = closed(schema) | {"components": closed(document["components"])}
    Draft202012Validator.check_schema(whole)
    return Draft202012Validator(whole)


def test_the_document_is_one_of_openapi(document: dict[str, Any]) -> None:
    OpenAPI.model_validate(document)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


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
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in names)
    assert document["paths"]["/api/orders"]["post"]["operationId"] == "placeOrder"
    assert document["servers"] == [{"url": "/"}]


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
        answers = {
            code: answer["content"]
            for code, answer in operation["responses"].items()
            if code != "304"
        }
        (success,) = [content for code, content in answers.items() if code.startswith("2")]
        for content in success.values():
            validator(document, content["schema"]).validate(content["example"])
        assert "422" in answers or operation["security"] == [] or method == "get", path
        for code, content in answers.items():
            if code.startswith(("4", "5")) and (path, code) != ("/health", "503"):
                assert set(content) <= {PROBLEM, JSON}, (path, code)


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
        names = {item["name"] for item in operation.get("parameters", [])}
        assert ("201" in operation["responses"]) is ("Idempotency-Key" in names), f"{method} {path}"


def test_what_a_parameter_may_bring_is_documented(document: dict[str, Any]) -> None:
    waiting, cached = 0, 0
    for path, method, operation in operations(document):
        names = {item["name"] for item in operation.get("parameters", [])}
        if "min_position" in names:
            waiting += 1
            assert {"400", "503"} <= set(operation["responses"]), f"{method} {path}"
        assert ("304" in operation["responses"]) is ("If-None-Match" in names), f"{method} {path}"
        if "304" in operation["responses"]:
            cached += 1
            for code in ("200", "304"):
                assert {"ETag", "Cache-Control"} == set(operation["responses"][code]["headers"])
    assert waiting >= 8
    assert cached >= 3


def test_every_path_says_which_methods_it_has(client: Client, document: dict[str, Any]) -> None:
    for path in document["paths"]:
        place = re.sub(r"{\w+}", "x", path)
        has = {
            method.upper()
            for template, methods in document["paths"].items()
            if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), place)
            for method in methods
        }
        answer = client.http.patch(place)
        problem(answer, 405, "method-not-allowed")
        assert set(answer.headers["allow"].split(", ")) == has, path


def test_a_document_has_all_its_fields_unless_one_is_really_left_out(
    document: dict[str, Any],
) -> None:
    left_out = {("Problem", "errors"), *(("Moves", field) for field in Moves.__struct_fields__)}
    for name, schema in document["components"]["schemas"].items():
        kind = next((kind for kind in documents() if kind.__name__ == name), None)
        if kind is not None:
            assert schema["description"] == cleandoc(kind.__doc__ or ""), name
            optional = schema["properties"].keys() - set(schema.get("required", ()))
            assert {(name, field) for field in optional} <= left_out


def test_no_two_documents_have_the_same_name() -> None:
    names = Counter(kind.__name__ for kind in documents())
    assert [name for name, count in names.items() if count > 1] == []


def test_a_field_may_be_null_where_its_class_says_so_and_nowhere_else(
    document: dict[str, Any],
) -> None:
    schemas, nullable = document["components"]["schemas"], 0
    for kind in documents():
        hints = get_type_hints(kind)
        for field, sent in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True):
            if kind.__name__ in schemas:
                schema = schemas[kind.__name__]["properties"][sent]
                null = {"type": "null"} in schema.get("anyOf", ())
                assert null is (NoneType in get_args(hints[field])), f"{kind.__name__}.{sent}"
                nullable += null
    assert nullable >= 30


def test_closed_sets_are_named_and_referred_to(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    closed_sets = {name for name, schema in schemas.items() if "enum" in schema}
    assert {"OrderStatus", "PaymentStatus", "RefundStatus", "LicenseType"} <= closed_sets
    assert schemas["OrderStatus"]["enum"] == sorted(
        ["pending", "processing", "completed", "partially_refunded", "refunded", "disputed",
         "failed", "expired"]
    )  # fmt: skip
    references = {node["$ref"].rpartition("/")[2] for node in walk(document) if "$ref" in node}
    assert schemas.keys() == references


def documents(kind: type[Document] = Document) -> Iterator[type[Document]]:
    for below in kind.__subclasses__():
        if below.__module__.startswith("mywork."):  # other tests make classes, too
            yield below
        yield from documents(below)


def test_a_problem_is_of_a_type_that_is_listed(client: Client, document: dict[str, Any]) -> None:
    listed = client.http.get("/problems").json()["data"]
    types = document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]
    assert types == [kind["type"] for kind in listed]
    assert "/problems/request-invalid" in types


def test_money_in_examples_has_the_digits_of_its_currency(client: Client) -> None:
    """Of all that is answered with a document."""
    served = json.loads(client.http.get("/openapi.json").text, parse_float=Decimal)
    seen = 0
    for node in walk(served):
        if "$ref" not in node.get("schema", {}) or "example" not in node:
            continue
        for example in walk(node["example"]):
            for name, amount in example.items():
                if f"{name}_minor" in example and "currency" in example:
                    currency = example.get("owed_currency", example["currency"])
                    assert str(amount) == str(exact(example[f"{name}_minor"], currency))
                    seen += 1
    assert seen >= 50
