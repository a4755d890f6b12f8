"""nameko's own containers, RPC and events on the URL given; prints what they answered."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402 - everything else comes after the patching

import eventlet.event  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.events import EventDispatcher, event_handler  # noqa: E402
from nameko.exceptions import UnknownService  # noqa: E402
from nameko.rpc import RpcProxy, rpc  # noqa: E402
from nameko.standalone.rpc import ClusterRpcProxy  # noqa: E402

from chassis import embedded  # noqa: E402

embedded.install()
heard = eventlet.event.Event()


class Tickets:
    name = "tickets"
    dispatch = EventDispatcher()

    @rpc
    def open_ticket(self, subject):
        self.dispatch("opened", {"subject": subject})
        return f"TT1 {subject}"


class History:
    name = "history"
    tickets = RpcProxy("tickets")
    nobody = RpcProxy("nobody")

    @event_handler("tickets", "opened")
    def on_opened(self, data):
        heard.send(data["subject"])

    @rpc
    def ask(self, subject):
        return self.tickets.open_ticket(subject)

    @rpc
    def ask_nobody(self):
        try:
            self.nobody.anything()
        except UnknownService as error:
            return str(error)


config = {"AMQP_URI": sys.argv[1]}
containers = [ServiceContainer(service, config) for service in (Tickets, History)]
for container in containers:
    container.start()
with eventlet.Timeout(20), ClusterRpcProxy(config) as cluster:
    print(cluster.history.ask("返品"), flush=True)
    print(heard.wait(), flush=True)
    print(cluster.history.ask_nobody(), flush=True)
    for container in containers:
        container.stop()
print("stopped", flush=True)
