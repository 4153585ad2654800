import { constants } from 'node:os';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasKillInVain,
  hasSignal,
  maySignal,
  parseStatus,
} from '../../../../src/system/proc/status.ts';

const { SIGHUP, SIGTERM, SIGUSR1, SIGCHLD } = constants.signals;

const NGINX = `Name:\tnginx
Umask:\t0022
State:\tS (sleeping)
Tgid:\t42
Pid:\t42
PPid:\t0
Uid:\t0\t101\t102\t101
Gid:\t0\t201\t0\t201
Groups:\t201
NSpid:\t42
Threads:\t1
SigQ:\t0/96365
SigPnd:\t0000000000000000
ShdPnd:\t0000000000000001
SigBlk:\t0000000000000200
SigIgn:\t0000000040001000
SigCgt:\t8000000198016a07
CapInh:\t0000000000000000
CapPrm:\t00000000a80425fb
CapEff:\t00000000a80425fb
CapBnd:\t00000000a80425ff
Seccomp:\t2
`;

describe('parseStatus', () => {
  it('reads user, group, signal sets and effective capabilities', () => {
    expect(parseStatus(NGINX)).toEqual({
      uid: { real: 0, effective: 101, saved: 102 },
      gid: 201,
      signals: {
        caught: 0x8000000198016a07n,
        ignored: 0x40001000n,
        blocked: 0x200n,
        pending: 1n,
      },
      capabilities: 0xa80425fbn,
      bounding: 0xa80425ffn,
    });
  });

  it.each(['SigCgt', 'SigIgn', 'SigBlk', 'ShdPnd'])(
    'does not know %s where it is missing, as in gVisor',
    (name) => {
      const status = parseStatus(NGINX.replace(new RegExp(`^${name}:.*\n`, 'm'), ''));
      const masks = Object.values(status?.signals ?? {});
      expect(masks.filter((mask) => mask === undefined)).toHaveLength(1);
    },
  );

  it('is not taken in by a name that imitates a field', () => {
    // The kernel writes a line break in a name as `\n`, so that it begins no line.
    const status = parseStatus(NGINX.replace('nginx', String.raw`x\nUid:\t7\t7\t7\t7`));
    expect(status?.uid?.real).toBe(0);
  });

  it.each(['\r', '\u2028'])('is not taken in by a name with another line break: %j', (end) => {
    const status = parseStatus(NGINX.replace('nginx', `${end}Uid:\t7\t7\t7\t7${end}SigCgt:\t7`));
    expect(status?.uid?.real).toBe(0);
    expect(status?.signals.caught).toBe(0x8000000198016a07n);
  });

  it.each([
    ['no Uid line', NGINX.replace(/^Uid:.*\n/m, '')],
    ['a uid that is not a number', NGINX.replace('Uid:\t0\t101', 'Uid:\t0\troot')],
    ['a negative uid', NGINX.replace('Uid:\t0\t101', 'Uid:\t0\t-101')],
    ['a uid of more than 32 bits', NGINX.replace('Uid:\t0\t101', 'Uid:\t0\t4294967296')],
    ['an empty Uid line', NGINX.replace(/^Uid:.*$/m, 'Uid:')],
    ['too few uids', NGINX.replace(/^Uid:.*$/m, 'Uid:\t0\t101')],
  ])('knows no user in a file with %s, but what else there is', (_, text) => {
    expect(parseStatus(text)).toMatchObject({ uid: undefined, signals: { blocked: 0x200n } });
  });

  it.each(['', '\n', 'x'])('finds nothing in %j', (text) => {
    expect(parseStatus(text)).toBeUndefined();
  });

  it('throws at no text', () => {
    const line = fc.tuple(
      fc.constantFrom('Uid', 'Gid', 'SigCgt', 'CapEff', 'x'),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefx\t -\n'.split('')) }),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const status = parseStatus(lines.map(([name, value]) => `${name}:\t${value}\n`).join(''));
        expect(typeof (status?.signals.caught ?? 0n)).toBe('bigint');
      }),
    );
  });
});

describe('hasSignal', () => {
  it.each([
    [SIGHUP, true],
    [SIGUSR1, true],
    [SIGTERM, true],
    [SIGCHLD, true],
    [9, false],
    [33, true],
    [34, false],
    [64, true],
  ])('finds signal %i in the mask of an nginx master: %s', (signal, caught) => {
    expect(hasSignal(0x8000000198016a07n | (1n << 9n), signal)).toBe(caught);
  });

  it('finds exactly the signals whose bits are set', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 64 })), (signals) => {
        const mask = signals.reduce((bits, signal) => bits | (1n << BigInt(signal - 1)), 0n);
        const found = Array.from({ length: 64 }, (_, index) => index + 1).filter((signal) =>
          hasSignal(mask, signal),
        );
        expect(found).toEqual(signals.toSorted((one, other) => one - other));
      }),
    );
  });
});

/** The defaults of container runtimes, CAP_KILL among them; CAP_KILL alone; CAP_SYS_PTRACE alone. */
const DEFAULTS = 0xa80425fbn;
const KILL = 1n << 5n;
const SYS_PTRACE = 1n << 19n;

type Ids = {
  uid: number | [real: number, effective: number, saved: number];
  gid: number;
  caps?: bigint;
};

describe('maySignal', () => {
  it.each<{ sender: Ids; target: Ids; may: boolean; because: string }>([
    {
      sender: { uid: 1000, gid: 1000 },
      target: { uid: 1000, gid: 1000 },
      may: true,
      because: 'the uid is the same',
    },
    {
      sender: { uid: 1000, gid: 3000 },
      target: { uid: 1000, gid: 1000 },
      may: true,
      because: 'the group does not matter',
    },
    {
      sender: { uid: 2000, gid: 1000 },
      target: { uid: 1000, gid: 1000 },
      may: false,
      because: 'the uid is another',
    },
    {
      sender: { uid: 0, gid: 0 },
      target: { uid: 0, gid: 0, caps: DEFAULTS },
      may: true,
      because: 'the uid is the same, though the target has capabilities',
    },
    {
      sender: { uid: 0, gid: 0 },
      target: { uid: 1000, gid: 1000 },
      may: false,
      because: 'root without capabilities is a user like any other',
    },
    {
      sender: { uid: 0, gid: 0, caps: DEFAULTS },
      target: { uid: 1000, gid: 1000 },
      may: true,
      because: 'the defaults hold CAP_KILL',
    },
    {
      sender: { uid: 0, gid: 0, caps: DEFAULTS },
      target: { uid: 0, gid: 0, caps: DEFAULTS },
      may: true,
      because: 'both reasons hold',
    },
    {
      sender: { uid: 0, gid: 0, caps: KILL },
      target: { uid: 1000, gid: 1000, caps: DEFAULTS },
      may: true,
      because: 'CAP_KILL suffices',
    },
    {
      sender: { uid: 0, gid: 0, caps: SYS_PTRACE },
      target: { uid: 1000, gid: 1000 },
      may: false,
      because: 'CAP_SYS_PTRACE does not help',
    },
    {
      sender: { uid: 1000, gid: 1 },
      target: { uid: [0, 1000, 0], gid: 1 },
      may: false,
      because: 'the effective uid of the target does not count',
    },
    {
      sender: { uid: 1000, gid: 1 },
      target: { uid: [0, 0, 1000], gid: 1 },
      may: true,
      because: 'the saved uid of the target counts',
    },
    {
      sender: { uid: 1000, gid: 1 },
      target: { uid: [1000, 0, 0], gid: 1 },
      may: true,
      because: 'the real uid of the target counts',
    },
    {
      sender: { uid: [1, 1000, 1], gid: 1 },
      target: { uid: 1000, gid: 1 },
      may: true,
      because: 'the effective uid of the sender counts',
    },
    {
      sender: { uid: [1, 2, 1000], gid: 1 },
      target: { uid: 1000, gid: 1 },
      may: false,
      because: 'the saved uid of the sender does not count',
    },
  ])('$may: $because', ({ sender, target, may }) => {
    expect(maySignal(toStatus(sender), toStatus(target))).toBe(may);
  });
});

describe('hasKillInVain', () => {
  const kill = 1n << 5n;
  const byDefault = 0xa80425fbn;

  it.each([
    ['KILL was added and rehup is not root', { uid: 1000, bounding: kill, caps: 0n }, true],
    ['KILL was added and rehup is root', { uid: 0, bounding: kill, caps: kill }, false],
    [
      'nothing was dropped, so nothing was added',
      { uid: 1000, bounding: byDefault, caps: 0n },
      false,
    ],
    ['everything was dropped', { uid: 1000, bounding: 0n, caps: 0n }, false],
    ['KILL is in force without root', { uid: 1000, bounding: kill, caps: kill }, false],
  ])('%s', (_, { uid, bounding, caps }, inVain) => {
    expect(hasKillInVain({ ...toStatus({ uid, gid: 0, caps }), bounding })).toBe(inVain);
  });
});

function toStatus({ uid, gid, caps = 0n }: Ids): Parameters<typeof maySignal>[0] {
  const [real, effective, saved] = typeof uid === 'number' ? [uid, uid, uid] : uid;
  const signals = { caught: 0n, ignored: 0n, blocked: 0n, pending: 0n };
  return { uid: { real, effective, saved }, gid, signals, capabilities: caps, bounding: caps };
}
