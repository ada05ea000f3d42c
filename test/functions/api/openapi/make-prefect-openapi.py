"""Writes data/prefect-openapi.json: the OpenAPI document of the installed Prefect, shapes alone.

Run with the Python of an environment that has the Prefect version to compare with:
    .venv-conformance/bin/python test/functions/api/openapi/make-prefect-openapi.py
"""

import json
import pathlib

from prefect.server.api.server import create_api_app

WORDS = {"title", "description", "examples", "example", "summary", "x-logo"}


def shapes(node, names=False):
    """The same without prose; the keys of `properties` and `schemas` are names, never prose."""
    if isinstance(node, list):
        return [shapes(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: shapes(value, names=key in ("properties", "schemas", "paths"))
        for key, value in node.items()
        if names or key not in WORDS or isinstance(value, dict) and key != "example"
    }


document = create_api_app().openapi()
place = pathlib.Path(__file__).parent / "data" / "prefect-openapi.json"
place.write_text(json.dumps(shapes(document), sort_keys=True, separators=(",", ":")) + "\n")
