"""Writes json-schema.json: what Prefect's own validation answers for schemas and values. Run with a Python that has Prefect:

    python test/shared/domain/json/data/make-json-schema-vectors.py
"""

import json
import pathlib

from jsonschema import SchemaError
from prefect.utilities.schema_tools.validation import (
    CircularSchemaRefError,
    ValidationError,
    validate,
)


def prop(schema, required=False, **more):
    made = {"type": "object", "properties": {"x": schema}, **more}
    if required:
        made["required"] = ["x"]
    return made


S = {"type": "string"}
I = {"type": "integer"}
MODEL = {
    "type": "object",
    "properties": {"x": {"$ref": "#/definitions/M"}},
    "definitions": {
        "M": {
            "title": "M",
            "type": "object",
            "properties": {"a": I, "b": {"type": "array", "items": S}},
            "required": ["a"],
        }
    },
}
BLOCK = {
    "type": "object",
    "properties": {"x": {"allOf": [{"$ref": "#/definitions/C"}]}},
    "definitions": {
        "C": {
            "title": "C",
            "type": "object",
            "block_type_slug": "c",
            "properties": {"key": S},
            "required": ["key"],
        }
    },
}
ODD = [None, True, False, 0, 1, -1, 1.5, "a", "", "it's", 'say "hi"', "a\nb", "é☃", [], [1], ["a", 1], {}, {"a": 1}]

CASES = []
for schema in [
    S,
    I,
    {"type": "number"},
    {"type": "boolean"},
    {"type": "null"},
    {"type": "array"},
    {"type": "object"},
    {"type": ["string", "null"]},
    {"enum": ["a", "b", 1]},
    {"const": "a"},
    {"type": "string", "default": "d"},
    {"anyOf": [I, {"type": "null"}]},
    {"anyOf": [S, I], "default": None},
    {"oneOf": [I, {"type": "number"}]},
    {"not": S},
    {"allOf": [S, {"minLength": 1}]},
    {"minimum": 1},
    {"maximum": 0},
    {"exclusiveMinimum": 1},
    {"exclusiveMaximum": 1},
    {"multipleOf": 2},
    {"multipleOf": 0.5},
    {"minLength": 1},
    {"minLength": 2},
    {"maxLength": 0},
    {"pattern": "^a$"},
    {"minItems": 1},
    {"minItems": 2},
    {"maxItems": 0},
    {"uniqueItems": True},
    {"minProperties": 1},
    {"minProperties": 2},
    {"maxProperties": 0},
    {"additionalProperties": False},
    {"additionalProperties": S},
    {"properties": {"a": S}, "additionalProperties": False},
    {"patternProperties": {"^b": S}, "additionalProperties": False},
    {"propertyNames": {"maxLength": 0}},
    {"required": ["a", "b"]},
    {"dependentRequired": {"a": ["b"]}},
    {"dependentSchemas": {"a": {"required": ["c"]}}},
    {"items": S},
    {"items": False},
    {"items": [S, I]},
    {"items": [S], "type": "array"},
    {"prefixItems": [I], "items": False},
    {"contains": S},
    {"contains": I, "minContains": 2},
    {"contains": I, "maxContains": 0},
    {"if": S, "then": {"minLength": 2}, "else": {"type": "number"}},
    {"type": "string", "format": "uuid"},
    {"anyOf": [{"type": "object", "properties": {"a": S}, "required": ["a"]}, {"type": "array", "items": S}]},
    {"anyOf": [{"anyOf": [I, S]}, {"type": "array", "items": I}]},
    False,
]:
    for value in ODD:
        CASES.append((prop(schema) if schema is not False else {"properties": {"x": False}}, {"x": value}))
    CASES.append((prop(schema, required=True), {}))
    CASES.append((prop(schema, required=True), {"x": None}))

for schema in (MODEL, BLOCK):
    for value in ODD + [
        {"a": "s"},
        {"a": 1, "b": [1, "x", 2]},
        {"key": 1},
        {"key": "k"},
        {"$ref": "5a4a4ed1-1d8c-4e3f-b8e4-4a8d6f9c1a11"},
        {"$ref": {"block_document_id": "5a4a4ed1-1d8c-4e3f-b8e4-4a8d6f9c1a11"}},
        {"$ref": {}},
        {"$ref": 4},
    ]:
        CASES.append((schema, {"x": value}))

TWO = {
    "type": "object",
    "properties": {
        "a": I,
        "b": S,
        "c-d": I,
        "n": {"type": "object", "properties": {"deep": I, "list": {"type": "array", "items": I}}},
    },
    "required": ["a", "b"],
}
for values in [
    {},
    {"a": "x"},
    {"a": "x", "b": 1},
    {"a": 1, "b": "s", "c-d": "x"},
    {"a": 1, "b": "s", "n": {"deep": "x"}},
    {"a": 1, "b": "s", "n": {"list": [1, "x"]}},
    {"a": 1, "b": "s", "n": {"list": [1, "x"], "deep": "y"}},
    {"a": "x", "b": "s", "n": {"deep": "y"}},
    {"a": None, "b": None},
    {"a": 1, "b": "s", "unknown": 5},
]:
    CASES.append((TWO, values))
CASES.append(({"properties": {"x": {"$ref": "#/definitions/Nope"}}}, {"x": 1}))
CASES.append(({"properties": {"x": {"$ref": "#/properties/x"}}}, {"x": 1}))

vectors = []
for schema, values in CASES:
    schema = json.loads(json.dumps(schema))  # no shared parts, as on the wire
    for options in (
        {},
        {"ignore_required": True},
        {"allow_none_with_default": True},
        {"preprocess": False},
    ):
        try:
            validate(values, schema, raise_on_error=True, **options)
            outcome = None
        except ValidationError as exc:
            outcome = str(exc)
        except (SchemaError, TypeError, AttributeError):  # no answer of the server
            continue
        except CircularSchemaRefError:
            outcome = "CIRCULAR"
        vectors.append([schema, values, options, outcome])

# One entry per answer that differs from the plain call keeps the file small.
kept = []
plain = None
for schema, values, options, outcome in vectors:
    if not options:
        plain = outcome
    if not options or outcome != plain:
        kept.append([schema, values, options, outcome])

target = pathlib.Path(__file__).with_name("json-schema.json")
target.write_text("[\n" + ",\n".join(json.dumps(item) for item in kept) + "\n]\n")
print(len(kept), "vectors")
