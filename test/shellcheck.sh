#!/bin/bash
# Every shell script of the repository through shellcheck. The roles' pieces are checked as they run: behind lib.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v shellcheck >/dev/null || { echo "trivet: shellcheck is missing; \`apt-get install shellcheck\`." >&2; exit 1; }
status=0
while read -r script; do
  shellcheck --shell bash --external-sources "$script" || status=1
done < <(git ls-files --cached --others --exclude-standard | grep -E '\.sh$|^\.ci/run$|^bin/' | grep -v '^templates/' || true)

while read -r script; do
  # A mustache section or name stands where a word stands.
  sed -E 's/\{\{[^}]*\}\}//g' "$script" | shellcheck --shell bash --exclude SC1091,SC2034,SC2154 - || { echo "in $script" >&2; status=1; }
done < <(git ls-files --cached --others --exclude-standard templates | xargs grep -lE '^(#!/bin/bash|# shellcheck shell=bash)' || true)

for role in templates/*/; do
  {
    printf 'ROLE=role NODE=node SECRETS=none\nset -euo pipefail\n'
    cat templates/lib.sh "$role/apply.sh" "$role/probe.sh"
  } | shellcheck --shell bash --exclude SC1091,SC2153,SC2154,SC2317,SC2329 - || { echo "in $role" >&2; status=1; }
done
exit $status
