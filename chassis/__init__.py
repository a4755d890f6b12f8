"""The microservice chassis: nameko extensions and nothing else; it knows no word of the domain."""

from chassis.database import Database, DatabaseHandle, Transaction
from chassis.events import on_event
from chassis.rpc_client import Rpc, Services
from chassis.rpc_server import rpc

__all__ = ["Database", "DatabaseHandle", "Rpc", "Services", "Transaction", "on_event", "rpc"]
