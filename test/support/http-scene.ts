import { createHttpApp } from './http-app.ts';
import type { HttpApp } from './http-app.ts';
import { createKubeletVolume } from './kubelet-volume.ts';
import type { KubeletVolume } from './kubelet-volume.ts';
import { startRehup } from './start-rehup.ts';
import type { Rehup } from './start-rehup.ts';

export interface HttpScene extends AsyncDisposable {
  readonly volume: KubeletVolume;
  readonly app: HttpApp;
  readonly rehup: Rehup;
}

export interface HttpSceneOptions {
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>> | ((app: HttpApp) => Record<string, string>);
  /** What the reload at the start comes to. Default `reloaded`. */
  readonly start?: string;
}

/**
 * A volume with `app.conf`, an app that is reloaded by HTTP, and rehup between them. Outside of a
 * pod no process tells how old the app is, so rehup reloads it at its start: that is over, and
 * forgotten by the app.
 */
export async function createHttpScene(options: HttpSceneOptions = {}): Promise<HttpScene> {
  await using stack = new AsyncDisposableStack();
  const volume = stack.use(await createKubeletVolume());
  await volume.write({ 'app.conf': 'one' });
  const app = stack.use(await createHttpApp(options.host));
  const { env = {} } = options;
  const rehup = stack.use(
    await startRehup({
      env: {
        REHUP_WATCH: volume.root,
        REHUP_URL: app.url,
        ...(typeof env === 'function' ? env(app) : env),
      },
    }),
  );
  await rehup.line({ msg: 'watching' });
  await rehup.line({ outcome: options.start ?? 'reloaded' });
  app.forget();
  const owned = stack.move();
  return { volume, app, rehup, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
