#!/bin/bash
# `npm test`: everything, from a fresh clone on a machine that has nothing of ours. Ends with one line of totals.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

if [ "$(id -u)" != 0 ]; then
  echo "trivet: the end-to-end tests make machines and networks, which only root may; \`npm run test:unit\` needs no root." >&2
  exit 1
fi
bash local/bootstrap.sh local/prepare.ts || exit 1

TRIVET_TALLY=$(mktemp)
export TRIVET_TALLY
failed=0

part() { # NAME COMMAND...
  local name=$1 started=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  if ! "$@"; then
    failed=$((failed + 1))
    echo "== $name failed"
  fi
  printf '== %s took %d s\n' "$name" $((SECONDS - started))
}

part "Types, lint, format, shell" npm run --silent check
part "Unit tests" npm run --silent test:unit
part "The example's own tests" bash test/example.sh
part "End-to-end tests" npm run --silent test:e2e

echo
node test/support/totals.cjs "$TRIVET_TALLY" "$failed"
rm -f "$TRIVET_TALLY"
[ "$failed" = 0 ]
