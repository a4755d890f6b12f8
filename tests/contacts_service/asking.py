"""How filters are written."""

from typing import Any


def condition(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    """One condition."""
    return {"field": field, "operator": operator, "value": value}


def every(*conditions: Any) -> dict[str, Any]:
    """All of them hold."""
    return {"match": "all", "conditions": list(conditions)}


def some(*conditions: Any) -> dict[str, Any]:
    """Any of them holds."""
    return {"match": "any", "conditions": list(conditions)}
