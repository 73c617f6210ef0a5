#!/bin/sh
# finish.sh NAMESPACE SESSION: stops a session, waits until it is completed, prints its crashes, and exits with 1 if
# there were any.
set -eu
namespace=$1
session=$2

kubectl --namespace "$namespace" annotate --overwrite "crashmonitorsession/$session" \
  "crashmonitor.io/stop-requested-at=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
kubectl --namespace "$namespace" wait "crashmonitorsession/$session" --for=condition=Completed --timeout="${TIMEOUT:-5m}"
kubectl --namespace "$namespace" get "crashmonitorsession/$session" --output \
  jsonpath='{range .status.exitCodeGroups[*]}{.code}{"\t"}{.name}{"\t"}{.count}{" crashes\t"}{.topFrame}{"\n"}{end}'

crashes=$(kubectl --namespace "$namespace" get "crashmonitorsession/$session" --output jsonpath='{.status.crashCount}')
if [ "${crashes:-0}" -gt 0 ]; then
  echo "$crashes crashes: see the dumps in storage" >&2
  exit 1
fi
echo "no crash"
