# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # here, cache and the versions are those of provision.sh
# What every part of provision.sh uses: telling, failing, long steps with progress, and building into the cache.

say() { echo "[testbed] $*"; }

# die WHAT NEXT-STEP: ends the run with the error and what to do about it.
die() {
  echo "[testbed] ERROR: $1" >&2
  [[ $# -lt 2 ]] || echo "[testbed]        $2" >&2
  exit 1
}

# long_step TEXT COMMAND...: runs the command, its output into a log, and says every 15 s that it is still at work.
long_step() {
  local text=$1 log pid rc=0 start=$SECONDS ticks=0
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/crash-monitor-step.XXXXXX")
  say "$text ..."
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  # shellcheck disable=SC2064  # the id of now is meant
  trap "kill $pid 2>/dev/null; exit 130" INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    ticks=$((ticks + 1))
    ((ticks % 75)) || say "  still at it after $((SECONDS - start)) s: $(tail -n 1 "$log" | tr -d '\r' | cut -c 1-100)"
  done
  wait "$pid" || rc=$?
  trap - INT TERM
  if ((rc)); then
    say "  failed after $((SECONDS - start)) s (exit code $rc); its last lines:"
    tail -n 20 "$log" | sed 's/^/[testbed]   | /'
    say "  whole output: $log"
    return "$rc"
  fi
  say "  done in $((SECONDS - start)) s"
  rm -f "$log"
}

# into_cache TARGET BUILDER...: unless the folder TARGET (relative to the cache) exists, calls BUILDER with a temporary
# folder as last argument and renames that to TARGET. Under a lock, so that of two runs at once one builds and one waits.
# The lock's descriptor is closed for the builder: what it leaves running (a wineserver) must not keep the lock.
into_cache() {
  local target=$cache/$1 name=${1//\//_} building
  shift
  [[ ! -d $target ]] || return 0
  (
    flock -n 9 || { say "another run is at work on $name; waiting for it"; flock 9; }
    [[ ! -d $target ]] || exit 0
    mkdir -p "$(dirname "$target")"
    rm -rf "$(dirname "$target")/.building-$(basename "$target")".*   # left by a run that was killed
    building=$(mktemp -d "$(dirname "$target")/.building-$(basename "$target").XXXXXX")
    chmod 755 "$building"
    "$@" "$building" 9>&- || { rm -rf "$building"; exit 1; }
    mv -T "$building" "$target"
  ) 9>"$cache/.locks/$name"
}

# fetch URL FILE: a download that gives up soon where there is no way to the internet.
fetch() {
  curl --fail --location --silent --show-error --connect-timeout 4 --speed-limit 10240 --speed-time 20 \
    --output "$2" "$1"
}

# matches_sha256 FILE HEX
matches_sha256() { echo "$2  $1" | sha256sum --check --status; }
