"""What records are called, many at once."""

from typing import Any

from gateway.api.blueprint import Resource
from gateway.api.schemas import names as schemas
from gateway.calls import services

names = Resource("names", description="What records are called, many at once.")


@names.route("/names", methods=["GET"])
@names.arguments(schemas.NameQuery, location="query")
@names.response(200, schemas.NamePage)
def list_names(query: dict[str, Any]) -> Any:
    """Look up what contacts and organizations are called

    For up to 200 ids at once; those in the recycle bin too. Ids of other records are left out of the answer.
    """
    return services().contacts.names(ids=query["ids"].split(","))
