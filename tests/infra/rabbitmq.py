"""A RabbitMQ node of our own: own name, ports, folders, cookie and epmd; controlled by Erlang calls in milliseconds."""

import base64
import contextlib
import itertools
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from tests.infra.process import Missing, Restartable, Server, free_port, program, wait_for, work_folder

_USER = _PASSWORD = "musubi"
_CONF = """
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
loopback_users = none
vm_memory_high_watermark.absolute = 2GiB
disk_free_limit.absolute = 50MB
log.file.level = warning
"""
# The management figures of a quorum queue are seconds old, so its own state is asked.
_QUEUES = """
Count = fun(Queue) -> case amqqueue:get_type(Queue) of
  rabbit_quorum_queue ->
    case ra:leader_query(amqqueue:get_pid(Queue), fun rabbit_fifo:query_messages_total/1) of
      {{ok, {{_, Total}}, _}} -> Total;
      _ -> -1
    end;
  _ -> proplists:get_value(messages, rabbit_amqqueue:info(Queue, [messages]))
end end,
lists:flatten([io_lib:format("~s ~b~n", [element(4, amqqueue:get_name(Queue)), Count(Queue)])
               || Queue <- rabbit_amqqueue:list({vhost})])
"""
_NOT_ASKED = "erl_call: failed to connect to node"
# Without these the schedulers spin while idle, which costs a test machine of two cores a good part of them.
_ERL = "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"


class RabbitMQ(Restartable):
    """One broker. `start` takes about five seconds; vhosts are made in milliseconds, so give every test its own.

    Faults: `kill9` (data stays on disk), `restart`, `stop_app`/`start_app` (the listener goes, the node stays),
    `pause`/`resume` (a broker that hangs), `memory_alarm`/`disk_alarm` (publishers are blocked inside the `with`).
    """

    def __init__(self, *, port: int | None = None) -> None:
        script = program("rabbitmq-server", "/usr/lib/rabbitmq/bin/rabbitmq-server")
        self._erl_call = program("erl_call", "/usr/lib/erlang/lib/erl_interface*/bin/erl_call")
        if os.geteuid() != 0 and not os.access(script, os.X_OK):
            raise Missing(f"{script} cannot be run by this user")
        self.port = port or free_port()
        self.folder = work_folder("rabbitmq")
        self.node = f"musubi{secrets.token_hex(3)}@localhost"
        self._cookie = secrets.token_hex(16)
        self._callers = itertools.count()
        self._epmd_port, dist_port = free_port(), free_port()
        env = self._environment(dist_port=dist_port)
        self._epmd = Server(
            "epmd",
            folder=self.folder,
            command=[program("epmd"), "-port", str(self._epmd_port), "-address", "127.0.0.1"],
            env=env,
        )
        self.server = Server("rabbitmq", folder=self.folder, command=[script], env=env)

    def url(self, vhost: str = "%2F") -> str:
        return f"amqp://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/{vhost}"

    def start(self) -> Self:
        if not self._epmd.running:
            self._epmd.start()
            wait_for(self._epmd, port=self._epmd_port)
        self.server.start()
        wait_for(self.server, port=self.port)
        self._wait_until_booted()
        return self

    def stop(self) -> None:
        """Stops the node in order and removes nothing: `start` continues with the same data."""
        self.server.stop(signal.SIGTERM)

    def settle(self) -> None:
        """Writes the registry of quorum queues to disk, which the broker does about a second after a declaration.

        A queue declared within that second loses its messages and never finds a leader again after kill -9, whatever
        was confirmed (RabbitMQ issue 15725). Call this between the first declaration of queues and `kill9`.
        """
        self.eval("[dets:sync(Table) || Table <- dets:all()]")

    def close(self) -> None:
        """Ends the node without ceremony and removes its data."""
        self.server.kill9()
        self._epmd.kill9()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop_app(self) -> None:
        self.eval("rabbit:stop()")

    def start_app(self) -> None:
        self.eval("rabbit:start()")
        self._wait_until_booted()

    def add_vhost(self, name: str) -> str:
        """Makes a virtual host and returns its URL."""
        vhost, user = _binary(name), _binary(_USER)
        self.eval(
            f"rabbit_vhost:add({vhost}, {user}), "
            f"rabbit_auth_backend_internal:set_permissions({user}, {vhost}, {_binary('.*')}, {_binary('.*')}, "
            f"{_binary('.*')}, {user})"
        )
        return self.url(name)

    def delete_vhost(self, name: str) -> None:
        self.eval(f"rabbit_vhost:delete({_binary(name)}, {_binary(_USER)})")

    def queues(self, vhost: str) -> dict[str, int]:
        """Each queue of the vhost with its messages, ready or unacknowledged; -1 while a quorum queue has no leader."""
        rows = self.eval(_QUEUES.format(vhost=_binary(vhost)))
        pairs = (line.rsplit(" ", 1) for line in rows.strip('"[]').split("\\n") if line)
        return {name: int(count) for name, count in pairs}

    def delete_queue(self, vhost: str, name: str) -> None:
        self.eval(
            f"{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r({_binary(vhost)}, queue, {_binary(name)})), "
            f"rabbit_amqqueue:delete(Q, false, false, {_binary(_USER)})"
        )

    def close_connections(self, reason: str = "closed by the test") -> None:
        """The broker closes every client connection, as an administrator would."""
        self.eval(f'[rabbit_networking:close_connection(P, "{reason}") || P <- rabbit_networking:connections()]')

    @contextlib.contextmanager
    def memory_alarm(self) -> Iterator[None]:
        self.eval("vm_memory_monitor:set_vm_memory_high_watermark(0.000001)")
        try:
            yield
        finally:
            self.eval("vm_memory_monitor:set_vm_memory_high_watermark({absolute, 2147483648})")

    @contextlib.contextmanager
    def disk_alarm(self) -> Iterator[None]:
        self.eval("rabbit_disk_monitor:set_disk_free_limit(1000000000000000)")
        try:
            yield
        finally:
            self.eval("rabbit_disk_monitor:set_disk_free_limit(50000000)")

    def eval(self, expression: str) -> str:
        """Evaluates an Erlang expression in the node and returns its printed value."""
        deadline = time.monotonic() + 30
        while (done := self._erl(expression)).stderr.startswith(_NOT_ASKED):
            # Nothing was evaluated yet, so that asking again is safe: a busy node was slow to shake hands.
            if time.monotonic() > deadline or not self.server.running:
                break
            time.sleep(0.1)
        answer = done.stdout.strip()
        if not answer.startswith("{ok, "):
            raise RuntimeError(f"RabbitMQ refused {expression!r}: {answer or done.stderr.strip()}")
        return answer.removeprefix("{ok, ").removesuffix("}")

    def _erl(self, expression: str) -> subprocess.CompletedProcess[str]:
        # Without a name of its own every call is "c17", which the node refuses until it has noticed the last one's end.
        name = f"caller{next(self._callers)}"
        call = [self._erl_call, "-h", name, "-sname", self.node, "-c", self._cookie, "-timeout", "60", "-e"]
        return subprocess.run(
            call, input=f"{expression}.\n", env=self.server.env, capture_output=True, text=True, timeout=90, check=False
        )

    def _wait_until_booted(self) -> None:
        deadline = time.monotonic() + 120
        while self._booted() != "true":
            if time.monotonic() > deadline or not self.server.running:
                raise RuntimeError(f"RabbitMQ did not boot: {self.server.output()[-2000:]}")
            time.sleep(0.05)

    def _booted(self) -> str:
        with contextlib.suppress(RuntimeError):
            # While the marker process lives, the broker still boots: a stop or start then would do nothing, silently.
            return self.eval("rabbit:is_booted() andalso whereis(rabbit_boot) == undefined")
        return "no answer"

    def _environment(self, *, dist_port: int) -> dict[str, str]:
        folder = self.folder
        conf = _CONF.format(port=self.port, user=_USER, password=_PASSWORD)
        _write(folder / "rabbitmq.conf", conf)
        _write(folder / "enabled_plugins", "[].\n")
        _write(folder / "env.conf", "")
        _write(folder / ".erlang.cookie", self._cookie).chmod(0o400)
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        return keep | {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{_ERL} -kernel inet_dist_use_interface {{127,0,0,1}}",
            # The start script then becomes the Erlang machine instead of waiting for it: one pid to kill.
            "RUNNING_UNDER_SYSTEMD": "true",
        }


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _binary(text: str) -> str:
    """The Erlang binary of `text`, safe from quoting."""
    return f'base64:decode("{base64.b64encode(text.encode()).decode()}")'
