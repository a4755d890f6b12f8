"""What belongs to a contact or an organization: its chart."""

from typing import Any

from gateway.api.blueprint import Resource
from gateway.api.schemas import relations as schemas
from gateway.calls import services

relations = Resource("relations", description="What belongs to a contact or an organization.")


@relations.route("/organizations/<uuid:id>/chart", methods=["GET"])
@relations.response(200, schemas.Chart)
def get_organization_chart(id: Any) -> Any:
    """Read the chart of an organization

    Its people and whoever they report to, each after the one above it; at most 500, from the top down.
    """
    return services().contacts.organization_chart(id=str(id))
