#!/bin/bash
# What `npm run up`, `down` and `bench` begin with on a machine that has nothing of ours yet: can this machine do it, and
# are the packages there?
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { printf 'trivet: %s\n' "$*" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || fail "the local cloud runs on Linux; this is $(uname -s). A Debian or Ubuntu virtual machine will do."
[ "$(id -u)" = 0 ] || fail "the local cloud makes machines and networks, which only root may; run it as root, for example with sudo."
command -v apt-get >/dev/null || fail "the local cloud needs Debian or Ubuntu: there is no apt-get here."
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
  fail "Node.js is $(node --version); 20.19 or newer is wanted."

# npm writes .package-lock.json when it has installed everything.
if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  echo "Installing the project's packages…"
  log=$(mktemp)
  npm ci --no-audit --no-fund >"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "npm ci failed; the lines above say why."; }
  touch node_modules/.package-lock.json
  rm "$log"
fi

exec node --import tsx "$@"
