#!/usr/bin/env bash
# Makes an uploaded release ready to run: its packages, its sites' files. Arguments: the release, and SITE=FOLDER for each
# site that is served from a folder of it.
set -euo pipefail
directory=/srv/app/releases/$1
if [ -d "/srv/app/releases/.$1.part" ]; then mv -T "/srv/app/releases/.$1.part" "$directory"; fi
shift

# Only what the application needs to run. "focus" itself takes no notice of a yarn.lock that does not fit.
# shellcheck disable=SC2016 # The inner shell's.
packages='
locked=$(sha256sum yarn.lock)
yarn install --mode=update-lockfile
if ! sha256sum --check --status <<<"$locked"; then
  echo "yarn.lock does not fit package.json, or an older yarn than $(yarn --version) wrote it;" \
    "run \"yarn install\" with that one and commit yarn.lock" >&2
  exit 1
fi
yarn workspaces focus --all --production'

# Out of the way of the workers that serve meanwhile: last for the processor and the disk, first to go without memory.
# A package's own scripts can write to this release and nothing else; what the deploy has put there is not theirs.
systemd-run --quiet --pipe --wait --collect --expand-environment=no \
  --description="Installs the packages of release ${directory##*/}" \
  --property=User=app --property=WorkingDirectory="$directory" \
  --property=Nice=19 --property=IOSchedulingClass=idle --property=OOMScoreAdjust=900 \
  --property=NoNewPrivileges=yes --property=PrivateTmp=yes --property=ProtectSystem=strict \
  --property=ReadWritePaths="$directory" --property=ReadWritePaths=/srv/app/yarn \
  --property=ReadOnlyPaths="$directory/.trivet" \
  --property=EnvironmentFile=-/etc/environment \
  --setenv=HOME=/srv/app/yarn --setenv=YARN_GLOBAL_FOLDER=/srv/app/yarn --setenv=YARN_ENABLE_TELEMETRY=0 \
  bash -euc "$packages" </dev/null

# Every node has them before any node has a page that asks for them, and as long as a page of an older release may ask.
for site in "$@"; do
  install -d "/srv/app/shared/${site%%=*}"
  # A file that was a folder before cannot be linked; the current release's own are found without this.
  cp --archive --link --force "$directory/${site#*=}/." "/srv/app/shared/${site%%=*}/" || true
done

# Ready is what a power cut does not take away: a release that is marked is never sent again.
sync --file-system "$directory"
touch "$directory/.trivet/ready"
