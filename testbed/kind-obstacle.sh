#!/bin/sh
# Prints why there can be no kind cluster on this machine; nothing where there can. ./mvnw -Pkind asks it, before it makes
# the operator's image for kind and before it makes a cluster.
if docker info >/dev/null 2>&1; then
  :
elif podman info >/dev/null 2>&1; then
  [ "$(podman info --format '{{.Host.Security.Rootless}}' 2>/dev/null)" != true ] ||
    echo "podman runs without root: its containers do not reach the servers of this machine by their gateway"
else
  echo "no container engine answers (docker info, podman info): kind needs one"
  exit 0
fi
kind version >/dev/null 2>&1 || echo "kind is not in the PATH: see https://kind.sigs.k8s.io/docs/user/quick-start"
