/** What `/proc/<pid>/status` (proc_pid_status(5)) tells of rights and signal handling. */
export type ProcStatus = {
  uid: { real: number; effective: number; saved: number };
  gid: number;
  /** Signal sets as bit masks: bit `n - 1` stands for signal `n`. */
  signals: { caught: bigint; ignored: bigint; blocked: bigint };
  /** Effective capabilities, bit `n` for capability `n`. */
  capabilities: bigint;
};

export function parseStatus(text: string): ProcStatus | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1];
  const uids = field('Uid')?.split(/\s+/).map(Number);
  const [real, effective, saved] = uids ?? [];
  const gid = Number(field('Gid')?.split(/\s+/)[1]);
  if (real === undefined || effective === undefined || saved === undefined) return undefined;
  if (![real, effective, saved, gid].every((id) => Number.isInteger(id))) return undefined;
  return {
    uid: { real, effective, saved },
    gid,
    signals: {
      caught: parseMask(field('SigCgt')),
      ignored: parseMask(field('SigIgn')),
      blocked: parseMask(field('SigBlk')),
    },
    capabilities: parseMask(field('CapEff')),
  };
}

function parseMask(hex: string | undefined): bigint {
  return hex !== undefined && /^[0-9a-f]+$/i.test(hex.trim()) ? BigInt(`0x${hex.trim()}`) : 0n;
}

export function hasSignal(mask: bigint, signal: number): boolean {
  return ((mask >> BigInt(signal - 1)) & 1n) === 1n;
}

/** capabilities(7): the number of CAP_KILL. */
const CAP_KILL = 5n;

function hasCapKill(status: ProcStatus): boolean {
  return ((status.capabilities >> CAP_KILL) & 1n) === 1n;
}

/**
 * kill(2): the sender's real or effective uid must equal the target's real or saved uid, or the
 * sender needs CAP_KILL. Groups do not matter.
 */
export function maySignal(sender: ProcStatus, target: ProcStatus): boolean {
  if (hasCapKill(sender)) return true;
  const ours = [sender.uid.real, sender.uid.effective];
  return ours.includes(target.uid.real) || ours.includes(target.uid.saved);
}
