"""Writes the JSON Schema of every event into ``contracts/published``: ``python -m contracts.publish``."""

import json
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

import contracts
from contracts.base import CONTRACTS, EventContract, schema_url

PUBLISHED = Path(contracts.__file__).parent / "published"
REF = "#/components/schemas/"


def json_schema(contract: type[EventContract]) -> dict[str, Any]:
    """The contract as a JSON Schema (2020-12) that stands alone."""
    plugin = MarshmallowPlugin(schema_name_resolver=lambda schema: _class_of(schema).__name__)
    spec = APISpec(title="", version="1", openapi_version="3.1.0", plugins=[plugin])
    spec.components.schema(contract.__name__, schema=contract)
    schemas = json.loads(json.dumps(spec.to_dict()["components"]["schemas"]).replace(REF, "#/$defs/"))
    root = schemas.pop(contract.__name__)
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_url(contract.type),
        "title": contract.type,
        "description": " ".join((contract.__doc__ or "").split()),
        **root,
    }
    return {**document, "$defs": schemas} if schemas else document


def published() -> dict[str, str]:
    """File name -> text of every schema."""
    return {f"{name}.json": _text(json_schema(contract)) for name, contract in sorted(CONTRACTS.items())}


def main() -> None:
    """Write all files and remove those of types that are no more."""
    PUBLISHED.mkdir(exist_ok=True)
    files = published()
    for path in PUBLISHED.glob("*.v*.json"):
        if path.name not in files:
            path.unlink()
    for name, text in files.items():
        (PUBLISHED / name).write_text(text, encoding="utf-8")
    print(f"{len(files)} schemas in contracts/published")


def _class_of(schema: Any) -> type:
    return schema if isinstance(schema, type) else type(schema)


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
