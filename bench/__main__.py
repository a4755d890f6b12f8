"""The benchmark: `python -m bench PART… [--mails N] [--runs N] [--quick]`; without a part, all of them.

Nothing here fails for being slow. A ratio above 1 of mails per second is better than the peer.
"""

import argparse
import sys

from bench import parts
from bench.report import Report


def main() -> None:
    """Run the parts that are named, then print all figures as a table."""
    options = _options()
    report = Report()
    try:
        parts.run(options.parts or list(parts.PARTS), options, report)
    finally:
        if report.figures:
            report.table()
    sys.exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*parts.PARTS, "all", []], metavar="part", help=parts.help_text())
    parser.add_argument("--mails", type=int, help="size of the mailbox (default: 2,000; the part `growth` adds 20,000)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each measurement; medians are reported")
    parser.add_argument("--quick", action="store_true", help="one run of each")
    parser.add_argument("--large", action="store_true", help="with what takes many minutes: 10,000,000 addresses")
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="SERVICE",
        help="road: where its time goes (py-spy)",
    )
    return _settled(parser.parse_args())


def _settled(options: argparse.Namespace) -> argparse.Namespace:
    options.runs = 1 if options.quick else options.runs
    options.mails = options.mails or 2_000
    if "all" in options.parts:
        options.parts = []
    return options


if __name__ == "__main__":
    main()
