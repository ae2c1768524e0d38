#!/bin/sh
# Builds the browser pages into web/dist, with this machine's Node or, where it has none, one from PyPI.
# `web/build.sh check` looks through their types and their style instead.
set -eu
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# quietly <what> <command...>: says nothing, unless it fails.
quietly() {
    what=$1
    shift
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        echo "web/build.sh: could not $what (see above)." >&2
        exit 1
    }
}

# The versions that Vite supports, as package.json has them.
node_will_do() {
    command -v npm && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22 ? 0 : 1)'
} >/dev/null 2>&1

if ! node_will_do; then
    PATH="$PWD/.venv/bin:$PATH"
    quietly "install Node into .venv" \
        .venv/bin/python -m pip install --disable-pip-version-check --require-hashes -r requirements-node.txt
fi

cd web
# npm leaves this file when it is done.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    quietly "install the npm packages that web/package-lock.json names" npm ci
fi
if [ "${1:-}" = check ]; then
    quietly "check the browser pages" npm run check
    exit
fi
quietly "build the browser pages" npm run build
quietly "pack the browser pages" node pack.mjs
quietly "write down what the page asks" node trusted.mjs
