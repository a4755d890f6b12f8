"""What all tables of contacts are declared on."""

from typing import Any

from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("contacts")
