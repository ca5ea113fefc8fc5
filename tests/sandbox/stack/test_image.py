"""The image and its compose file hold all that production asks for, and nothing they should not."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.stack.deployment import production_environment

ROOT = Path(__file__).resolve().parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "MINIO_PASSWORD", "STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY")


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


@pytest.fixture
def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    return dict(pairs)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the Dockerfile copies, and nothing else of the repository."""
    app = tmp_path_factory.mktemp("image")
    for name in copied_from_the_repository():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, app / name)
    return app


def copied_from_the_repository() -> list[str]:
    last_stage = DOCKERFILE.split("AS site")[1]
    return re.findall(r"^COPY (?!--from)(\S+) ", last_stage, flags=re.MULTILINE)


def run(app: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=app,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(app / "site"), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_tests_and_stand_ins_stay_out() -> None:
    assert not {"tests", "sandbox", "benchmarks", "docs", "."} & set(copied_from_the_repository())


def test_what_is_copied_is_let_through_to_the_builder() -> None:
    allowed = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), flags=re.MULTILINE)

    assert set(copied_from_the_repository()) | {"requirements/base.txt"} == set(allowed)


def test_the_image_does_not_run_as_root() -> None:
    assert DOCKERFILE.index("\nUSER quickscale") < DOCKERFILE.index("\nCMD ")


def test_its_static_files_are_collected_and_the_site_starts_on_what_was_copied(image: Path) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.base", "SECRET_KEY": "unused"}
    collected = run(image, "manage.py", "collectstatic", "--noinput", **settings)
    assert collected.returncode == 0, collected.stderr

    started = run(image, "-c", "import config.wsgi", **production_environment())
    assert started.returncode == 0, started.stderr
    assert (image / "build" / "static" / "staticfiles.json").exists()


def test_compose_or_its_example_names_everything_production_asks_for(
    compose: dict[str, Any], example: dict[str, str]
) -> None:
    settings = (ROOT / "site" / "config" / "settings" / "production.py").read_text()
    required = re.findall(r'^    "([A-Z_]+)",$', settings, flags=re.MULTILINE)

    assert len(required) >= 7
    assert set(required) <= {*compose["x-site"]["environment"], *example}


def test_the_example_holds_no_secret(example: dict[str, str]) -> None:
    assert {name: example[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")


def test_compose_refuses_to_start_without_its_passwords() -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    used = set(re.findall(r"\$\{([^}]+)\}", text))
    assert used == {f"{name}:?Set {name} in .env" for name in ("POSTGRES_PASSWORD", "MINIO_PASSWORD")}


def test_nothing_serves_before_what_it_needs_is_ready(compose: dict[str, Any]) -> None:
    services = compose["services"]

    for name in ("web", "worker"):
        needs = services[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert needs["bucket"]["condition"] == "service_completed_successfully"
        assert needs["redis"]["condition"] == "service_healthy"
    for name in ("postgres", "redis", "minio", "worker"):
        assert services[name]["healthcheck"]["test"]


def test_only_this_machine_reaches_the_published_ports(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
