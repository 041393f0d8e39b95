#!/bin/sh
# Makes .venv ready to run: Python 3.10, uv, and every dependency of uv.lock, compiled to bytecode.
# A second run with nothing changed only compares a stamp. Ends with one line and status 1 on failure.
# An argument names a dependency group of pyproject.toml to add: `scripts/setup.sh bench`.
set -eu

group=${1:-}

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
venv=$root/.venv
tools=$root/.venv-tools
log=$root/setup.log
stamp=$venv/setup-stamp${group:+-$group}

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# A version manager's launcher may exist and refuse, so a command counts only once it has run.
is_python310() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }
is_python3() { "$1" -c 'import sys; sys.exit(sys.version_info[0] != 3)' >/dev/null 2>&1; }
is_uv() { "$1" --version >/dev/null 2>&1; }

# The folder is part of it: a virtual environment holds absolute paths and does not survive a move.
fingerprint() { { printf '%s\n' "$root"; cat pyproject.toml uv.lock scripts/setup.sh; } | cksum; }

# Prints a sign of life while the command writes to the log; returns the command's status.
with_heartbeat() {
    "$@" >>"$log" 2>&1 &
    child=$!
    trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
    waited=0
    while kill -0 "$child" 2>/dev/null; do
        sleep 1
        waited=$((waited + 1))
        [ $((waited % 15)) -ne 0 ] || say "  still at it (${waited} s) ..."
    done
    status=0
    wait "$child" || status=$?
    trap - INT TERM
    return "$status"
}

# The virtual environments of this very project are passed over: `uv sync` may replace them.
find_python310() {
    for candidate in python3.10 \
        "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}"/versions/3.10*/bin/python \
        /usr/bin/python3.10 /usr/local/bin/python3.10 /opt/homebrew/bin/python3.10; do
        if is_python310 "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    candidate=$("$uv" python find --no-project --system 3.10 2>/dev/null) || return 1
    is_python310 "$candidate" && printf '%s\n' "$candidate"
}

find_any_python() {
    for candidate in python3 python3.13 python3.12 python3.11 python3.10 python \
        "${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}"/versions/3.*/bin/python; do
        if is_python3 "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

install_uv() {
    version=$(cat scripts/uv-version)
    any_python=$(find_any_python) || fail "no python3 found on PATH; install Python 3.10 (or any python3) and try again."
    say "Fetching uv $version with $any_python ..."
    rm -rf "$tools"
    mkdir -p "$tools"
    printf '*\n' >"$tools/.gitignore"
    if "$any_python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        { "$any_python" -m venv "$tools" && "$tools/bin/python" -m pip install --quiet "uv==$version"; } >>"$log" 2>&1 ||
            fail "uv $version could not be installed with $any_python; see $log."
        printf '*\n' >"$tools/.gitignore"
    elif "$any_python" -m pip --version >/dev/null 2>&1; then
        "$any_python" -m pip install --quiet --target "$tools" "uv==$version" >>"$log" 2>&1 ||
            fail "uv $version could not be installed with $any_python; see $log."
    else
        rm -rf "$tools"
        fail "$any_python has neither the venv module nor pip; install one of them (Debian: apt-get install python3-venv) or uv."
    fi
}

find_uv() {
    for uv in "${UV:-uv}" "$tools/bin/uv" "${HOME:-/nonexistent}/.local/bin/uv"; do
        ! is_uv "$uv" || return 0
    done
    install_uv
    uv=$tools/bin/uv
    is_uv "$uv" || fail "the installed uv does not run: $uv; see $log."
}

want=$(fingerprint)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && is_python310 "$venv/bin/python"; then
    exit 0
fi

: >"$log"
find_uv
python=$(find_python310) || {
    say "No Python 3.10 on this machine; asking uv for one ..."
    with_heartbeat "$uv" python install 3.10 ||
        fail "no Python 3.10 to be had (Rasa 3.6 runs on no newer one): none on PATH, none of pyenv, and uv could not download it; install python3.10 or run 'pyenv install 3.10'. See $log."
    python=$("$uv" python find --no-project --system 3.10 2>>"$log") ||
        fail "uv installed Python 3.10 but does not find it; see $log."
}

say "Installing the dependencies of uv.lock with $python (the first time takes a few minutes) ..."
# Bytecode makes the difference between a start of 8 seconds and one of 25.
unset PYTHONDONTWRITEBYTECODE VIRTUAL_ENV UV_PYTHON 2>/dev/null || :
UV_PROJECT_ENVIRONMENT=$venv
export UV_PROJECT_ENVIRONMENT
# Without a group everything else is removed, so that the groups' stamps are no longer true.
if [ -n "$group" ]; then rm -f "$stamp"; else rm -f "$stamp"*; fi
# shellcheck disable=SC2086
with_heartbeat "$uv" sync --frozen ${group:+--inexact --group $group} --compile-bytecode --python "$python" ||
    fail "the dependencies could not be installed; see $log."
is_python310 "$venv/bin/python" || fail "the new $venv/bin/python is not a Python 3.10 that runs; remove $venv and try again."
fingerprint >"$stamp"
say "Ready: $venv"
