import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Payload } from '../../src/tools/simulate/kubelet/payload.ts';
import { createRandom } from '../../src/tools/simulate/kubelet/random.ts';
import { syncVolume } from '../../src/tools/simulate/kubelet/sync.ts';
import type {
  Generation,
  StepName,
  VolumeSettings,
} from '../../src/tools/simulate/kubelet/sync.ts';
import { applyFsGroup } from './kubelet-volume/fs-group.ts';
import { createTempDir } from './temp-dir.ts';

export { InvalidPathError } from '../../src/system/volume/paths.ts';
export type { Generation, Payload, StepName };

export interface SyncOptions {
  /** Runs in the gap after each step; the write goes on when it resolves. */
  readonly between?: (step: StepName) => Promise<void> | void;
  /** Ends the write with a `CrashError` after this step, as a kubelet killed there would. */
  readonly crashAfter?: StepName;
}

export interface KubeletVolumeOptions extends SyncOptions {
  /** Default `G3`, the order of Kubernetes 1.30 and later. */
  readonly generation?: Generation;
  readonly fsGroup?: number;
  /** Default 0644. */
  readonly defaultMode?: number;
  /** Modes of single paths, as `items[].mode` sets them. */
  readonly modes?: Readonly<Record<string, number>>;
  /** Decides the order of files and links, which is random in the kubelet. Default 1. */
  readonly seed?: number;
  /** The node's clock, read for the name of each timestamped directory. */
  readonly now?: () => Date;
  /** Where the volume is made. Default: below a temporary directory of its own. */
  readonly root?: string;
  /**
   * What is left at the old root after a tear-down. `nothing`: the node's view, the root is gone.
   * `empty-root`: what a container sees of a volume on disk; its bind mount holds the removed
   * directory, so the mount point stays, without any entry (there with a link count of 0, which
   * plain directories cannot show under a path). `stale-root`: what a container sees of a volume
   * on tmpfs (Secret, projected, downwardAPI); the kubelet unmounts only its own copy, so the old
   * content stays without any event. In the last two, the next set-up makes another directory,
   * because a running container never sees the new one. Default `nothing`.
   */
  readonly tearDownLeaves?: 'nothing' | 'empty-root' | 'stale-root';
}

/** The end of a kubelet in the middle of a write. The next write is the one of the new kubelet. */
export class CrashError extends Error {
  readonly step: StepName;

  constructor(step: StepName) {
    super(`the kubelet crashed after the step ${step}`);
    this.name = 'CrashError';
    this.step = step;
  }
}

/**
 * Makes a directory that behaves like the root of a ConfigMap, Secret, projected or downwardAPI
 * volume under a real kubelet: the same layout, steps, events, permissions and faults.
 */
export async function createKubeletVolume(
  options: KubeletVolumeOptions = {},
): Promise<KubeletVolume> {
  if (options.root !== undefined) return new KubeletVolume(options.root, options);
  const tempDir = await createTempDir('kubelet-volume-');
  // Other users than the one of the test are readers too, as they are in a pod.
  chmodSync(tempDir.path, 0o755);
  return new KubeletVolume(join(tempDir.path, 'volume'), options, tempDir);
}

export class KubeletVolume implements AsyncDisposable {
  readonly #firstRoot: string;
  readonly #roots: string[] = [];
  readonly #options: KubeletVolumeOptions;
  readonly #settings: VolumeSettings;
  readonly #tempDir: AsyncDisposable | undefined;
  #crashAfter: StepName | undefined;
  #isSetUp = false;

  constructor(root: string, options: KubeletVolumeOptions, tempDir?: AsyncDisposable) {
    this.#firstRoot = root;
    this.#options = options;
    this.#settings = makeSettings(options);
    this.#tempDir = tempDir;
    this.#crashAfter = options.crashAfter;
    this.setUpAnew();
  }

  /** The volume's directory on the node. Changes when it is set up again under another path. */
  get root(): string {
    return this.#roots.at(-1) ?? this.#firstRoot;
  }

  /**
   * One sync: brings the volume to the payload, and returns whether that took a swap. An error is
   * followed by a tear-down, as in the kubelet; a `CrashError` and errors of `between` are not.
   * The options given here precede those of the volume; its `crashAfter` is used up by one crash.
   */
  async write(payload: Payload, options: SyncOptions = {}): Promise<boolean> {
    if (!this.#isSetUp) throw new Error('the volume was torn down: call setUpAnew() first');
    const between = options.between ?? this.#options.between;
    const crashAfter = options.crashAfter ?? this.#crashAfter;
    const steps = syncVolume(this.root, payload, this.#settings);
    for (;;) {
      const step = this.#advance(steps);
      if (step.done) return step.value;
      if (step.value === crashAfter) this.#crash(crashAfter);
      await between?.(step.value);
    }
  }

  /**
   * A sync of unchanged content as G0 does it: the walk that applies fsGroup, and no comparison.
   * Later generations walk only when they write, so they do nothing. Returns whether it walked.
   */
  syncPermissionsOnly(): boolean {
    const { generation, setPermissions } = this.#settings;
    if (generation !== 'G0' || setPermissions === undefined) return false;
    setPermissions(this.root);
    return true;
  }

  /**
   * Removes the volume as the kubelet does when a write failed or the pod is gone: each entry,
   * then the root. Whoever holds the root open keeps an empty directory with link count 0.
   */
  tearDown(): void {
    const leaves = this.#options.tearDownLeaves ?? 'nothing';
    this.#isSetUp = false;
    if (leaves === 'stale-root') return;
    if (leaves === 'empty-root') removeEntries(this.root);
    else rmSync(this.root, { recursive: true, force: true });
  }

  /** Makes the root again after a tear-down, empty until the next write. Else does nothing. */
  setUpAnew(): void {
    if (this.#isSetUp) return;
    const leaves = this.#options.tearDownLeaves ?? 'nothing';
    const isUsed = this.#roots.length > 0 && leaves !== 'nothing';
    const root = isUsed ? `${this.#firstRoot}-${this.#roots.length + 1}` : this.#firstRoot;
    mkdirSync(root, { recursive: true });
    // On disk the kubelet opens the root to everyone; what protects it is the read-only mount.
    chmodSync(root, 0o777);
    this.#roots.push(root);
    this.#isSetUp = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isSetUp = false;
    for (const root of this.#roots) rmSync(root, { recursive: true, force: true });
    await this.#tempDir?.[Symbol.asyncDispose]();
  }

  #advance(steps: Generator<StepName, boolean>): IteratorResult<StepName, boolean> {
    try {
      return steps.next();
    } catch (error) {
      this.tearDown();
      throw error;
    }
  }

  #crash(step: StepName): never {
    this.#crashAfter = undefined;
    throw new CrashError(step);
  }
}

function makeSettings(options: KubeletVolumeOptions): VolumeSettings {
  const { fsGroup, seed = 1 } = options;
  return {
    generation: options.generation ?? 'G3',
    ...(fsGroup !== undefined && { setPermissions: (root) => applyFsGroup(root, fsGroup) }),
    defaultMode: options.defaultMode ?? 0o644,
    modes: options.modes ?? {},
    now: options.now ?? (() => new Date()),
    order: createRandom(seed),
    suffixes: createRandom(~seed),
  };
}

function removeEntries(dir: string): void {
  for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true, force: true });
}
