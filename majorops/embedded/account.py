"""The ordinary user that the database servers run as when they are started by root.

PostgreSQL refuses root. The state folder and the Python environment may lie below a folder that only root can enter,
and nobody's folder modes are changed for our sake: the server gets the one capability that lets it walk there.
"""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
SECBIT_KEEP_CAPS = 1 << 4
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

LINUX = sys.platform == "linux"
libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


@dataclass(frozen=True)
class Account:
    """A user of the machine."""

    name: str
    uid: int
    gid: int


def current_account() -> Account:
    """The user that runs this process."""
    entry = pwd.getpwuid(os.geteuid())
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def server_account(folder: Path | None = None) -> Account:
    """The user of the database servers: whoever asks, or when root asks an ordinary one.

    A `folder` of theirs that is there already keeps the user it has.
    """
    if os.geteuid() != 0:
        return current_account()
    if folder is not None and folder.exists() and folder.stat().st_uid != 0:
        entry = pwd.getpwuid(folder.stat().st_uid)
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise LookupError("PostgreSQL does not run as root, and this machine has no user 'postgres' or 'nobody'.")


def give(path: Path, account: Account) -> None:
    """Hand a path to the account; nothing to do when it is ours already."""
    if os.geteuid() == 0:
        os.chown(path, account.uid, account.gid)


def before_exec(account: Account, parent_death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does between fork and exec: become the account, and ask to end when its parent is killed."""
    parent = os.getpid()

    def prepare() -> None:
        # The parent holds signals back while it forks; the child hears them again.
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if os.geteuid() != account.uid:
            _become(account)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, int(parent_death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _become(account: Account) -> None:
    if libc is not None:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        # PostgreSQL asks access(2) about its own programs, which overlooks capabilities unless this bit is set.
        libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP | SECBIT_KEEP_CAPS, 0, 0, 0)
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)
    if libc is not None:
        # Reading and searching is enough; some containers hold back that capability but not the wider one.
        _ = _keep_only(1 << CAP_DAC_READ_SEARCH) or _keep_only(1 << CAP_DAC_OVERRIDE) or _keep_only(0)


def _keep_only(capabilities: int) -> bool:
    """Give up all capabilities but these, of the first 32, and keep them over exec. False, unchanged, if that fails."""
    assert libc is not None
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    # effective, permitted, inheritable for the capabilities 0-31, then for 32-63
    sets = (ctypes.c_uint32 * 6)(capabilities, capabilities, capabilities, 0, 0, 0)
    if libc.capset(header, sets) != 0:
        return False
    if capabilities:
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capabilities.bit_length() - 1, 0, 0)
    return True
