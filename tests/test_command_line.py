"""The `mywork` command: the whole system on one machine, and one clear line when it cannot."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from waiting import GUARD_SECONDS, wait_until

from mywork.sandbox.processes import free_port

MYWORK = [sys.executable, "-m", "mywork"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if "URL" not in name}
    return subprocess.run(
        [*MYWORK, *arguments],
        capture_output=True,
        text=True,
        env=kept | environment,
        check=False,
        timeout=GUARD_SECONDS,
    )


# One clear line -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "saying"),
    [
        (["ledger", "trial-balance"], {"MYWORK_DATA": "/nowhere"}, 1, "start `mywork dev`"),
        (["worker"], {}, 1, "set DATABASE_URL"),
        (["serve"], {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, 1, "refused"),
        (["serve"], {"MYWORK_ENV": "production"}, 1, "set DATABASE_URL, REDIS_URL, STRIPE_SECRET"),
        (
            ["serve"],
            {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "STRIPE_SECRET_KEY": "sk_live_x"},
            1,
            "sk_test_",
        ),
        (["nonsense"], {}, 2, "No such command"),
        (["bench", "nonsense"], {}, 2, "use sales, accept"),
        (["projections", "rebuild"], {}, 2, "--all"),
        (["ledger", "trial-balance", "--at", "soon"], {}, 2, "is not a time"),
        (["dev", "--port", "99999"], {}, 2, "--port"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_and_missing_things_get_one_line(
    arguments: list[str], environment: dict[str, str], code: int, saying: str
) -> None:
    done = run(*arguments, **environment)
    assert done.returncode == code
    assert saying in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = run("dev", "--port", port, "--data", str(tmp_path), "--once")
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert not (tmp_path / "postgres").exists()


def test_data_of_another_postgresql_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9.6\n")
    done = run("dev", "--port", str(free_port()), "--data", str(tmp_path), "--once")
    assert (done.returncode, "PostgreSQL 9.6" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", ["dev", "serve", "worker", "migrate", "token", "role grant", "payouts run",
                "ledger trial-balance", "ledger uncleared", "ledger fees", "ledger statement",
                "projections status",
                "projections rebuild", "bench"]
)  # fmt: skip
def test_every_command_has_help_with_an_example(command: str) -> None:
    from click.testing import CliRunner

    from mywork.cli import main

    done = CliRunner().invoke(main, [*command.split(), "--help"])
    assert done.exit_code == 0
    assert "Example:" in done.output


# The whole system ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    """`mywork dev` with its demo played, until it is told to stop."""
    data = tmp_path_factory.mktemp("data")
    log = (data.parent / "dev.log").open("w+b")
    command = [*MYWORK, "dev", "--port", str(free_port()), "--data", str(data)]
    kept = {name: value for name, value in os.environ.items() if "URL" not in name}
    process = subprocess.Popen(command, stdout=log, stderr=log, env=kept)
    try:
        wait_until(lambda: b"\nready http://" in Path(log.name).read_bytes(), process)
        yield data, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(GUARD_SECONDS)
        log.close()


def runtime(data: Path) -> dict[str, Any]:
    return dict(json.loads((data / "runtime.json").read_text()))


def test_the_demo_ends_with_balanced_books_and_everything_at_hand(
    system: tuple[Path, Any],
) -> None:
    data, process = system
    found = runtime(data)
    assert {"admin", "finance", "auditor", "seller", "buyer"} == found["tokens"].keys()
    assert {"api", "worker", "sandbox", "postgres", "redis"} == found["pids"].keys()
    for pid in found["pids"].values():
        os.kill(pid, 0)
    assert (data / "runtime.json").stat().st_mode & 0o777 == 0o600

    with httpx2.Client(base_url=found["api_url"], timeout=GUARD_SECONDS) as http:
        seller = {"Authorization": f"Bearer {found['tokens']['seller']}"}
        balance = http.get("/api/seller/balance", headers=seller).json()["balances"]
        assert balance[0]["currency"] == "USD"
        finance = {"Authorization": f"Bearer {found['tokens']['finance']}"}
        assert http.get("/api/ledger/trial-balance", headers=finance).json()["balanced"]
        assert http.get("/health/ready").status_code == 200
        payouts = http.get("/api/seller/payouts", headers=seller).json()["data"]
        assert payouts[0]["status"] in {"processing", "completed"}
        disputes = http.get("/api/finance/disputes", headers=finance).json()["data"]
        assert {found["status"] for found in disputes} == {"won", "lost", "needs_response"}

    environment = {"MYWORK_DATA": str(data)}
    books = run("ledger", "trial-balance", "--json", **environment)
    assert json.loads(books.stdout)["balanced"] is True
    assert "difference 0.00" in run("ledger", "trial-balance", **environment).stdout
    states = json.loads(run("projections", "status", "--json", **environment).stdout)
    assert {state["lag"] for state in states} == {0}
    assert all(state["running"] for state in states)
    given_back = json.loads(run("refunds", "list", "--json", **environment).stdout)
    assert {found["asked_by"] for found in given_back} == {"buyer", "seller"}
    shown = run("ledger", "trial-balance", **environment).stdout
    assert ":reserve" in shown
    assert ":disputed" in shown
    planned = run("payouts", "run", "--dry-run", "--json", **environment)
    assert isinstance(json.loads(planned.stdout), list)
    assert run("projections", "rebuild", "--all", **environment).returncode == 0
    token = run("token", "user_new", "--role", "auditor", "--data", str(data), **environment)
    with httpx2.Client(base_url=found["api_url"], timeout=GUARD_SECONDS) as http:
        auditor = {"Authorization": f"Bearer {token.stdout.strip()}"}
        path = "/api/ledger/accounts"
        wait_until(lambda: http.get(path, headers=auditor).status_code != 403, process)
        assert http.get(path, headers=auditor).status_code == 200
    assert process.poll() is None


def test_what_is_killed_is_started_again(system: tuple[Path, Any]) -> None:
    data, process = system
    before = runtime(data)["pids"]
    for name in ("worker", "api"):
        os.kill(before[name], signal.SIGKILL)

    def revived() -> bool:
        now = runtime(data)["pids"]
        return all(now[name] != before[name] for name in ("worker", "api"))

    wait_until(revived, process)
    alive = httpx2.get(f"{runtime(data)['api_url']}/health/live", timeout=GUARD_SECONDS)
    assert alive.status_code == 200


def test_ctrl_c_stops_everything_cleanly(system: tuple[Path, Any]) -> None:
    data, process = system
    pids = runtime(data)["pids"].values()
    process.send_signal(signal.SIGINT)
    assert process.wait(GUARD_SECONDS) == 0
    assert not (data / "runtime.json").exists()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
