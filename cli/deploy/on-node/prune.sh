#!/usr/bin/env bash
# Removes all releases but those named and the current one, and what only they had. Arguments: the releases to keep.
set -euo pipefail
cd /srv/app/releases
current=$(readlink /srv/app/current || true)
for entry in * .*.part; do
  release=${entry#.}
  case " $* ${current##*/} " in
    *" ${release%.part} "*) ;;
    *) rm -rf -- "$entry" ;;
  esac
done
# A shared file is a further link to a release's; with one link left, its release is gone.
if [ -d /srv/app/shared ]; then
  find /srv/app/shared ! -type d -links 1 -delete
  find /srv/app/shared -mindepth 2 -type d -empty -delete
fi
# Packages that no installation has asked for in a long time.
if [ -d /srv/app/yarn ]; then find /srv/app/yarn -type f -atime +60 -delete; fi
