"""The documentation says what there is: neither less nor more."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from crawler.tagging import load_taxonomy
from db.models import Kind, Language
from db.query import Sort
from db.store import Store
from feed import FORMATS
from feed.site import Site
from imdifeed.cli import LISTED, command_called, main
from imdifeed.config import SETTINGS, SPIDERS, load_settings
from imdifeed.running.environment import FILE_VARIABLE
from web import WebSettings, create_app
from web.query_args import QUERY_PARAMETERS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
SOURCES = (ROOT / "docs/sources.md").read_text("utf-8")
RECORDS = sorted((ROOT / "docs/adr").glob("*.md"))
LIBRARIES = next((ROOT / "docs/adr").glob("0004-*.md")).read_text("utf-8")
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "imdifeed/demo/content/README.md",
]


def rows(text: str, heading: str) -> dict[str, list[str]]:
    """Give the tables below a heading: what stands in a row's first backticks, to its cells."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found: dict[str, list[str]] = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            found[re.findall("`([^`]+)`", cells[0])[0]] = cells
    return found


#: the command with all of its commands imported
WHOLE = click.Group("imdifeed", {name: command_called(name) for name in LISTED}, params=main.params)


def commands(
    group: click.Group = WHOLE, path: str = "imdifeed"
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands())


def options(command: click.Command) -> set[str]:
    return {
        name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
        if name.startswith("--") and name != "--help"
    }


def command_named(words: list[str]) -> click.Command | None:
    """Give the command, or group of commands, that words after `imdifeed` lead to."""
    command: click.Command = WHOLE
    for word in words:
        if not isinstance(command, click.Group):
            break
        if word not in command.commands:
            return None
        command = command.commands[word]
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_readme_with_its_options(name: str) -> None:
    lines = [
        cells
        for usage, cells in rows(README, "Commands").items()
        if usage == name
        or usage.startswith(
            tuple(f"{name} {word}" for word in ("[", "FILE", "FROM", "QUERY", "ID", "EMAIL", "--"))
        )
    ]
    assert len(lines) == 1, f"document `{name}` once under Commands in README.md"
    assert set(re.findall(r"--[a-z-]+", lines[0][0])) == options(COMMANDS[name])


def test_the_options_of_the_command_itself_stand_in_the_readme() -> None:
    section = README.split("## Commands", 1)[1].split("\n| ", 1)[0]
    missing = {option for option in options(WHOLE) if option not in section}
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_quoted_exists(page: Path) -> None:
    quoted = re.findall(
        r"(?:`|bin/|&& |^ {4}|^\w+=\S*/)imdifeed (?=[a-z\[-])([^`\n|]*)",
        page.read_text("utf-8"),
        re.MULTILINE,
    )
    for words in quoted:
        rest = re.sub(r"^(?:\[--config FILE\]|--config \S+) ?", "", words).split("#")[0].split()
        names = [word for word in rest if re.fullmatch("[a-z]+", word)]
        command = command_named(names)
        assert command is not None, f"{page.name} quotes `imdifeed {words}`, which does not exist"
        strange = set(re.findall(r"--[a-z-]+", " ".join(rest))) - options(command) - {"--help"}
        assert names == [] or not strange, f"{page.name}: `imdifeed {words}`"


def test_every_setting_stands_in_the_readme() -> None:
    assert set(rows(README, "Settings")) == set(SETTINGS)
    assert FILE_VARIABLE in README


def test_documented_defaults_are_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "imdifeed.toml"
    given: dict[str, list[str]] = {"": [], "sources.<slug>": []}
    for name, cells in rows(README, "Settings").items():
        table, _, key = name.rpartition(".")
        if cells[1].startswith("`"):
            given.setdefault(table, []).append(f"{key} = {cells[1].strip('`')}")
    required = ['secret_key = "s"', '[sources.a]\nspider = "documents"']
    path.write_text("\n".join(required), "utf-8")
    bare = load_settings(path, {})
    site, source = given.pop(""), given.pop("sources.<slug>")
    written = [required[0], *site]
    for table, lines in given.items():
        written += [f"[{table}]", *lines]
    path.write_text("\n".join([*written, required[1], *source]), "utf-8")
    assert len(site) + sum(map(len, given.values())) > 10
    assert load_settings(path, {}) == bare


def test_every_family_of_sources_is_described() -> None:
    described = re.findall(r"^## `([a-z_]+)`", SOURCES, re.MULTILINE)
    assert sorted(described) == sorted(SPIDERS)
    spider = rows(README, "Settings")["sources.<slug>.spider"][2]
    assert set(re.findall('`"([a-z_]+)"`', spider)) == set(SPIDERS)


def test_every_shape_is_described() -> None:
    modules = (ROOT / "crawler/shapes").glob("*.py")
    shapes = {path.stem for path in modules if "EntryItem(" in path.read_text("utf-8")}
    assert len(shapes) > 2
    assert shapes <= set(re.findall(r"`crawler/shapes/(\w+)\.py`", SOURCES))


def test_every_tag_stands_in_the_readme_with_its_labels() -> None:
    documented = rows(README, "Queries")
    for tag in load_taxonomy().tags:
        assert documented[tag.slug][1:] == [tag.label_nb, tag.label_nn, tag.label_en]


def test_every_query_parameter_stands_in_the_readme() -> None:
    documented = rows(README, "Queries")
    tags = {tag.slug for tag in load_taxonomy().tags}
    assert set(documented) - tags == QUERY_PARAMETERS | {"page", "per_page"}
    for parameter, values in (("kind", Kind), ("lang", Language), ("sort", Sort)):
        assert set(re.findall("`([a-z_]+)`", documented[parameter][1])) - {"q"} == set(values)


def test_every_address_of_the_site_stands_in_the_readme(store: Store) -> None:
    site = Site(site_url="http://127.0.0.1:8000", authority="imdifeed.example,2026")
    settings = WebSettings(
        site=site,
        sender="a@example.no",
        secret_key="0123456789abcdef",
        clock=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        on_queued=lambda: None,
    )
    app = create_app(store, settings)
    served: dict[str, bool] = {}
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule).replace("<entry_id>", "<id>")
        names = FORMATS if address == "/feed.<name>" else [""]
        for name in names:
            posted = "POST" in (rule.methods or ())
            full = address.replace("<name>", name)
            served[full] = served.get(full, False) or posted
    documented = rows(README, "Addresses")
    assert set(documented) == set(served)
    for address, posted in served.items():
        assert ("POST" in documented[address][1]) == posted, address


def test_every_make_target_is_documented_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    assert targets == set(phony[1].split())
    quoted = {
        name
        for page in PAGES
        for name in re.findall(r"(?:`|^ {4})make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert quoted == targets
    assert set(rows(CONTRIBUTING, "Set-up")) >= {f"make {name}" for name in targets}


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    libraries = {re.split(r"[<>=!~\[; ]", requirement)[0] for requirement in required}
    cells = re.findall(r"^\| (`[^|]*) \|", LIBRARIES, re.MULTILINE)
    assert {name for cell in cells for name in re.findall("`([^`]+)`", cell)} == libraries


def test_every_library_is_used_where_its_reason_says() -> None:
    modules: dict[str, list[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(distribution.lower().replace("_", "-"), []).append(module)
    lines = re.findall(r"^\| `([a-z0-9-]+)` \| ([^|]*) \|.*\|$", LIBRARIES, re.MULTILINE)
    for library, where in lines:
        said = set(re.findall("`([a-z]+)/`", where))
        names = "|".join(modules[library])
        imports = re.compile(rf"^\s*(?:import|from) (?:{names})\b", re.MULTILINE)
        found = {
            layer
            for layer in ("crawler", "db", "feed", "imdifeed", "web")
            for path in (ROOT / layer).rglob("*.py")
            if imports.search(path.read_text("utf-8"))
        }
        assert said <= found if said else not found, library
    assert len(lines) > 10


def test_every_state_of_the_outbox_is_explained() -> None:
    schema = (ROOT / "db/sqlite/schema.sql").read_text("utf-8")
    states = re.search(r"state IN \(([^)]*)\)", schema)
    assert states
    assert set(rows(OPERATIONS, "The outbox")) == set(re.findall("'([a-z]+)'", states[1]))


def test_records_have_one_form() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
    for path in RECORDS:
        text = path.read_text("utf-8")
        headings = re.findall("^## (.*)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Status", "Consequences"], path.name
        assert text.startswith(f"# {int(path.name[:4])}. "), path.name
        prose = [line for line in text.splitlines() if not line.startswith("|")]
        assert len(prose) <= 40, path.name
        assert f"(adr/{path.name})" in ARCHITECTURE, f"list {path.name} in architecture.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub("`[^`\n]*`", "", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match("[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        aim = (page.parent / name).resolve() if name else page
        assert aim.is_relative_to(ROOT), target
        assert aim.exists(), target
        if anchor:
            assert anchor in anchors(aim), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_tests_that_are_named_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text):
        if name.split("/")[0] in {"crawler", "db", "docs", "feed", "imdifeed", "tests", "web"}:
            assert (ROOT / name).exists(), name
    for module, test in re.findall(r"`(tests/test_\w+\.py)::(\w+)`", text):
        assert f"def {test}(" in (ROOT / module).read_text("utf-8"), f"{module}::{test}"


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall("^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
