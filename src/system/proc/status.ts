import { toCount } from './count.ts';

/**
 * What `/proc/<pid>/status` (proc_pid_status(5)) tells of rights and signal handling. A line that an
 * emulated kernel leaves out (gVisor has neither users nor signals there) is not known.
 */
export type ProcStatus = {
  uid: Ids | undefined;
  gid: number | undefined;
  /** Signal sets as bit masks: bit `n - 1` stands for signal `n`. */
  signals: {
    caught: bigint | undefined;
    ignored: bigint | undefined;
    blocked: bigint | undefined;
    /** Sent to the process, and not taken yet by any of its threads. */
    pending: bigint | undefined;
  };
  /** Effective capabilities, bit `n` for capability `n`. */
  capabilities: bigint;
  /** Those that an execve could still gain: what the container was given, in force or not. */
  bounding: bigint;
};

type Ids = { real: number; effective: number; saved: number };

export function parseStatus(text: string): ProcStatus | undefined {
  if (!/(?:^|\n)\w+:/.test(text)) return undefined;
  // Of the characters in a process's name the kernel escapes the line feed, but no other line break.
  // A search through the text, since a look at each of sixty lines is half of what a reload takes.
  const lines = `\n${text}\n`;
  const field = (name: string): string | undefined => {
    const start = lines.indexOf(`\n${name}:`);
    if (start === -1) return undefined;
    const from = start + name.length + 2;
    return lines.slice(from, lines.indexOf('\n', from)).trim();
  };
  const ids = (name: string): (number | undefined)[] => (field(name)?.split(/\s+/) ?? []).map(toId);
  const [real, effective, saved] = ids('Uid');
  const [, gid] = ids('Gid');
  const hasIds = real !== undefined && effective !== undefined && saved !== undefined;
  return {
    uid: hasIds ? { real, effective, saved } : undefined,
    gid,
    signals: {
      caught: parseMask(field('SigCgt')),
      ignored: parseMask(field('SigIgn')),
      blocked: parseMask(field('SigBlk')),
      pending: parseMask(field('ShdPnd')),
    },
    capabilities: parseMask(field('CapEff')) ?? 0n,
    bounding: parseMask(field('CapBnd')) ?? 0n,
  };
}

/** Of users and groups: 32 bits, of which the highest number stands for none. */
function toId(text: string): number | undefined {
  const id = toCount(text);
  return id === undefined || id > 0xffffffff ? undefined : id;
}

function parseMask(hex: string | undefined): bigint | undefined {
  return hex !== undefined && /^[0-9a-f]+$/i.test(hex) ? BigInt(`0x${hex}`) : undefined;
}

/** Of a mask that is not known, no. */
export function hasSignal(mask: bigint | undefined, signal: number): boolean {
  return mask !== undefined && ((mask >> BigInt(signal - 1)) & 1n) === 1n;
}

/** capabilities(7): their numbers. */
const CAP_CHOWN = 0n;
const CAP_KILL = 5n;

function hasCapability(mask: bigint, capability: bigint): boolean {
  return ((mask >> capability) & 1n) === 1n;
}

/**
 * KILL was given to the container and is not in force, as in every container that does not run as
 * root (kubernetes issue #56374). A container from which nothing was dropped has CHOWN beside it, like
 * all that runtimes give by default: there nobody added KILL.
 */
export function hasKillInVain({ uid, capabilities, bounding }: ProcStatus): boolean {
  return (
    uid !== undefined &&
    uid.effective !== 0 &&
    hasCapability(bounding, CAP_KILL) &&
    !hasCapability(bounding, CAP_CHOWN) &&
    !hasCapability(capabilities, CAP_KILL)
  );
}

/**
 * kill(2): the sender's real or effective uid must equal the target's real or saved uid, or the
 * sender needs CAP_KILL. Groups do not matter. `undefined` where users are not known.
 */
export function maySignal(sender: ProcStatus, target: ProcStatus): boolean | undefined {
  if (hasCapability(sender.capabilities, CAP_KILL)) return true;
  if (sender.uid === undefined || target.uid === undefined) return undefined;
  const ours = [sender.uid.real, sender.uid.effective];
  return ours.includes(target.uid.real) || ours.includes(target.uid.saved);
}
