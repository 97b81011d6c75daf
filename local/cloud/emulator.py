"""The AWS emulator: one process on one loopback port, its state gone when it stops."""

import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import boto3
import urllib3
from botocore.config import Config

from local.cloud.processes import Failed, Service, clean_environment, free_port
from local.cloud.web import call

ROOT = Path(__file__).resolve().parents[2]
SERVER = "local.cloud.ministack.ministack_server"
STATE = ROOT / ".local"
LOGS = STATE / "logs"
VENVS = STATE / "venvs"
WEB_PACKAGES = STATE / "web" / "node_modules"
"""What the desk's page takes from others, as `make` has fetched it."""

REGION = "eu-south-1"
START_SECONDS = 60.0
# MiniStack takes these for the account's root user; every function and machine has its own role.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class Capacity:
    """How much of a cloud there is: processes, of all functions how many run, stream shards."""

    processes_a_function: int = 6
    running_at_once: int = 16
    stream_shards: int = 1


class Emulator:
    """Runs while the context is open; `wait_scale` below 1 shortens Step Functions waits.

    `functions_call` is the endpoint at which functions find AWS, if it is not the emulator's own.
    `scratch` is the folder that functions run in.
    """

    scratch: str

    def __init__(
        self,
        *,
        wait_scale: float = 1.0,
        capacity: Capacity | None = None,
        functions_call: str | None = None,
    ) -> None:
        self._capacity = capacity or Capacity()
        self._functions_call = functions_call
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._wait_scale = wait_scale
        self._session = boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )
        self._resources = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as resources:
            STATE.mkdir(exist_ok=True)
            scratch = resources.enter_context(
                # Function processes may still be writing byte-code while they are being stopped.
                tempfile.TemporaryDirectory(prefix="run-", dir=STATE, ignore_cleanup_errors=True)
            )
            self.scratch = scratch
            service = resources.enter_context(
                Service(
                    [str(VENVS / "cloud/bin/python"), "-m", SERVER, scratch],
                    environment=self._environment(scratch),
                    folder=ROOT,
                    log=LOGS / "emulator.log",
                )
            )
            self._wait_until_healthy(service)
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._resources.close()

    @property
    def endpoint_of_functions(self) -> str:
        """Where functions find AWS."""
        return self._functions_call or self.endpoint

    def client(self, service: str) -> Any:
        """Return a boto3 client with all permissions on the emulator."""
        return self._session.client(  # type: ignore[call-overload] # the name is the caller's
            service,
            endpoint_url=self.endpoint,
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )

    def environment_for_tools(self) -> dict[str, str]:
        """Return what `sam` needs in order to take the emulator for AWS."""
        variables = {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            # Somebody's profile must neither be used nor missed.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SAM_CLI_TELEMETRY": "0",
        }
        if WEB_PACKAGES.is_dir():
            variables["WEB_PACKAGES"] = str(WEB_PACKAGES)
        environment = clean_environment(**variables)
        # The makefiles of the layers find python3.13 and pip in SAM's own environment.
        environment["PATH"] = f"{VENVS / 'sam/bin'}{os.pathsep}{environment['PATH']}"
        return environment

    def _environment(self, scratch: str) -> dict[str, str]:
        # Functions inherit it from the emulator, which calls nobody itself.
        elsewhere = {"AWS_ENDPOINT_URL": self._functions_call} if self._functions_call else {}
        return clean_environment(
            **elsewhere,
            **CREDENTIALS,
            AUTH="true",
            AWS_DEFAULT_REGION=REGION,
            # Lambda tells its functions, so that they start here as they start there.
            AWS_LAMBDA_INITIALIZATION_TYPE="on-demand",
            BIND_HOST="127.0.0.1",
            GATEWAY_PORT=str(self.port),
            IOT_MTLS_ENABLED="0",
            MINISTACK_REGION=REGION,
            PROCESSES_A_FUNCTION=str(self._capacity.processes_a_function),
            RUNNING_AT_ONCE=str(self._capacity.running_at_once),
            SFN_WAIT_SCALE=str(self._wait_scale),
            SFTP_ENABLED="0",
            STREAM_SHARDS=str(self._capacity.stream_shards),
            TMPDIR=scratch,
        )

    def _wait_until_healthy(self, service: Service) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            service.check()
            try:
                call("GET", f"{self.endpoint}/_ministack/health", timeout=2)
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise Failed(f"the emulator did not answer within {START_SECONDS:.0f} s, see {service.log}")
