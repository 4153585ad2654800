import type { Fault } from '../system/fault.ts';

/** Why each of them matters, in one sentence. */
export const whys: Readonly<Record<Fault, string>> = {
  'setting-invalid': 'rehup does not start with settings that it cannot carry out',
  'setting-unknown':
    'what has no meaning was meant to mean something: rehup does not start with it',
  'setting-conflict': 'rehup does not start with settings of which it could carry out one alone',
  'config-file-invalid': 'rehup does not start with a file that it cannot carry out',
  'setting-without-effect': 'somebody believes that it does something',
  'dry-run': 'updates are seen, and the app is never told',
  'volume-not-mounted': 'rehup sees updates in the volumes of its own container, and in no others',
  'volume-not-watched': 'rehup sees updates in the volumes of its own container, and in no others',
  'volume-absent': 'there is nothing to watch at that path',
  'volume-by-sub-path':
    'a mount by subPath is bound to one file of the version that was current when the container started',
  'volume-torn-down':
    'the kubelet made the volume anew elsewhere; a container that runs keeps what it had',
  'volume-replaced':
    'a bind mount keeps the file that was there when the container started, not the one that took its place',
  'volume-unreadable': 'rehup compares contents, so that it has to read them',
  'no-key-counts': 'no update of this volume would ever cause a reload',
  'not-kubelet-volume':
    'only the kubelet swaps all keys at once: of a directory that is edited in place, a reload may see one half',
  'inotify-instances-exhausted': 'without inotify an update is noticed at the next poll',
  'inotify-watches-exhausted': 'without inotify an update is noticed at the next poll',
  'inotify-silent':
    'sandboxes (gVisor, Kata) pass no events on; an update is noticed at the next poll',
  'inotify-failed': 'without inotify an update is noticed at the next poll',
  'process-namespace-not-shared':
    'a container sees its own processes only, unless the pod shares its process namespace',
  'app-not-running': 'there is nobody to reload',
  'target-not-found': 'there is nobody to reload',
  'target-not-told': 'the app is found by the volume that it mounts, and there is none to go by',
  'target-ambiguous': 'rehup never guesses: the wrong process might die from the signal',
  'target-is-exec-session':
    'what kubectl exec or a probe starts is gone in a moment, and is not the app',
  'target-of-other-pod':
    'where the node shows (hostPID), processes of other pods look like those of this one',
  'target-in-init-container':
    'an init container ends before the app starts, and the app then reads the current content',
  'pid-file-unusable': 'the app is found by its pid file alone',
  'app-mounts-sub-path':
    'a mount by subPath is bound to one file of the version that was current when the container started: the app reads the old content however often it is told',
  'app-mounts-nothing': 'an app that does not mount the volume does not see its updates',
  'env-only': 'environment variables are set once, when a container starts',
  'no-handler': 'a signal without a handler ends the process, or is ignored',
  'signal-ended-app':
    'a program whose runtime has a handler for every signal may end at it all the same, at each update',
  'target-is-supervisor':
    'a supervisor takes the signal for itself, and the app that it runs does not hear of it',
  'other-uid':
    'a process may signal those of its own uid; all others only as root, with the capability KILL',
  'kill-without-effect':
    'capabilities of a container that does not run as root are dropped when its program starts (kubernetes issue #56374)',
  'signal-refused': 'the signal would fail as signal 0 did',
  'url-refused': 'nobody would take the request',
  'url-other-address': 'an app that listens on one address cannot be reached at another',
  'url-timed-out': 'the reload is given up after REHUP_TIMEOUT',
  'url-certificate-name':
    'a certificate for another name may be that of somebody else, who would get the credentials',
  'url-certificate-authority':
    'anybody can make a certificate: one that no known authority has signed proves nothing',
  'url-failed': 'the request would fail in the same way',
  'url-wrong-status': 'by its status the app says whether it has reloaded',
  'exec-not-found': 'that program is the reload, or what has to come before it',
  'publish-not-mounted': 'what is in the file system of one container is seen by no other',
  'publish-not-writable': 'the app sees what was published last, or nothing',
  'content-held': 'the app keeps older content than the sources have, also after a restart',
  'started-from-kept': 'what is in the source now has reached no app of this pod',
  'content-not-kept':
    'new pods have nothing to start from while the source is invalid, or something older',
  'canary-refused': 'the pod does not have what it is to try, and goes on with the stable content',
  'canary-without-percent': 'without a percentage, the next content is for no pod',
  'secret-published-on-disk': 'what is on a disk can be read after the pod is gone',
  'app-bypasses-publish': 'it reads invalid content at its next start, for which nobody held it',
  'publish-without-room':
    'where there is no room, new content is not published; what is shown stays',
  'port-in-use': 'the containers of a pod share its ports',
  'pod-restart-rule-missing':
    'without the rule the kubelet starts rehup alone anew, and the app goes on with the old content',
  'pod-not-restarted': 'without a restart, the other containers have what they read at their start',
  'pod-restarts-too-often': 'each restart ends all containers of the pod at once',
  'state-directory-not-writable':
    'an update that comes while rehup restarts is told by start times alone',
  'state-directory-not-kept': 'the file system of a container is made again at each start',
  'clock-inconsistent': 'by start times and swap times rehup tells what the app has read',
  'last-reload-failed': 'the app runs with older content than the pod has',
  'object-immutable': 'the kubelet stops to look at an object once it is immutable',
  'object-newer': 'the pod has older content than the object',
  'token-shared':
    'who takes over the app has the rights of rehup, in the whole namespace where no policy limits them',
  'api-forbidden': 'what needs the Kubernetes API does not work; reloads go on',
  'api-unreachable': 'what needs the Kubernetes API does not work; reloads go on',
};
