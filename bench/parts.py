"""The parts of the benchmark by name."""

import argparse
import contextlib
import statistics
from collections.abc import Callable

from bench import addresses, peers, road
from bench.big_mails import memory_part
from bench.crowd import crowd_part
from bench.events.measuring import events_part
from bench.imports import imports_part
from bench.limits import limits_part
from bench.listing import lists_part
from bench.live import latency_part
from bench.mass_changes import mass_changes_part
from bench.meters import load
from bench.report import Report
from bench.resting import idle_part
from bench.timelines import timelines_part
from bench.workshop import Workshop


def run(names: list[str], options: argparse.Namespace, report: Report) -> None:
    """Run parts in order, on the same servers and the same mailbox."""
    with contextlib.ExitStack() as stack:
        workshop = Workshop(options, report, stack)
        workshop.names = names
        for name in names:
            report.say(f"{name}: {_first_line(PARTS[name])} (load {load()})")
            PARTS[name](workshop)


def road_part(shop: Workshop) -> None:
    """Mails from Dovecot to committed decisions, leads, tickets and timelines."""
    _journeys(shop, shop.options.mails, shop.options.runs)


def growth_part(shop: Workshop) -> None:
    """The same road at ten times the size: the cost per mail must hardly grow."""
    small, large = shop.options.mails, shop.options.mails * 10
    _journeys(shop, large, shop.options.runs)
    before, after = f"road, {small:,} mails", f"road, {large:,} mails"
    shop.report.against(after, before)
    shop.report.against(f"{after}, CPU of all", f"{before}, CPU of all")
    if "mbsync" in shop.names:
        peers.report_pulls(shop, large)


def addresses_part(shop: Workshop) -> None:
    """Resolving an address among 10,000,000 against among 1,000,000 (minutes: only with --large)."""
    if not shop.options.large:
        shop.report.say("  left out: add --large")
        return
    template = shop.ground.postgres.url("bench_addresses_{size}")
    for size in addresses.SIZES:
        shop.ground.postgres.create_database(f"bench_addresses_{size}")
    for line in addresses.measure(template, sizes=addresses.SIZES):
        shop.report.add_line(line)


def _journeys(shop: Workshop, mails: int, runs: int) -> None:
    mailbox, accounts = shop.filled(mails)
    journeys = []
    for _ in range(runs):
        journeys.append(road.travel(shop.ground, mailbox, accounts, profiled=shop.options.profile))
        _tell(shop, journeys[-1])
        if "mbsync" in shop.names:
            # In turns, so that both meet the same noise of the machine.
            peers.pull(shop, mails)
    shop.report.add(f"road, {mails:,} mails", statistics.median(each.rate for each in journeys), "mails/s")
    filed = statistics.median(each.mails / each.filed for each in journeys)
    shop.report.add(f"road, {mails:,} mails, each filed", filed, "mails/s")
    cpu = statistics.median(sum(cost.cpu for cost in each.costs.values()) for each in journeys)
    shop.report.add(f"road, {mails:,} mails, CPU of all", cpu / mails * 1e6, "us per mail")
    shop.report.costs(f"road, {mails:,} mails", [each.costs for each in journeys], count=mails)


def _tell(shop: Workshop, journey: road.Journey) -> None:
    shop.report.say(f"  filed after {journey.filed:.2f} s, settled after {journey.settled:.2f} s (load {load()})")
    for stage, seconds in journey.stages.items():
        shop.report.say(f"    {seconds:6.2f} s  {stage}")
    shop.report.say(f"    {journey.database}")
    for name, profile in journey.profiles.items():
        shop.report.say(f"  profile of {name}: {profile}")


def help_text() -> str:
    """What can be run, for the help."""
    return "; ".join(f"{name}: {_first_line(part)}" for name, part in PARTS.items())


def _first_line(part: Callable[[Workshop], None]) -> str:
    return (part.__doc__ or "").splitlines()[0]


PARTS: dict[str, Callable[[Workshop], None]] = {
    "road": road_part,
    "mbsync": peers.mbsync_part,
    "helpdesk": peers.helpdesk_part,
    "growth": growth_part,
    "events": events_part,
    "limits": limits_part,
    "latency": latency_part,
    "memory": memory_part,
    "idle": idle_part,
    "addresses": addresses_part,
    "lists": lists_part,
    "timelines": timelines_part,
    "imports": imports_part,
    "crowd": crowd_part,
    "mass_changes": mass_changes_part,
}
