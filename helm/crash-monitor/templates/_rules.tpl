{{- /* What the operator may do in each namespace that it watches. */ -}}
{{- define "crash-monitor.rules.monitored" -}}
# Sessions: the user's; of spec and metadata only the finalizer is ours.
- apiGroups: [crashmonitor.io]
  resources: [crashmonitorsessions]
  verbs: [get, list, watch, patch, update]
- apiGroups: [crashmonitor.io]
  resources: [crashmonitorsessions/status]
  verbs: [get, patch, update]
# Workloads: server-side apply of our own entries, never forced. No create, no delete.
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: [get, list, watch, patch]
# Pods: how their containers ended; the condition crashmonitor.io/Attached.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [pods/status]
  verbs: [patch]
# The Secret that a session names: no list, no watch.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
# crash-monitor-ca, by which the sidecars know the operator.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, create, patch, delete]
- apiGroups: [events.k8s.io, ""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{- /* What has no namespace. */ -}}
{{- define "crash-monitor.rules.cluster" -}}
# Whose token is this? (sidecars)
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
# The default of clusterName.
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
