import { waitFor } from '../../support/wait-for.ts';
import type { Content } from '../volumes.ts';
import { identify } from './content.ts';
import type { PublishScene } from './scene.ts';
import { settle, standingOf } from './settle.ts';

/** What the end is played with. */
export interface Ending {
  readonly good: () => Content;
  readonly bad: () => Content;
}

/**
 * After whatever happened: good content is published; bad content is not, nor does it stay; an app that
 * starts anew starts with the good one, and so it stays when rehup starts anew.
 */
export async function checkEnd(scene: PublishScene, { good, bad }: Ending): Promise<void> {
  const { volume, app, rehup, published, shape } = scene;
  await volume.write(good());
  await settle(scene);
  const inode = published.inodeOf('app.conf');
  const wanted = identify(volume.view().join(' ')).text;
  const expectWanted = (when: string): void => {
    const { published: shown, byName, loaded } = standingOf(scene);
    for (const [who, what] of Object.entries({ shown, byName, loaded })) {
      if (what?.text !== wanted) throw new Error(`${when}, ${who} is ${what?.text}, not ${wanted}`);
    }
  };
  expectWanted('after good content');
  await volume.write(bad());
  await settle(scene);
  expectWanted('after bad content');
  scene.disturb();
  await app.restart('now');
  await waitFor('the app to start', () => app.loaded());
  expectWanted('after a restart of the app');
  const signals = app.signals();
  await rehup.kill();
  await rehup.start();
  await waitFor('rehup to hold it', () => standingOf(scene).decided?.outcome === 'held');
  expectWanted('after a restart of rehup');
  if (app.signals() !== signals) throw new Error('the app was signalled for content that is held');
  if (shape.inPlace && published.inodeOf('app.conf') !== inode) {
    throw new Error('app.conf is another file than before, and was to be written in place');
  }
  await volume.write(good());
  await settle(scene);
  const left = published.leftovers();
  if (left.length > 0) throw new Error(`left in the published directory: ${left.join(' ')}`);
  await app.askForWorker();
}
