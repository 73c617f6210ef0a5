{{- define "crash-monitor.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- /* At most 50 characters: the longest suffix has to fit into a DNS label. */ -}}
{{- define "crash-monitor.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "crash-monitor.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "crash-monitor.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "crash-monitor.operator" -}}
{{- include "crash-monitor.fullname" . }}-operator
{{- end -}}

{{- define "crash-monitor.agentService" -}}
{{- include "crash-monitor.fullname" . }}-agent
{{- end -}}

{{- define "crash-monitor.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "crash-monitor.operator" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* Cluster-wide names carry the namespace where it is not the usual one: two releases must not share them. */ -}}
{{- define "crash-monitor.clusterRole" -}}
{{- $namespace := include "crash-monitor.namespace" . -}}
{{- $operator := include "crash-monitor.operator" . -}}
{{- if hasPrefix $namespace $operator -}}{{ $operator }}{{- else -}}{{ $namespace }}-{{ $operator }}{{- end -}}
{{- end -}}

{{- define "crash-monitor.selectorLabels" -}}
app.kubernetes.io/name: {{ include "crash-monitor.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "crash-monitor.labels" -}}
{{ include "crash-monitor.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: crash-monitor
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "crash-monitor.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "crash-monitor.sidecarImage" -}}
{{- with .Values.sidecar.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ with $.Values.sidecar.windowsBuild }}-{{ . }}{{ end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "crash-monitor.blobEndpoints" -}}
{{- $endpoints := list -}}
{{- range $account, $endpoint := .Values.storage.allowedEndpoints -}}
{{- $endpoints = append $endpoints (printf "%s=%s" $account $endpoint) -}}
{{- end -}}
{{- join "," $endpoints -}}
{{- end -}}
