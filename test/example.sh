#!/bin/bash
# The example application's own tests, as its own repository would run them; its counts go to $TRIVET_TALLY.
set -euo pipefail
yarn=$PWD/node_modules/@yarnpkg/cli-dist/bin/yarn.js
cd "$(dirname "$0")/../example"
node "$yarn" install --immutable >/dev/null
report=$(mktemp)
status=0
node --test --test-reporter=tap test/*.test.js test/*/*.test.js >"$report" || status=$?
grep -E '^not ok|^    (error|failureType|stack):' "$report" || true
count() { sed -n "s/^# $1 //p" "$report"; }
echo "$(count pass) passing, $(count fail) failing"
if [ -n "${TRIVET_TALLY:-}" ]; then
  printf '{"passes":%s,"failures":%s,"pending":%s}\n' "$(count pass)" "$(count fail)" "$(count skipped)" >>"$TRIVET_TALLY"
fi
rm "$report"
exit $status
