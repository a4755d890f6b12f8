"""The rules of the house that lint, types and import-linter do not see: layout, sizes, who may import what, locks."""

import ast
import re
import statistics
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from gateway.language import catalog
from gateway.phrasebook import shape
from tests.sentences import PUT_BEFORE, all_said, of_every_call, of_the_library

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = [pattern.rstrip("*") for pattern in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]
SERVICES = PROJECT["project"]["entry-points"]["musubi.services"]
LOCKS = ("requirements.lock", "requirements-test.lock")
LONGEST_FILE = 300
LONGEST_MEDIAN_FUNCTION = 7
LOOKS = {"all_inner_texts", "all_text_contents", "get_attribute", "inner_html", "inner_text", "input_value"}
LOOKS |= {"is_checked", "is_disabled", "is_enabled", "is_hidden", "is_visible", "text_content"}
PURE = re.compile(r"\bPure\b")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders or PACKAGES:
        yield from sorted((ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported_by(path: Path) -> set[str]:
    """The first part of every name that the file imports, in functions too."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def body_lines(function: ast.FunctionDef) -> int:
    """The lines of the body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def folder_of(service: str) -> Path:
    return ROOT.joinpath(*SERVICES[service].partition(":")[0].split(".")[:-1])


def test_no_file_is_longer_than_300_lines():
    long = {name_of(path): len(path.read_text().splitlines()) for path in sources(*PACKAGES, "bench", "tests")}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


@pytest.mark.parametrize("package", [package for package in PACKAGES if (ROOT / package).exists()])
def test_the_median_function_is_short(package):
    lengths = [body_lines(function) for path in sources(package) for function in functions(path)]
    assert statistics.median(lengths or [0]) <= LONGEST_MEDIAN_FUNCTION


def test_every_module_says_what_it_is_for():
    silent = [path for path in sources() if path.read_text().strip() and not ast.get_docstring(tree(path))]
    assert [name_of(path) for path in silent] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_names_that_all_have(service):
    wanted = {"__init__.py", "service.py"}
    if service != "gateway":
        wanted |= {"domain.py", "models.py", "store.py", "migrations"}
    assert wanted <= {path.name for path in folder_of(service).iterdir()}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_says_what_it_owns_and_offers(service):
    said = ast.get_docstring(tree(folder_of(service) / "__init__.py")) or ""
    assert all(word in said.lower() for word in ("owns", "emits", "hears", "offers")), said


def test_nameko_is_imported_by_the_chassis_and_service_files_alone():
    importers = [path for path in sources() if "nameko" in imported_by(path)]
    assert [name_of(path) for path in importers if path.name != "service.py" and "chassis" not in path.parts] == []


def test_imapclient_is_imported_by_mailbox_py_alone():
    # The demo is a mail program of its own, that sends what the system then reads.
    services = [path for path in sources() if "demo" not in path.parts]
    importers = {name_of(path) for path in services if "imapclient" in imported_by(path)}
    assert importers <= {"mail_ingest_service/mailbox.py"}


def test_contracts_import_marshmallow_and_idna_alone():
    allowed = {"contracts", "marshmallow", "idna"}
    ours = {name_of(path): imported_by(path) - allowed for path in sources("contracts") if path.name != "publish.py"}
    foreign = {name: outside(names) for name, names in ours.items() if outside(names)}
    assert foreign == {}


def outside(names: set[str]) -> set[str]:
    """Of the imported names, those that the standard library does not have."""
    return names - set(sys.stdlib_module_names)


def pure_modules() -> list[Path]:
    """Those that call themselves pure, and the rules of each service; ``contracts`` are held by rules of their own."""
    ours = [path for path in sources() if "contracts" not in path.parts]
    return [path for path in ours if path.name == "domain.py" or PURE.search(ast.get_docstring(tree(path)) or "")]


def test_whoever_calls_itself_pure_is_held_to_it_by_import_linter():
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    [held] = [contract["source_modules"] for contract in contracts if contract["name"] == "Pure rules do no I/O"]
    names = [name_of(path).removesuffix(".py").replace("/", ".") for path in pure_modules()]
    assert [name for name in names if not any(fnmatch(name, pattern) for pattern in held)] == []


def test_pure_rules_ask_no_clock():
    asked = {name_of(path): re.findall(r"\.(?:now|utcnow|today)\(", path.read_text()) for path in pure_modules()}
    assert {name: calls for name, calls in asked.items() if calls} == {}


@pytest.mark.parametrize("path", list(sources("tests/gateway/web")), ids=lambda path: path.stem)
def test_tests_of_the_screens_wait_by_playwrights_own_rule(path):
    """Our policy refuses the second look of the first of these, the others are sleeps, and an assert looks once."""
    assert not re.search(r"wait_for_function|wait_for_timeout|networkidle", path.read_text())
    asserts = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Assert)]
    calls = [node for one in asserts for node in ast.walk(one) if isinstance(node, ast.Call)]
    assert [ast.unparse(call) for call in calls if looks_once(call)] == [], "take expect(...) of playwright.sync_api"


def looks_once(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name in LOOKS or (name == "count" and not call.args)


def test_locks_name_exact_versions_with_hashes_and_no_address():
    for lock in LOCKS:
        text = (ROOT / lock).read_text()
        for entry in re.findall(r"^[a-z0-9].*(?:\n {4}--hash.*)*", text, re.MULTILINE):
            assert re.match(r"[a-z0-9._-]+==[^ ]+ ", entry), entry
            assert "--hash=sha256:" in entry, entry
        assert not re.search(r"://|^-|(^|[ =@])/[a-z]", text, re.MULTILINE)


def test_the_run_lock_is_part_of_the_test_lock():
    run, test = (set(re.findall(r"^[a-z0-9._-]+==[^ ]+", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS)
    assert run <= test


def test_every_dependency_is_locked():
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *(name for extra in extras.values() for name in extra)]
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements-test.lock").read_text(), re.MULTILINE))
    names = {re.split(r"[<>=~!; \[]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    assert names - locked == set()


def test_ci_runs_what_a_developer_runs():
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()


def test_make_help_explains_every_target():
    makefile = (ROOT / "Makefile").read_text()
    [phony] = re.findall(r"^\.PHONY: (.*)", makefile, re.MULTILINE)
    explained = set(re.findall(r"^([a-z]+):.* ## .+", makefile, re.MULTILINE))
    assert set(phony.split()) == explained


def test_whatever_a_service_may_refuse_with_is_there_in_japanese_and_nothing_else():
    """A new sentence goes into gateway/locale/ja.po, with %(name)s where it has a value (docs/decisions/0027)."""
    sentences, _ = catalog("ja")
    known = {shape(template).parts: template for template in sentences}
    code = {said.parts: said.where for said in all_said()}
    assert {where: "{}".join(parts) for parts, where in code.items() if parts not in known} == {}
    used = {*code, *of_the_library(), *of_every_call(), *PUT_BEFORE}
    assert [template for parts, template in known.items() if parts not in used] == []
