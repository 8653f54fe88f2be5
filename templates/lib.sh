# What every role's script can rely on. Set before it: ROLE, NODE, SECRETS (a digest of the secrets that the role uses).
# A change is remembered until the role has been applied and probed, so that a run that broke off is finished by the next.
readonly STATE=/var/lib/trivet/roles/$ROLE
mkdir -p "$STATE"

# A script whose connection was lost runs on: the next waits for it.
exec 9>>"${STATE%/*}/lock"
flock --wait 600 9 || { echo "an earlier script still runs on $NODE" >&2; exit 1; }

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "$ROLE on $NODE" "$*" >&2; exit 1; }

# file MODE OWNER:GROUP PATH < CONTENT: makes it so, atomically, and remembers the path if it was not so before.
file() {
  local mode=$1 owner=$2 path=$3 temp
  mkdir -p "${path%/*}"
  temp=$(mktemp "${path%/*}/.trivet-XXXXXX")
  cat >"$temp"
  chmod "$mode" "$temp"
  chown "$owner" "$temp"
  if cmp -s "$temp" "$path" && [ "$(stat -c '%a %U:%G' "$temp")" = "$(stat -c '%a %U:%G' "$path")" ]; then
    rm "$temp"
  else
    # First the note: a run that ends between the two must not forget the change.
    printf '%s\n' "$path" >>"$STATE/changed"
    mv "$temp" "$path"
    say "changed $path"
  fi
}

# changed PATTERN...: whether a file that matches one of the glob patterns changed since the role was last applied.
changed() {
  local pattern path
  [ -e "$STATE/changed" ] || return 1
  while read -r path; do
    for pattern in "$@"; do
      # shellcheck disable=SC2053 # a pattern is meant
      if [[ $path == $pattern ]]; then return 0; fi
    done
  done <"$STATE/changed"
  return 1
}

# Whether a secret that the role uses changed since it was last applied.
secrets_changed() { [ "$(cat "$STATE/secrets" 2>/dev/null)" != "$SECRETS" ]; }

applied() {
  rm -f "$STATE/changed"
  printf '%s\n' "$SECRETS" >"$STATE/secrets"
  # What Pulumi is told to be done, it never looks at again: a power cut must not take it away.
  sync --file-system "$STATE"
}

# packages NAME...: installs those that are missing. No service starts before its role has configured it: Debian's
# redis-sentinel, for one, would otherwise write a wrong master into its own settings.
packages() {
  local name missing=()
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    # A run that broke off may have left it behind, and then no upgrade would restart its service.
    rm -f /usr/sbin/policy-rc.d
    return 0
  fi
  say "installing ${missing[*]}"
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 0755 /usr/sbin/policy-rc.d
  if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mmin -1440 -print -quit)" ]; then apt_get update; fi
  apt_get install -y --no-install-recommends "${missing[@]}"
  rm /usr/sbin/policy-rc.d
}

apt_get() {
  local log
  log=$(mktemp)
  if ! DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get $1 failed; the lines above say why"
  fi
  rm -f "$log"
}

# running UNIT reload|restart PATTERN...: the unit is enabled and runs; it is reloaded or restarted only if a file that
# matches a pattern, or a secret of the role, changed while it ran.
running() {
  local unit=$1 how=$2
  shift 2
  if changed '/etc/systemd/*'; then systemctl daemon-reload; fi
  systemctl is-enabled -q "$unit" 2>/dev/null || systemctl enable -q "$unit"
  if ! systemctl is-active -q "$unit"; then
    say "starting $unit"
    systemctl start "$unit"
  elif changed "$@" || secrets_changed; then
    say "${how}ing $unit"
    systemctl "$how" "$unit"
  fi
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $until ] || fail "waited in vain for $what"
    sleep 0.3
  done
}
