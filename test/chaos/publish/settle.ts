import { waitFor } from '../../support/wait-for.ts';
import type { LogLine } from '../../support/start-rehup.ts';
import { SETTLE_WITHIN_MS } from '../play-steps.ts';
import { contentOf, identify, type Identity, isBad } from './content.ts';
import type { PublishScene } from './scene.ts';

/** What there is at one moment. */
export interface Standing {
  readonly source: Identity;
  readonly published: Identity | undefined;
  readonly byName: Identity | undefined;
  readonly loaded: Identity | undefined;
  /** rehup's last decision about what the source holds, in its present run. */
  readonly decided: LogLine | undefined;
  readonly isProved: boolean;
  /** The last line that tells that the signal is held. */
  readonly signalHeld: LogLine | undefined;
}

const DECIDED = new Set(['published', 'held', 'reload failed', 'reloaded', 'nothing to do']);

export function standingOf({ volume, published, app, rehup, source }: PublishScene): Standing {
  const lines = rehup.isRunning() ? (rehup.runs().at(-1)?.lines ?? []) : [];
  const loaded = app.loaded();
  return {
    source: identify(volume.view().join(' ')),
    published: published.behindData(),
    byName: published.byName(),
    loaded: loaded === undefined ? undefined : identify(loaded),
    decided: lines.findLast(({ msg, hash }) => DECIDED.has(msg) && hash === source()),
    isProved: lines.findLast(({ msg }) => msg === 'the app sees')?.proved === true,
    signalHeld: lines.findLast(({ check }) => check === 'signal-ended-app'),
  };
}

/** Waits until what is published is what it should be, and the app has it. */
export async function settle(scene: PublishScene): Promise<void> {
  const { volume, rehup } = scene;
  await volume.release();
  await volume.sync();
  await rehup.start();
  // What somebody has damaged, the next content or the next start makes whole.
  if (scene.isDamaged()) {
    const keys = Object.keys(volume.desired());
    await volume.write(contentOf('good', scene.serial(), keys));
  }
  let asked: LogLine | undefined;
  await waitFor(
    'what is published to be what it should be',
    async () => {
      if (await rehup.heedTarget()) return undefined;
      const standing = standingOf(scene);
      if (isSettled(standing)) return true;
      const why = whyAsk(standing);
      if (why !== undefined && why !== asked) scene.trigger();
      asked = why;
      throw new Error(describeStanding(standing));
    },
    { deadlineMs: SETTLE_WITHIN_MS },
  );
  scene.mended();
}

/**
 * Good content that the app seems to have failed with, since the test has ended or stopped it just then,
 * is held like bad content, and so is the signal: somebody has to ask for it.
 */
function whyAsk({ source, decided, signalHeld }: Standing): LogLine | undefined {
  const isHeld = !isBad(source.kind) && ['held', 'rolled-back'].includes(decided?.outcome ?? '');
  return isHeld ? decided : signalHeld;
}

function isSettled(standing: Standing): boolean {
  const { source, published, byName, loaded, decided, isProved } = standing;
  const isWhole = published !== undefined && published.text === byName?.text;
  if (!isWhole || loaded?.text !== published.text || !isProved) return false;
  if (!isBad(source.kind)) return published.text === source.text;
  const isRefused = ['held', 'rolled-back'].includes(decided?.outcome ?? '');
  return isRefused && !isBad(published.kind);
}

function describeStanding(standing: Standing): string {
  const { source, published, byName, loaded, decided, isProved } = standing;
  return [
    `source: ${source.text}`,
    `published: ${published?.text ?? 'nothing'}${isProved ? '' : ', not proved'}`,
    `by name: ${byName?.text ?? 'nothing'}`,
    `loaded: ${loaded?.text ?? 'nothing, it does not run'}`,
    `decided: ${JSON.stringify(decided)}`,
  ].join('\n');
}
