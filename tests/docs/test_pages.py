"""The README and docs/: generated parts are fresh, examples are those that are run, links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if "node_modules" not in page.parts]
SOURCES = ("chassis", "gateway", "services", "contacts_service", "mail_ingest_service", "matcher_service", "demo")
STALE = """
from chassis.docs import generated
print([str(path) for path, text in generated().items() if not path.exists() or path.read_text() != text])
"""


def test_every_generated_page_is_what_make_contracts_would_write():
    command = [sys.executable, "-W", "ignore", "-c", STALE]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    assert said.stdout.strip() == "[]"


def test_every_variable_that_the_code_reads_is_on_the_page_of_settings():
    listed = re.findall(r"^\| `(MUSUBI_\w+)`", (ROOT / "docs" / "configuration.md").read_text(), re.MULTILINE)
    sources = [page.read_text() for folder in SOURCES for page in (ROOT / folder).rglob("*.py")]
    read = {name.removesuffix("_FILE") for source in sources for name in re.findall(r"MUSUBI_[A-Z_]*[A-Z]", source)}
    assert read <= set(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(("language", "name"), [("python", "subscribe.py"), ("js", "subscribe.mjs")])
def test_the_readme_shows_the_examples_that_are_run(language, name):
    [shown] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert shown in (ROOT / "docs" / "examples" / name).read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(page.name[:4]) for page in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
