# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # here, cache and the versions are those of provision.sh
# What the tests of the chart run: Helm 3 and 4, kubeconform, kstatus, the Lua interpreter that Argo CD embeds, and the
# definitions of Flux's and Argo CD's resources.

# chart_tool NAME: prints where it is, or fails.
chart_tool() {
  local path
  case $1 in
    gitops)
      path=$cache/gitops/$(folder_key gitops)
      [[ -d $path ]] && echo "$path"
      return
      ;;
    kstatus) path=$cache/kstatus/$(folder_key kstatus)/kstatus ;;
    helm3) path=$cache/helm/$HELM3_VERSION/helm ;;
    helm4) path=$cache/helm/$HELM4_VERSION/helm ;;
    kubeconform) path=$cache/kubeconform/$KUBECONFORM_VERSION/kubeconform ;;
    lua) path=$cache/gopher-lua/$GOPHER_LUA_VERSION/glua ;;
  esac
  [[ -x $path ]] && echo "$path"
}

# folder_key NAME: changes with the files of tools/NAME.
folder_key() { cat "$here/tools/$1"/* | sha256sum | cut -c 1-8; }

ensure_helm3() { ensure_helm helm3 "$HELM3_VERSION"; }

ensure_helm4() { ensure_helm helm4 "$HELM4_VERSION"; }

# ensure_helm PART VERSION
ensure_helm() {
  chart_tool "$1" >/dev/null || into_cache "helm/$2" make_helm "$1" "$2" \
    || die "no Helm $2: neither downloaded nor built (see above)" \
      "Allow get.helm.sh, or install Go 1.26, or put the binary into $cache/helm/$2."
}

make_helm() {
  local part=$1 version=$2 folder=$3 base=https://get.helm.sh/helm-$2-linux-amd64.tar.gz flags
  if fetch "$base.sha256sum" "$folder/sums" 2>/dev/null; then
    long_step "downloading Helm $version" download_program "$base" "$folder/sums" "$folder" linux-amd64/helm && return 0
  fi
  rm -rf "${folder:?}"/*
  flags=$(helm_flags "$part" "$version")
  require_go && long_step "building Helm $version with Go (a few minutes where Go's cache is empty)" \
    go_build ../tools/"$part" "$flags" "$folder/helm" "helm.sh/helm/v${part#helm}/cmd/helm"
}

# As in Helm's Makefile. Without the Kubernetes version `helm template` of Helm 3 renders for 1.20.
helm_flags() {
  local at=helm.sh/helm/v${1#helm} minor at_version
  minor=$(sed -n 's|^\tk8s.io/client-go v0\.\([0-9]*\)\..*|\1|p' "$here/tools/$1/go.mod")
  printf -- '-X %s/internal/version.version=%s' "$at" "$2"
  [[ $1 == helm3 ]] || return 0
  for at_version in lint/rules chartutil; do
    printf -- ' -X %s/pkg/%s.k8sVersionMajor=1 -X %s/pkg/%s.k8sVersionMinor=%s' "$at" "$at_version" "$at" "$at_version" "$minor"
  done
}

ensure_kubeconform() {
  chart_tool kubeconform >/dev/null || into_cache "kubeconform/$KUBECONFORM_VERSION" make_kubeconform \
    || die "no kubeconform $KUBECONFORM_VERSION: neither downloaded nor built (see above)" \
      "Allow github.com, or install Go 1.26, or put the binary into $cache/kubeconform/$KUBECONFORM_VERSION."
}

make_kubeconform() {
  local folder=$1 base=https://github.com/yannh/kubeconform/releases/download/$KUBECONFORM_VERSION
  if fetch "$base/CHECKSUMS" "$folder/sums" 2>/dev/null; then
    long_step "downloading kubeconform $KUBECONFORM_VERSION" \
      download_program "$base/kubeconform-linux-amd64.tar.gz" "$folder/sums" "$folder" kubeconform && return 0
  fi
  rm -rf "${folder:?}"/*
  require_go && long_step "building kubeconform $KUBECONFORM_VERSION with Go" \
    go_build ../tools/kubeconform "-X main.version=$KUBECONFORM_VERSION" "$folder/kubeconform" github.com/yannh/kubeconform/cmd/kubeconform
}

# There are no official binaries of it.
ensure_lua() {
  chart_tool lua >/dev/null || into_cache "gopher-lua/$GOPHER_LUA_VERSION" make_lua \
    || die "no gopher-lua $GOPHER_LUA_VERSION (see above)" "Install Go 1.26."
}

make_lua() {
  require_go && long_step "building gopher-lua $GOPHER_LUA_VERSION with Go" \
    go_build ../tools/gopher-lua "" "$1/glua" github.com/yuin/gopher-lua/cmd/glua
}

ensure_kstatus() {
  chart_tool kstatus >/dev/null || into_cache "kstatus/$(folder_key kstatus)" make_kstatus \
    || die "kstatus could not be built (see above)" "Install Go 1.26."
}

make_kstatus() {
  require_go && long_step "building kstatus with Go (a minute where Go's cache is empty)" \
    go_build ../tools/kstatus "" "$1/kstatus" .
}

ensure_gitops() {
  chart_tool gitops >/dev/null || into_cache "gitops/$(folder_key gitops)" make_gitops \
    || die "the definitions of Flux and Argo CD could not be fetched (see above)" "Install Go 1.26."
}

make_gitops() {
  require_go && long_step "fetching the definitions of Flux and Argo CD (70 MB)" copy_definitions "$1"
}

copy_definitions() {
  cd "$here/tools/gitops" || return 1
  local module files
  while read -r module files; do
    GOTOOLCHAIN=$(go_toolchain) go mod download "$module" </dev/null || return 1
    # shellcheck disable=SC2086  # a pattern
    cp "$(GOTOOLCHAIN=$(go_toolchain) go list -m -f '{{.Dir}}' "$module" </dev/null)"/$files "$1" || return 1
  done <<'END'
github.com/argoproj/argo-cd/v3 manifests/crds/application-crd.yaml
github.com/fluxcd/helm-controller config/crd/bases/*_helmreleases.yaml
github.com/fluxcd/kustomize-controller config/crd/bases/*_kustomizations.yaml
github.com/fluxcd/source-controller config/crd/bases/*_ocirepositories.yaml
END
  chmod 644 "${1:?}"/*
}

# download_program URL SUMS FOLDER MEMBER: one program of a tar archive whose checksum SUMS lists.
download_program() {
  local archive=$3/archive.tar.gz name=${1##*/}
  fetch "$1" "$archive" || return 1
  matches_sha256 "$archive" "$(awk -v f="$name" '$2 == f {print $1}' "$2")" || { echo "$name: wrong checksum"; return 1; }
  tar -xzf "$archive" -C "$3" --strip-components="$(tr -cd / <<<"$4" | wc -c)" "$4" || return 1
  rm "$archive" "$2"
}
