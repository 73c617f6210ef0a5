# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # here, cache and the versions are those of provision.sh
# Packages of the Linux distribution: what is missing is installed with apt-get where that is possible, else listed.

# as_root: the prefix that makes a command run as root, or failure where that needs a password.
as_root() {
  if ((EUID == 0)); then return 0; fi
  command -v sudo >/dev/null && sudo -n true 2>/dev/null && echo "sudo -n"
}

has() { command -v "$1" >/dev/null 2>&1; }

has_jdk() { has javac && [[ $(javac -version 2>&1) =~ javac\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 17)); }

# Python with a pip that can download wheels.
has_pip() { has python3 && python3 -m pip --version >/dev/null 2>&1; }

# missing_packages PARTS: the Debian names of the packages that the parts need and the machine lacks.
missing_packages() {
  local part
  has javac || echo openjdk-17-jdk-headless
  for part in $1; do
    case $part in
      kubernetes | etcd) [[ -n $(servers_missing "$part") ]] && ! has curl && echo curl ca-certificates ;;
      azurite) azurite_main >/dev/null || node_binary >/dev/null || has_pip || echo python3 python3-pip ;;
      jre) jre_home >/dev/null || has_pip || echo python3 python3-pip ;;
      wine)
        wine_binary >/dev/null && wineserver_binary >/dev/null || echo wine wine64
        mingw_compiler >/dev/null || echo gcc-mingw-w64-x86-64   # the template holds a program of ours
        ;;
      helm3 | helm4 | kubeconform) chart_tool "$part" >/dev/null || has curl || echo curl ca-certificates ;;
      mingw) mingw_compiler >/dev/null || echo gcc-mingw-w64-x86-64 ;;
    esac
  done
  return 0
}

# install_packages PARTS
install_packages() {
  local packages
  has flock || die "flock is missing" "Install the package util-linux."
  packages=$(missing_packages "$1" | tr ' ' '\n' | sort -u | xargs)
  if [[ -n $packages ]]; then
    if ! has apt-get || ! as_root >/dev/null; then tell_missing "$packages"; fi
    (flock 9 && apt_install "$packages") 9>"$cache/.locks/apt"
    hash -r
  fi
  check_jdk
}

# apt_install PACKAGES: apt-get itself would fail at once while another run of it is at work.
apt_install() {
  local root
  root=$(as_root)
  # shellcheck disable=SC2086  # both are lists of words
  {
    long_step "apt-get update" $root apt-get update 9>&- \
      || die "apt-get update failed" "Check the machine's network and /etc/apt, or install by hand: $1"
    long_step "apt-get install $1 (a minute or two)" $root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 $1 9>&- \
      || die "apt-get could not install: $1" "Install them by hand, then run testbed/provision.sh again."
  }
}

check_jdk() {
  has_jdk || die "the JDK found is too old: $(javac -version 2>&1)" "Put a JDK 17 or newer first in PATH."
}

# tell_missing PACKAGES: for machines without apt-get or without the right to use it.
tell_missing() {
  {
    echo "[testbed] ERROR: these are missing, and installing them needs apt-get as root (or sudo without password):"
    echo "[testbed]          $1"
    echo "[testbed]        Debian, Ubuntu:  sudo apt-get update && sudo apt-get install -y --no-install-recommends $1"
    echo "[testbed]        Fedora:          sudo dnf install java-17-openjdk-devel wine-core mingw64-gcc python3-pip curl"
    echo "[testbed]        Arch:            sudo pacman -S jdk17-openjdk wine mingw-w64-gcc python-pip curl"
    echo "[testbed]        Then run testbed/provision.sh again."
  } >&2
  exit 1
}
