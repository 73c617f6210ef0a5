#!/usr/bin/env bash
# Builds ProcDump's stand-in and the sample application for the simulated Windows node.
# usage: testbed/native/build.sh OUTDIR   (does nothing when the outcome is newer than the sources)
# exit code 3: no cross compiler on this machine
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build.sh OUTDIR}
cc=${CRASH_MONITOR_MINGW:-x86_64-w64-mingw32-gcc}
flags=(-std=gnu11 -O2 -s -Wall -Wextra -Werror -municode -static-libgcc -D_WIN32_WINNT=0x0A00 -DUNICODE -D_UNICODE)
mkdir -p "$out"

build() { # name, libraries…, --, sources…
  local target=$out/$1 libs=()
  shift
  while [ "$1" != -- ]; do libs+=("$1"); shift; done; shift
  if [ -e "$target" ] && [ -z "$(find "$here" -newer "$target" -type f -print -quit)" ]; then return 0; fi
  command -v "$cc" >/dev/null || { echo "build.sh: $target: $cc is missing; install gcc-mingw-w64-x86-64" >&2; exit 3; }
  "$cc" "${flags[@]}" -o "$target.tmp.$$" "${@/#/$here/}" "${libs[@]}"
  mv -f "$target.tmp.$$" "$target"
}

build crasher.exe -Wl,-e,start -- crasher.c crasher_options.c crasher_runtime.c
build overhead.exe -- overhead.c
build console.exe -- console.c
build stop.exe -- stop.c
build agent.exe -- agent.c
build family.exe -- family.c
build graceful.exe -- graceful.c
build stuck.exe -- stuck.c
build guarded.exe -ladvapi32 -- guarded.c
# 32-bit, where a compiler for it is: run by tests where Wine runs 32-bit programs.
if command -v i686-w64-mingw32-gcc >/dev/null; then cc=i686-w64-mingw32-gcc build crasher32.exe -Wl,-e,_start -- crasher.c crasher_options.c crasher_runtime.c; fi
build procdump64.exe -ldbghelp -- procdump64.c procdump_options.c procdump_exit.c procdump_report.c procdump_write.c
