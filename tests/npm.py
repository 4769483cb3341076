"""Packages of npm that third parties judge us by: fetched once, kept outside the project, never needed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def fetched(*packages: str, unchecked: str) -> Path:
    """A folder whose `node_modules` has the packages.

    Args:
        packages: Each with its version, as `name@1.2.3`.
        unchecked: What is not checked where they cannot be had; the test is skipped and says so.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip(f"Node.js and npm are absent: {unchecked}")
    spelled = "-".join(package.replace("@", "-").replace("/", "-").strip("-") for package in packages)
    kept = Path(tempfile.gettempdir()) / f"attain-npm-{spelled}"
    if not kept.exists():
        made = Path(tempfile.mkdtemp(prefix=f"{kept.name}."))
        command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--silent"]
        try:
            subprocess.run([*command, "--prefix", str(made), *packages], check=True, capture_output=True, timeout=90)
            made.rename(kept)  # whole or not at all: other processes fetch at the same time
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            shutil.rmtree(made, ignore_errors=True)
            pytest.skip(f"npm cannot fetch {', '.join(packages)}: {unchecked}")
        except OSError:  # another one was quicker
            shutil.rmtree(made, ignore_errors=True)
    return kept
