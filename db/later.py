"""Names of a package that are imported when they are first asked for (PEP 562)."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def names_later(package: str, table: Mapping[str, str]) -> Callable[[str], object]:
    """Make a package's `__getattr__`.

    `table`: by module of the package, its names, with spaces between.
    """
    modules = {name: module for module, names in table.items() for name in names.split()}

    def get(name: str) -> object:
        """Import a name. Raises `AttributeError` where there is none."""
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value: object = getattr(import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
