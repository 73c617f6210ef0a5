{{- /* What the operator may do in each namespace that it watches. */ -}}
{{- define "crash-monitor.rules.monitored" -}}
# Sessions are the user's: of spec and metadata only the finalizer is ours.
- apiGroups: [crashmonitor.io]
  resources: [crashmonitorsessions]
  verbs: [get, list, watch, patch]
- apiGroups: [crashmonitor.io]
  resources: [crashmonitorsessions/status]
  verbs: [patch]
# Server-side apply of entries of our own, never forced. No create, no delete.
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: [get, list, watch, patch]
# How containers ended; the condition crashmonitor.io/Attached.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [pods/status]
  verbs: [patch]
# What a container wrote before it crashed, for the crash's report (spec.logTail).
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
# The Secret that a session names: no list, no watch.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
# The CA by which sidecars know the operator, by its name alone.
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [crash-monitor-ca]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end -}}

{{- /* What has no namespace. */ -}}
{{- define "crash-monitor.rules.cluster" -}}
# Whose token is this? (sidecars)
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
# Versions of the kubelets on Windows nodes.
- apiGroups: [""]
  resources: [nodes]
  verbs: [list, watch]
# The default name of the cluster in storage.
- apiGroups: [""]
  resources: [namespaces]
  resourceNames: [kube-system]
  verbs: [get]
{{- end -}}

{{- /* What the operator may do in its own namespace. */ -}}
{{- define "crash-monitor.rules.own" -}}
# CA and certificate of the agent endpoint, made and renewed by the operator. A create cannot be bound to a name.
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [crash-monitor-agent-tls]
  verbs: [get, update]
{{- end -}}
