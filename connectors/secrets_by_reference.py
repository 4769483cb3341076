"""Secrets stay where they are: a mapping names them, and they are looked up the moment they are needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.errors import ConfigRefused

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIXES = ("env:", "file:")
MAX_BYTES = 100_000


def is_reference(text: str) -> bool:
    """Whether the text names a secret instead of being one."""
    return text.startswith(PREFIXES)


def resolver(environment: Callable[[str], str], folder: Path) -> Callable[[str], str]:
    """What turns `env:NAME` and `file:path` into the secret.

    Args:
        environment: The value of a variable, "" where there is none; the bot hands it in.
        folder: Where relative paths start.
    """

    def resolve(reference: str) -> str:
        kind, _, name = reference.partition(":")
        if kind == "env":
            found = environment(name).strip()
            if not found:
                raise ConfigRefused(
                    f"The variable {name} is not set", remedy=f"Set {name} in the environment or .env"
                )
            return found
        if kind == "file":
            return _read(folder / Path(name).expanduser(), name)
        raise ConfigRefused("A secret is named by reference", remedy="Write `env:NAME` or `file:path` in the mapping")

    return resolve


def save(path: Path, secret: str) -> None:
    """The file holds the new secret, also if the machine stops at any moment; its owner alone can read it."""
    new = path.with_name(f"{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _read(path: Path, name: str) -> str:
    shown = Path(name).name
    try:
        body = path.read_bytes()
    except OSError as error:
        raise ConfigRefused(
            f"The secret file {shown} cannot be read: {error.strerror}", remedy="Check the path and its permissions"
        ) from error
    text = body[:MAX_BYTES].decode("utf-8", "replace").strip()
    if not text:
        raise ConfigRefused(f"The secret file {shown} is empty", remedy="Put the secret into it")
    return text
