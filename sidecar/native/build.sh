#!/usr/bin/env bash
# Builds attach.exe, the native helper of the sidecar image.
# usage: sidecar/native/build.sh OUTDIR   (does nothing when the outcome is newer than the sources)
# exit code 3: no cross compiler on this machine
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:?usage: build.sh OUTDIR}/attach.exe
cc=${CRASH_MONITOR_MINGW:-x86_64-w64-mingw32-gcc}
if [ -e "$target" ] && [ -z "$(find "$here" -newer "$target" -type f -print -quit)" ]; then exit 0; fi
command -v "$cc" >/dev/null || { echo "build.sh: $target: $cc is missing; install gcc-mingw-w64-x86-64" >&2; exit 3; }
mkdir -p "$(dirname "$target")"
# kernel32, advapi32, ntdll and msvcrt only: they are in every Windows image, Nano Server's too.
"$cc" -std=gnu11 -O2 -s -Wall -Wextra -Werror -municode -static-libgcc \
  -D_WIN32_WINNT=0x0A00 -DPSAPI_VERSION=2 -DUNICODE -D_UNICODE \
  -o "$target.tmp.$$" "$here"/*.c -ladvapi32 -lntdll
mv -f "$target.tmp.$$" "$target"
