"""Holds requests and answers against a vendor's OpenAPI document."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jsonschema import Draft7Validator, RefResolver

Json = dict[str, Any]


class Contract:
    """An OpenAPI 3.1 document; stricter than its letter: what it does not name is a violation."""

    def __init__(self, path: Path) -> None:
        self._document: Json = json.loads(path.read_text(encoding="utf-8"))
        self._resolver = RefResolver("", self._document)

    def violations(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Iterator[str]:
        """Yield what is wrong with a request."""
        url = urlsplit(target)
        found = self._operation(method, url.path)
        if found is None:
            yield f"{method} {url.path} is not documented"
            return
        operation, parameters, values = found
        where = f"{method} {url.path}"
        asked = {name: v[-1] for name, v in parse_qs(url.query, keep_blank_values=True).items()}
        known = {p["name"]: p for p in parameters if p["in"] == "query"}
        yield from (f"{where}: unknown query {name}" for name in asked if name not in known)
        for parameter in parameters:
            given = values if parameter["in"] == "path" else asked
            name, schema = parameter["name"], parameter.get("schema", {})
            if name not in given:
                if parameter.get("required"):
                    yield f"{where}: {name} is missing"
                continue
            value: Any = given[name]
            if schema.get("type") in ("integer", "number") and value.isdigit():
                value = int(value)
            yield from self._faults(value, schema, f"{where}: {name}")
        wanted = {name for way in operation.get("security", []) for name in way}
        schemes = self._document["components"].get("securitySchemes", {})
        if wanted and not any(schemes[name]["name"].lower() in headers for name in wanted):
            yield f"{where}: no credentials"
        described = operation.get("requestBody")
        if described is None:
            if body:
                yield f"{where}: a body where none is documented"
            return
        if headers.get("content-type") != "application/json":
            yield f"{where}: the body is not declared as JSON"
        schema = described["content"]["application/json"]["schema"]
        content = json.loads(body)
        yield from self._faults(content, schema, where)
        yield from self._strangers(content, schema, where)

    def answer_violations(self, method: str, target: str, status: int, body: Any) -> Iterator[str]:
        """Yield what is wrong with an answer, so that the server of a test does not lie."""
        found = self._operation(method, urlsplit(target).path)
        if found is None:
            return
        answers = found[0]["responses"]
        if str(status) not in answers:
            yield f"{method} {target} does not answer {status}"
            return
        content = answers[str(status)].get("content", {}).get("application/json")
        if content:
            yield from self._faults(body, content["schema"], f"answer of {method} {target}")

    def _operation(self, method: str, path: str) -> tuple[Json, list[Json], dict[str, str]] | None:
        # Paths without variables come first: /tickets/search is no ticket.
        for template in sorted(self._document["paths"], key=lambda one: one.count("{")):
            item = self._document["paths"][template]
            shape = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
            match = re.fullmatch(shape, path)
            if match and method.lower() in item:
                operation = item[method.lower()]
                described = [*item.get("parameters", []), *operation.get("parameters", [])]
                parameters = [self._resolved(one) for one in described]
                values = {name: unquote(value) for name, value in match.groupdict().items()}
                return operation, parameters, values
        return None

    def _resolved(self, node: Json) -> Json:
        while "$ref" in node:
            node = self._resolver.resolve(node["$ref"])[1]
        return node

    def _faults(self, value: Any, schema: Json, where: str) -> Iterator[str]:
        validator = Draft7Validator(schema, resolver=self._resolver)
        for error in validator.iter_errors(value):
            yield f"{where}: {'/'.join(map(str, error.path))} {error.message}"

    def _strangers(self, value: Any, schema: Json, where: str) -> Iterator[str]:
        schema = self._resolved(schema)
        properties = schema.get("properties")
        if not isinstance(value, dict) or not properties:
            return
        for name, inner in value.items():
            if name not in properties:
                yield f"{where}: {name} is not documented"
            else:
                yield from self._strangers(inner, properties[name], f"{where}.{name}")
