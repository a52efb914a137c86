"""Names that are imported when they are first asked for."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

PACKAGES = ("db.models", "db.store")


@pytest.mark.parametrize("package", PACKAGES)
def test_what_types_are_checked_with_is_what_a_program_gets(package: str) -> None:
    module = import_module(package)
    assert module.__file__ is not None
    imports = [
        node
        for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}.")
    ]
    declared = {alias.name: node.module or "" for node in imports for alias in node.names}
    assert declared
    for name, origin in declared.items():
        assert getattr(module, name) is getattr(import_module(origin), name)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_there_is_not_is_named(package: str) -> None:
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'Nobody'"):
        _ = import_module(package).Nobody


def test_a_value_brings_no_others_with_it() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, db; from db.models import Source; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "db.models.sources" in said
    assert not {"db.models.entries", "db.models.digests", "db.store.whole"}.intersection(said)
