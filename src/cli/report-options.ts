import { type Command, Option } from 'commander';

export function addStatusOptions(command: Command): void {
  command
    .addOption(createOutputOption('text (default on a terminal), or json', 'Status'))
    // For rehup itself: see docs/decisions.md.
    .addOption(new Option('--compare <KEY>', 'add hashes by this key').hideHelp())
    .addHelpText(
      'after',
      `
Inside of the pod it asks by the socket in REHUP_STATE_DIR, else by the port of REHUP_LISTEN. Of the
options, only those that tell these two matter here; the variables of the container are those of the
sidecar. From outside it needs: get on pods, create and get on pods/exec and pods/portforward; for a
workload get on it and list on pods; get on what the pods mount.
Exit codes: 0 it was asked and has answered, 2 bad configuration, 4 no rehup answers.

Examples:
  rehup status my-app-7d9c5b6f4-x2x7q
  rehup status deployment/my-app --watch
  kubectl exec my-app -c rehup -- rehup status | jq '.rules[].state'`,
    );
}

export function addDoctorOptions(command: Command): void {
  command.addOption(createOutputOption('text (default), or json', 'Doctor')).addHelpText(
    'after',
    `
It sends no signal, calls no reload URL and changes nothing. The options are those of the sidecar:
in its container the variables are set already; flags in its args have to be repeated there, and are
by themselves from outside. Of several pods, equal findings are shown once.
Exit codes: 0 nothing failed, 5 something did.

Examples:
  rehup doctor deployment/my-app
  kubectl exec my-app -c rehup -- rehup doctor
  kubectl exec my-app -c rehup -- rehup doctor --output json |
    jq '.findings[] | select(.status == "fail")'`,
  );
}

function createOutputOption(description: string, group: string): Option {
  return new Option('-o, --output <FORMAT>', description)
    .choices(['text', 'json'])
    .helpGroup(`${group}:`);
}
