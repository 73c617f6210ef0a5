#!/usr/bin/env bash
# Makes the Wine prefix that every container of the simulated Windows node starts from.
#
#   testbed/wine-template.sh OUTDIR        (takes about 10 s)
#
# No desktop, no questions about Mono and Gecko, no debugger that writes into the output of a crashing program. Of the
# services only MountMgr (volumes) and nsiproxy (network interfaces) are kept: a JVM needs both, nothing here needs more.
# The runner of the containers' programs is built in as system32\CExecSvc.exe.
set -euo pipefail

die() { echo "wine-template: $*" >&2; exit 1; }

out=${1:?usage: wine-template.sh OUTDIR}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[[ ! -e $out/system.reg ]] || die "$out is a Wine prefix already: name another folder"

# Debian's /usr/bin/wine is a script that advises about 32 bits on each call; the program behind it does not.
first_executable() {
  local file
  for file in "$@"; do
    if [[ -n $file && -x $file ]]; then echo "$file"; return 0; fi
  done
  return 1
}
wine=$(first_executable /usr/lib/wine/wine64 "$(command -v wine64 || true)" "$(command -v wine || true)") \
  || die "Wine is missing: apt-get install wine wine64"
wineserver=$(first_executable /usr/lib/wine/wineserver64 "$(command -v wineserver || true)") || die "wineserver is missing"
compiler=$(command -v x86_64-w64-mingw32-gcc) || die "the compiler is missing: apt-get install gcc-mingw-w64-x86-64"

mkdir -p "$out"
out=$(cd "$out" && pwd)
export WINEPREFIX=$out WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d'
unset DISPLAY WAYLAND_DISPLAY
"$wine" wineboot --init >"$out/wineboot.log" 2>&1 || die "wineboot failed: $(tail -n 5 "$out/wineboot.log")"
"$wineserver" --wait
rm "$out/wineboot.log"
[[ -f $out/system.reg ]] || die "wineboot left no registry in $out"

# The registry is a text file while no server runs; editing it is a second faster than one `reg add` per key.
services='BITS|Eventlog|FontCache|FontCache3.0.0.0|HTTP|LanmanServer|MSIServer|NDIS|PlugPlay|RpcSs|Schedule|Spooler|StiSvc|TermService|winebus|winehid|wineusb|Winmgmt|wuauserv'
sed -i -E \
  -e '/^\[System\\\\CurrentControlSet\\\\Services\\\\('"$services"')\]/,/^$/s/^"Start"=.*/"Start"=dword:00000004/' \
  -e '/^\[Software\\\\Microsoft\\\\Windows NT\\\\CurrentVersion\\\\AeDebug\]/,/^$/s/^"Auto"=.*/"Auto"="0"/' \
  "$out/system.reg"
grep -q '^"Auto"="0"$' "$out/system.reg" || die "AeDebug was not found in the registry of this Wine"

# Links to the home folder of whoever made the template have no place in a container.
find "$out/drive_c/users" -type l -print0 | while IFS= read -r -d '' link; do rm "$link" && mkdir "$link"; done
"$compiler" -O2 -s -municode -Wall -Wextra -Werror -o "$out/drive_c/windows/system32/CExecSvc.exe" "$here/native/winrun.c"
