"""The layer's botocore: what is left of it is what the functions call."""

import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType

import botocore
import pytest
from botocore.loaders import Loader
from botocore.session import Session

ROOT = Path(__file__).parents[2]
DATA = Path(botocore.__file__).parent / "data"


def the_script() -> ModuleType:
    path = ROOT / "layers/dependencies/trim_botocore.py"
    spec = importlib.util.spec_from_file_location("trim_botocore", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


trim_botocore = the_script()


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the installed data with two more services than are called."""
    data = tmp_path_factory.mktemp("botocore") / "data"
    data.mkdir()
    for file in DATA.glob("*.json"):
        shutil.copy(file, data)
    for service in (*trim_botocore.SERVICES, "ec2", "rds"):
        shutil.copytree(DATA / service, data / service)
    trim_botocore.trim(data)
    return data


def test_it_has_each_service_that_a_function_calls_and_no_other(trimmed: Path) -> None:
    sources = [
        path for top in ("layers/sportello", "functions") for path in (ROOT / top).rglob("*.py")
    ]
    calls = re.compile(r'aws_client(?:_at)?\("(\w+)"')
    called = {name for path in sources for name in calls.findall(path.read_text())}
    assert {folder.name for folder in trimmed.iterdir() if folder.is_dir()} == called


@pytest.mark.parametrize("region", ["eu-south-1", "us-gov-west-1", "cn-north-1"])
@pytest.mark.parametrize("service", trim_botocore.SERVICES)
def test_its_clients_find_the_endpoints_that_the_whole_one_finds(
    trimmed: Path, service: str, region: str
) -> None:
    session = Session()
    session.register_component(
        "data_loader", Loader(extra_search_paths=[str(trimmed)], include_default_search_paths=False)
    )
    ours = session.create_client(service, region_name=region)
    whole = Session().create_client(service, region_name=region)
    assert ours.meta.endpoint_url == whole.meta.endpoint_url
    assert ours.meta.method_to_api_mapping == whole.meta.method_to_api_mapping


def test_endpoints_of_other_services_are_not_read(trimmed: Path) -> None:
    document = json.loads((trimmed / "endpoints.json").read_text())
    for partition in document["partitions"]:
        assert partition["regions"]
        assert set(partition["services"]) <= set(trim_botocore.SERVICES.values())
