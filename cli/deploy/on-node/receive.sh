#!/usr/bin/env bash
# Unpacks a release from standard input. Arguments: the release.
set -euo pipefail
directory=/srv/app/releases/$1

# What an upload that broke off has left.
rm -rf "$directory"
install -d -o app -g app /srv/app/releases "$directory" /srv/app/yarn
runuser -u app -- tar --extract --gzip --no-same-owner --directory "$directory"
