import type { Duplex, Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { createAbility, works } from './abilities.ts';
import { createTempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

/** What a browser answers, of which a test knows what it asked for. */
type Answer = Record<string, unknown>;
type Send = (method: string, params?: object, sessionId?: string) => Promise<Answer>;

/** A page that is open in the browser. */
export interface BrowserPage {
  /** Any command of the protocol of Chromium's developer tools, for this page. */
  readonly send: (method: string, params?: object) => Promise<Answer>;
  /** The value of an expression, in the page. */
  readonly evaluate: <Value>(expression: string) => Promise<Value>;
  /** Waits until the text of the page matches, and returns it. */
  readonly text: (wanted: RegExp) => Promise<string>;
  /** What the browser had to complain of: exceptions, refused resources, errors in the console. */
  readonly complaints: readonly string[];
  /** Names of the events of the protocol so far. */
  readonly events: readonly string[];
}

export interface Browser extends AsyncDisposable {
  readonly open: (url: string) => Promise<BrowserPage>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The first of them that starts. */
const command = NAMES.find((name) => works([name, '--version']));

export const canBrowse = createAbility(command !== undefined, 'no chromium is installed');

/** Starts a browser without a window, and talks to it through a pipe. */
export async function startBrowser(): Promise<Browser> {
  await using stack = new AsyncDisposableStack();
  const profile = stack.use(await createTempDir('browser-'));
  const child = execa(
    command ?? 'chromium',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--remote-debugging-pipe',
      `--user-data-dir=${profile.path}`,
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], buffer: false, reject: false },
  );
  const [, , , input, output] = child.stdio as unknown as [null, null, null, Writable, Duplex];
  const connection = connect(input, output);
  stack.defer(async () => {
    // It ends its own processes, and only then lets go of its profile.
    void connection.send('Browser.close').catch(() => {});
    const end = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await child;
    clearTimeout(end);
  });
  await connection.send('Browser.getVersion');
  const owned = stack.move();
  return {
    open: (url) => openPage(connection, url),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Answer;
  readonly error?: { readonly message: string };
}

interface Connection {
  readonly send: Send;
  readonly onEvent: (listener: (message: Message) => void) => void;
}

/** Messages are JSON, each with a NUL byte at its end. */
function connect(input: Writable, output: Readable): Connection {
  const waiting = new Map<number, (message: Message) => void>();
  const listeners: ((message: Message) => void)[] = [];
  let lastId = 0;
  let rest = '';
  output.setEncoding('utf8').on('data', (data: string) => {
    const messages = (rest + data).split('\0');
    rest = messages.pop() ?? '';
    for (const text of messages) {
      const message = JSON.parse(text) as Message;
      if (message.id === undefined) for (const listener of listeners) listener(message);
      else waiting.get(message.id)?.(message);
    }
  });
  // A browser that has ended reads no more.
  input.on('error', () => {});
  return {
    onEvent: (listener) => void listeners.push(listener),
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, ({ result = {}, error }) => {
          if (error === undefined) resolve(result);
          else reject(new Error(`${method}: ${error.message}`));
        });
        const session = sessionId === undefined ? {} : { sessionId };
        input.write(`${JSON.stringify({ id: lastId, method, params, ...session })}\0`);
      }),
  };
}

async function openPage({ send: sendAny, onEvent }: Connection, url: string): Promise<BrowserPage> {
  const { targetId } = await sendAny('Target.createTarget', { url: 'about:blank' });
  const attached = await sendAny('Target.attachToTarget', { targetId, flatten: true });
  const sessionId = String(attached['sessionId']);
  const send = (method: string, params?: object): Promise<Answer> =>
    sendAny(method, params, sessionId);
  const complaints: string[] = [];
  const events: string[] = [];
  onEvent((message) => {
    if (message.sessionId !== sessionId) return;
    events.push(message.method ?? '');
    const complaint = complaintOf(message);
    if (complaint !== undefined) complaints.push(complaint);
  });
  for (const domain of ['Page', 'Runtime', 'Log']) await send(`${domain}.enable`);
  await send('Page.navigate', { url });

  const evaluate = async <Value>(expression: string): Promise<Value> => {
    const settings = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await send('Runtime.evaluate', settings);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value: Value }).value;
  };
  let last = '';
  return {
    send,
    evaluate,
    complaints,
    events,
    text: (wanted) =>
      waitFor(`a page with ${wanted}`, async () => {
        last = await evaluate<string>('document.body?.innerText ?? ""');
        if (wanted.test(last)) return last;
        throw new Error(`it says:\n${last}\n${complaints.join('\n')}`);
      }),
  };
}

/** `Log.entryAdded` has what the security policy refused, and what could not be loaded. */
function complaintOf({ method, params }: Message): string | undefined {
  const { type, entry } = params as { type?: string; entry?: { level: string; text: string } };
  if (method === 'Runtime.exceptionThrown') return JSON.stringify(params);
  if (method === 'Runtime.consoleAPICalled' && type === 'error') return JSON.stringify(params);
  return method === 'Log.entryAdded' && entry?.level === 'error' ? entry.text : undefined;
}
