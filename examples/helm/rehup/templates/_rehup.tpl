{{/*
The rehup container, for the list that fits: initContainers if it is native, containers if not.

  initContainers:
    {{- include "rehup.container" . | nindent 8 }}

The pod needs shareProcessNamespace: true, and one runAsUser for the app and rehup.
*/}}
{{- define "rehup.container" -}}
{{- with .Values.rehup -}}
{{- $listen := get (.env | default dict) "REHUP_LISTEN" | default ":9533" | toString -}}
{{- if and .native (semverCompare "<1.29.0-0" $.Capabilities.KubeVersion.Version) }}
{{- fail (printf "rehup.native=true needs Kubernetes 1.29, and this is %s, which would wait forever for rehup to end: set rehup.native=false, and include rehup.container in containers" $.Capabilities.KubeVersion.Version) }}
{{- end -}}
- name: rehup
  image: {{ .image }}
  {{- with .imagePullPolicy }}
  imagePullPolicy: {{ . }}
  {{- end }}
  {{- $pod := eq (get (.env | default dict) "REHUP_RESTART" | toString) "pod" }}
  {{- if or .native $pod }}
  restartPolicy: Always
  {{- end }}
  {{- if $pod }}
  restartPolicyRules:
    - action: RestartAllContainers
      exitCodes:
        operator: In
        values: [88]
  {{- end }}
  {{- if or .env .api }}
  env:
    {{- range $name, $value := .env }}
    - name: {{ $name }}
      {{- /* Helm has each number as a float, and would write a million as 1e+06. */}}
      {{- if and (kindIs "float64" $value) (eq $value (floor $value)) }}
      value: {{ printf "%.0f" $value | quote }}
      {{- else }}
      value: {{ $value | toString | quote }}
      {{- end }}
    {{- end }}
    {{- if .api }}
    - name: POD_NAME
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    - name: POD_NAMESPACE
      valueFrom:
        fieldRef:
          fieldPath: metadata.namespace
    {{- end }}
  {{- end }}
  {{- /* Off, or for this pod alone: then the kubelet cannot ask. */}}
  {{- if regexMatch "^:?[0-9]+$" $listen }}
  ports:
    - name: rehup
      containerPort: {{ trimPrefix ":" $listen }}
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
  {{- end }}
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
    {{- if .api }}
    - name: rehup-token
      mountPath: /var/run/secrets/kubernetes.io/serviceaccount
      readOnly: true
    {{- end }}
{{- end -}}
{{- end -}}

{{/*
The account of the pod, for the pod spec: its token is mounted into no container but rehup's.

  {{- include "rehup.account" . | nindent 6 }}
*/}}
{{- define "rehup.account" -}}
{{- if .Values.rehup.api -}}
serviceAccountName: {{ .Values.rehup.serviceAccountName }}
{{ end -}}
automountServiceAccountToken: false
{{- end -}}

{{/*
The volume with the token, for the list of volumes: nothing unless the API is used.

  volumes:
    {{- include "rehup.volumes" . | nindent 8 }}
*/}}
{{- define "rehup.volumes" -}}
{{- if .Values.rehup.api -}}
- name: rehup-token
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end -}}
{{- end -}}
