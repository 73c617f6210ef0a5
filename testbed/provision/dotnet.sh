# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # here, cache and the versions are those of provision.sh
# A .NET runtime for Windows and a C# compiler, for the test of managed crashes alone. Both are optional: where they
# cannot be had it is said why, the run goes on, and that test is skipped.

# The folder of dotnet.exe.
dotnet_home() {
  local home=$cache/dotnet/$DOTNET_VERSION/dotnetcore2/bin
  [[ -f $home/dotnet.exe ]] && echo "$home"
}

csharp_compiler() { command -v mcs; }

ensure_dotnet() {
  dotnet_home >/dev/null || into_cache "dotnet/$DOTNET_VERSION" make_dotnet \
    || say "no .NET runtime for Windows (see above): managed crashes will not be tested"
  csharp_compiler >/dev/null || { (install_csharp_compiler) && hash -r; } \
    || say "no C# compiler (package mono-mcs): managed crashes will not be tested"
}

make_dotnet() {
  has_pip || { say "pip is missing: install python3-pip"; return 1; }
  long_step "fetching the .NET runtime $DOTNET_VERSION for Windows (31 MB)" wheel "dotnetcore2==$DOTNET_VERSION" win_amd64 "$1"
}

# apt_install ends the run where it fails: this is called in a shell of its own.
install_csharp_compiler() {
  if ! has apt-get || ! as_root >/dev/null; then
    say "installing mono-mcs needs apt-get as root (or sudo without password)"
    return 1
  fi
  (flock 9 && apt_install mono-mcs) 9>"$cache/.locks/apt"
}
