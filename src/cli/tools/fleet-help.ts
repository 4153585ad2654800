/** What stands in the help of the commands for fleets. */
export const APPLY = {
  description:
    'Applies ConfigMaps and Secrets, has the kubelets of the pods that mount them bring them at once, and follows every rehup until each app has loaded the new content and proved it.',
  after: `
What it does, in this order:
  1. Server-side apply of the objects, ConfigMaps and Secrets only, which pods of the workload must
     mount. Contents are never printed, but for the differences of a ConfigMap that --diff asks for.
  2. Changes the annotation rehup.dev/sync of the pods that mount them: their kubelets sync now, and
     not within 60 to 90 seconds. Large fleets are paced.
  3. Asks every rehup until the app has the content that the objects hold: a live table on a
     terminal, a line for each pod elsewhere.

Needs: get, create and patch on configmaps (or secrets); get on the workload; list and patch on
pods; create and get on pods/portforward or pods/exec, Secrets want the latter.

Examples:
  rehup apply -f app-config.yaml deployment/app
  rehup apply -f ./config -f secret.yaml sts/db -n data --diff --dry-run
  kubectl create configmap app-config --from-file ./config --dry-run=client -o yaml |
    rehup apply -f - deployment/app --timeout 5m

Exit codes: 0 every pod has it; 2 wrong usage or files; 4 not all have it in time (each is named
with its reason), a conflict, or a problem with the API.`,
};

export const SYNC = {
  description:
    'Changes the annotation rehup.dev/sync of pods: their kubelets sync them now, and bring changed ConfigMaps and Secrets in about a second instead of 60 to 90. Works for pods with and without rehup.',
  after: `
More than 50 pods are paced, 100 a second. It changes nothing else, and restarts nothing.

Needs: get on the workload, list (for a pod by name: get) and patch on pods.

Examples:
  kubectl apply -f app-config.yaml && rehup sync deployment/app
  rehup sync -l app=web -n shop

Exit codes: 0 asked, 2 usage, 4 a problem with the API.`,
};

export const WAIT = {
  description:
    'Waits until the app of every pod has loaded what the objects in the API hold, by asking each rehup. For pipelines, after kubectl apply, Argo CD or Flux. Asks nobody to hurry: see rehup sync.',
  after: `
  --for hash       what the ConfigMaps and Secrets hold now, that the pods mount (the default)
  --for hash=HASH  content with this hash, as rehup status shows it for a ConfigMap
  --for reloaded   a reload that succeeded since --since, and nothing pending

Needs: get on the workload and on what the pods mount; list on pods; create and get on
pods/portforward or pods/exec, Secrets want the latter.

Examples:
  kubectl apply -f app-config.yaml && rehup sync deploy/app && rehup wait deploy/app
  rehup wait sts/db --for reloaded --since 10m --timeout 5m --output json

Exit codes: 0 every pod has it; 2 usage; 4 not all in time, or one that never will (a pod without
rehup): each is named with its reason.`,
};
