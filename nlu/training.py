"""Trains the model with Rasa and writes the archive that is committed.

Rasa runs in its own environment as a subprocess. Its archive is then packed again so that the same
training gives the same bytes: sorted members, no times, no random identifiers. The fingerprint of
everything the model is made from stands in the archive's metadata and in a file beside it.
"""

import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from nlu.archive import DEFAULT_PATH, ModelArchive

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "nlu" / "rasa_project"
FINGERPRINT_FILE = DEFAULT_PATH.with_name("fingerprint.json")
_RASA = PROJECT / ".venv" / "bin" / "rasa"


class TrainingError(Exception):
    """Rasa could not train.

    Attributes:
        reason: one sentence, with the end of what Rasa printed where it ran.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sources(root: Path = ROOT) -> list[Path]:
    """Every file that decides what the model answers, in a fixed order."""
    project = root / "nlu" / "rasa_project"
    return [
        *sorted(project.glob("data/**/*.yml")),
        project / "config.yml",
        project / "domain.yml",
        *sorted(project.glob("components/*.py")),
        root / "nlu" / "normalise.py",
        root / "requirements" / "rasa.lock",
    ]


def fingerprint(root: Path = ROOT) -> str:
    """The SHA-256 over names and contents of all sources."""
    digest = hashlib.sha256()
    for path in sources(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def rasa_environment() -> dict[str, str]:
    """The environment Rasa runs in: no telemetry, no graphics card, our components on its path."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "PYTHONHASHSEED": "0",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
    }


def train(target: Path = DEFAULT_PATH) -> str:
    """Train with Rasa, write the archive to `target` and its fingerprint beside it.

    Returns:
        One line that says what was written.

    Raises:
        TrainingError: Rasa's environment is missing, or the training failed.
    """
    if not _RASA.exists():
        raise TrainingError("Rasa's environment is missing: run `make nlu-setup` first.")
    made_from = fingerprint()
    with tempfile.TemporaryDirectory() as folder:
        fresh = _run_rasa(Path(folder))
        content = repack(fresh.read_bytes(), made_from)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    ModelArchive.read(target)
    beside = {"sources": made_from, "archive": hashlib.sha256(content).hexdigest()}
    target.with_name(FINGERPRINT_FILE.name).write_text(
        json.dumps(beside, indent=2) + "\n", encoding="utf-8"
    )
    return f"{target}: {len(content) / 1e6:.1f} MB, made from {made_from[:12]}"


def _run_rasa(folder: Path) -> Path:
    command = [
        str(_RASA), "train", "nlu", "--config", "config.yml", "--nlu", "data",
        "--domain", "domain.yml", "--out", str(folder), "--fixed-model-name", "fresh",
    ]  # fmt: skip
    # Fixed words and paths of this checkout only.
    done = subprocess.run(  # noqa: S603 - no part of the command comes from outside
        command, cwd=PROJECT, env=rasa_environment(), capture_output=True, text=True, check=False
    )
    fresh = folder / "fresh.tar.gz"
    if done.returncode != 0 or not fresh.exists():
        raise TrainingError(f"Rasa ended with {done.returncode}: {done.stderr[-2000:]}")
    return fresh


def repack(content: bytes, made_from: str) -> bytes:
    """Pack Rasa's archive anew without anything that changes from one run to the next."""
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        for member in archive:
            stream = archive.extractfile(member)
            if stream is not None:
                files[member.name.lstrip("./")] = _steady(member.name, stream.read(), made_from)
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            archive.addfile(member, io.BytesIO(files[name]))
    return packed.getvalue()


def _steady(name: str, content: bytes, made_from: str) -> bytes:
    if not name.endswith(".json"):
        return content
    value = json.loads(content)
    if name.endswith("metadata.json"):
        value = _without_chance(value, made_from)
        value["trained_at"] = "2000-01-01T00:00:00.000000"
        value["model_id"] = made_from[:32]
        value["project_fingerprint"] = made_from
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _without_chance(value: Any, made_from: str) -> Any:
    """Rasa gives every resource a random fingerprint; ours follows from the sources."""
    if isinstance(value, dict):
        return {
            key: made_from[:32] if key == "output_fingerprint" and inner else
            _without_chance(inner, made_from)
            for key, inner in value.items()
        }  # fmt: skip
    if isinstance(value, list):
        return [_without_chance(inner, made_from) for inner in value]
    return value
