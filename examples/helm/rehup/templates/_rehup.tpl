{{/*
The rehup container, for the list that fits: initContainers if it is native, containers if not.

  initContainers:
    {{- include "rehup.container" . | nindent 8 }}

The pod needs shareProcessNamespace: true, and one runAsUser for the app and rehup.
*/}}
{{- define "rehup.container" -}}
{{- with .Values.rehup -}}
- name: rehup
  image: {{ .image }}
  {{- if .native }}
  restartPolicy: Always
  {{- end }}
  {{- with .env }}
  env:
    {{- range $name, $value := . }}
    - name: {{ $name }}
      value: {{ $value | toString | quote }}
    {{- end }}
  {{- end }}
  ports:
    - name: rehup
      containerPort: 9533
  startupProbe:
    httpGet:
      path: /readyz
      port: rehup
    # The app waits for it.
    periodSeconds: 1
    failureThreshold: 30
  livenessProbe:
    httpGet:
      path: /healthz
      port: rehup
  resources:
    {{- toYaml .resources | nindent 4 }}
  securityContext:
    {{- with .securityContext }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop: [ALL]
  terminationMessagePolicy: FallbackToLogsOnError
  volumeMounts:
    {{- toYaml .volumeMounts | nindent 4 }}
{{- end -}}
{{- end -}}
