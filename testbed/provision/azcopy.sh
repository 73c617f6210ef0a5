# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # cache and the versions are those of provision.sh
# azcopy, for bench/upload alone.

azcopy_binary() {
  local built=$cache/azcopy/$AZCOPY_VERSION/bin/azcopy packed=$cache/azcopy/$AZCOPY_VERSION/package/dist/bin/azcopy_linux_amd64
  first_executable "$built" "$packed"
}

ensure_azcopy() {
  azcopy_binary >/dev/null || into_cache "azcopy/$AZCOPY_VERSION" make_azcopy \
    || { say "no azcopy $AZCOPY_VERSION: neither built nor fetched (see above)"; return 0; }
  azcopy_runs || { (install_keyring) && azcopy_runs; } || say "azcopy does not run here: install libsecret-1-0"
}

azcopy_runs() { "$(azcopy_binary)" --version >/dev/null 2>&1; }

# What npm's program is linked with. apt_install ends the run where it fails: this is called in a shell of its own.
install_keyring() {
  has apt-get && as_root >/dev/null && (flock 9 && apt_install libsecret-1-0) 9>"$cache/.locks/apt"
}

# From its Go module; where the proxy of modules has none, Microsoft's package of the program for npm.
make_azcopy() {
  if require_go && long_step "building azcopy $AZCOPY_VERSION with Go" build_azcopy "$1"; then return 0; fi
  rm -rf "${1:?}"/*
  long_step "fetching azcopy $AZCOPY_VERSION from npm" pack_azcopy "$1"
}

build_azcopy() {
  GOBIN=$1/bin CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOTOOLCHAIN=$(go_toolchain) \
    go install -trimpath -ldflags "-s -w" "github.com/Azure/azure-storage-azcopy/v10@v$AZCOPY_VERSION" \
    && mv "$1/bin/azure-storage-azcopy" "$1/bin/azcopy"
}

pack_azcopy() {
  (cd "$1" && npm pack --silent "@azure-tools/azcopy-linux@$AZCOPY_VERSION" && tar -xzf ./*.tgz && rm ./*.tgz)
  chmod 755 "$1"/package/dist/bin/azcopy_linux_amd64
}
