#!/usr/bin/env bash
# Prints a log file, and with it the one that it was last rotated to. Arguments:
# - "past" for what is there, "next" to go on for ever with what is written later, through rotations;
# - the file;
# - from when, in seconds since 1970; "-" from the beginning;
# - how many of the latest lines at most; "-" all.
set -euo pipefail
mode=$1 file=$2 since=$3 lines=$4
rotated=$file.1

# The number of a file's first line that is not older.
first() {
  [ "$since" != - ] || { echo 1; return; }
  awk -v since="$(TZ=UTC0 date -d "@$since" '+%Y-%m-%d %H:%M:%S')" '
    match($0, /[0-9][0-9][0-9][0-9][-\/][0-9][0-9][-\/][0-9][0-9][T ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]/) {
      at = substr($0, RSTART, 19)
      gsub("/", "-", at)
      sub("T", " ", at)
      if (at >= since) { found = NR; exit }
    }
    END { print found ? found : NR + 1 }' "$1"
}

earlier() {
  [ -e "$rotated" ] || return 0
  if [ "$since" != - ] && [ "$(stat -c %Y "$rotated")" -lt "$since" ]; then return 0; fi
  tail -n "+$(first "$rotated")" "$rotated"
}

present() {
  [ ! -e "$file" ] || tail -n "+$(first "$file")" "$file"
}

latest() {
  if [ "$lines" = - ]; then cat; else tail -n "$lines"; fi
}

case $mode in
  past) { earlier; present; } | latest ;;
  next)
    if [ "$since" = - ] && [ "$lines" != - ]; then
      from=$lines
    else
      earlier
      from=+1
      [ ! -e "$file" ] || from=+$(first "$file")
    fi
    exec tail --quiet -n "$from" -F "$file" 2>/dev/null
    ;;
esac
