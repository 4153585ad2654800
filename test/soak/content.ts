import type { Payload } from '../support/kubelet-volume.ts';

/** Key that the app reads. */
export const MAIN_KEY = 'app.conf';

/** What the app is to have loaded after this update. */
export function mainContent(update: number): string {
  return `update ${update}`;
}

const LARGEST_BYTES = 4 * 1024;
const COMING_AND_GOING = 7;

/** No update is like another: keys come and go, and one is of any size up to 4 KiB. */
export function makePayload(update: number): Payload {
  const line = `${mainContent(update)}\n`;
  const bytes = (update * 797) % LARGEST_BYTES;
  return {
    [MAIN_KEY]: mainContent(update),
    large: line.repeat(Math.ceil(bytes / line.length)),
    [`key-${update % COMING_AND_GOING}`]: line,
  };
}
