"""The microservice chassis: nameko extensions and nothing else; it knows no word of the domain."""

from chassis.database import Database, DatabaseHandle, Transaction
from chassis.events import on_event
from chassis.rpc import Rpc, Services, rpc

__all__ = ["Database", "DatabaseHandle", "Rpc", "Services", "Transaction", "on_event", "rpc"]
