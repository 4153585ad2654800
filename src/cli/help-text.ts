import type { OptionName } from '../config/options.ts';

/** Those that `rehup --help` shows; `rehup help run` has all. */
export const mainOptions: readonly OptionName[] = [
  'watch',
  'include',
  'signal',
  'url',
  'exec',
  'restart',
  'target',
  'validate',
  'verifyUrl',
  'splay',
  'stateDir',
  'config',
];

/** What stands in the help around the options. Lines are 100 characters at most, for a terminal. */
type HelpText = {
  /** In the list of commands. */
  summary: string;
  /** A paragraph each. */
  description: readonly string[];
  after: string;
};

export const programHelp: Omit<HelpText, 'summary'> = {
  description: [
    'Makes a changed ConfigMap or Secret take effect in the app next to it: waits for the update to be complete, signals the app or calls its reload URL, and checks that it took it.',
    'With nothing configured it watches every ConfigMap and Secret that its own container mounts, and sends SIGHUP to the main process of the container that mounts the same volume. Without a command it is the sidecar, as with run.',
  ],
  after: `
These are the options most used; rehup options has all of them.

Values:
  Durations are written 250ms, 3s, 2m, 1h; switches true or false; lists comma separated.

Environment:
  REHUP_…        Each option has the variable that stands behind it in brackets. A flag wins over
                 the variable, and the variable over the file of --config. An unknown REHUP_
                 variable is an error.
  POD_NAME       The name of the pod, for --splay and for what asks the Kubernetes API
  POD_NAMESPACE  Its namespace, where the service account does not tell

Signals to rehup:
  SIGTERM, SIGINT  Finish or cancel what is in flight within 5 s, and leave with 0
  SIGHUP           Look again now, and reload even if nothing changed; from a terminal that is
                   closed, and that rehup was started from, its end

Examples:
  The sidecar, as the image runs it; whom to reload is found by the volume:
    rehup
  Reload by HTTP, or by another signal:
    rehup --url http://127.0.0.1:9090/-/reload
    rehup --signal SIGUSR1 --target container:app
  Outside of a pod, on a directory, and without doing anything:
    rehup --watch /tmp/config --target name:nginx --dry-run
  What the sidecar of a pod is doing:
    kubectl exec my-app -c rehup -- rehup status

Exit codes:
   0  stopped as asked
   2  the configuration or the command line cannot be used; every problem is listed
   3  nothing can be watched
   4  the reload failed (once, trigger and others that wait for an answer)
   5  findings (commands that check something)
  70  a bug in rehup
  88  the kubelet is to restart the pod (REHUP_RESTART=pod)`,
};

export const commandHelp: Readonly<Record<'run' | 'once' | 'trigger', HelpText>> = {
  run: {
    summary: 'watch and reload until stopped (the default)',
    description: [
      'Watches the mounted volumes, and reloads the app for each change of their content, until SIGTERM or SIGINT. A reload that failed is tried again. This is what the image runs.',
    ],
    after: `
Examples:
  rehup run
  REHUP_URL=http://127.0.0.1:9090/-/reload rehup run

Exit codes: 0 stopped as asked, 2 bad configuration, 3 nothing to watch, 70 a bug in rehup.
Values, environment and signals: rehup --help.`,
  },
  once: {
    summary: 'wait for the first completed reload, then leave',
    description: [
      'Watches like the sidecar, and leaves after the first reload that succeeded, for scripts, Jobs and tests. A reload that failed is tried again, as often as --retries says.',
      'With --publish, it leaves once every rule has something valid to show, also from an earlier run: as an init container it keeps an app from starting on nothing.',
    ],
    after: `
Examples:
  rehup once --watch /etc/app --target name:my-app
  rehup once --url http://127.0.0.1:9090/-/reload --retries 3

Exit codes: 0 reloaded, or stopped as asked; 2 bad configuration; 3 nothing to watch; 4 the reload
failed, and there is no further attempt; 70 a bug in rehup.
Values, environment and signals: rehup --help.`,
  },
  trigger: {
    summary: 'let the rehup that runs in this pod reload now, even if nothing changed',
    description: [
      'Asks the rehup that runs in this pod to reload now, even if nothing changed, waits for it, and prints what came of it.',
      'It asks by the socket in REHUP_STATE_DIR, else by the port of REHUP_LISTEN. All other options are those of the sidecar, and only tell where it can be asked.',
    ],
    after: `
Examples:
  kubectl exec my-app -c rehup -- rehup trigger

Exit codes: 0 reloaded, 2 bad configuration, 4 the reload failed or no rehup answers, 70 a bug in
rehup.`,
  },
};
