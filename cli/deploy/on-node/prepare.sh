#!/usr/bin/env bash
# Makes the folder that a release is uploaded to. What an upload or an installation that broke off has left is taken up.
# Arguments: the release.
set -euo pipefail
cd /srv/app/releases
if [ -d "$1" ] && [ ! -d ".$1.part" ]; then mv -T "$1" ".$1.part"; fi
install -d -o app -g app -m 0755 ".$1.part"
install -d -o app -g app -m 0755 /srv/app/yarn
