#!/usr/bin/env bash
# Makes the Wine prefix that every simulated container is a copy of:   wine-template.sh FOLDER
# Called by provision.sh; a change of this file makes a new template.
#
# No questions about Mono and Gecko, no desktop, no debugger that writes into the output of a program that crashes.
set -euo pipefail

wine=/usr/lib/wine/wine64
[[ -x $wine ]] || wine=$(command -v wine64 || command -v wine)
server=/usr/lib/wine/wineserver64
[[ -x $server ]] || server=$(command -v wineserver)

export WINEPREFIX=$1 WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=;winemenubuilder.exe=d'
unset DISPLAY WAYLAND_DISPLAY
"$wine" wineboot --init
"$wine" reg add 'HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug' /v Auto /t REG_SZ /d 0 /f
"$server" --wait

# Wine links the user's folders (Documents, Desktop ...) to the home folder of the machine: a container has its own.
for link in "$WINEPREFIX"/drive_c/users/*/*; do
  if [[ -L $link ]]; then
    rm "$link"
    mkdir "$link"
  fi
done
