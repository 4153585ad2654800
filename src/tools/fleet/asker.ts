import { Agent, type ClientRequestArgs, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { options } from '../../config/options.ts';
import { createExec } from '../../kubernetes/exec.ts';
import { toError } from '../../system/errors.ts';
import { fatal } from '../../kubernetes/fatal.ts';
import { createForward, type PodPort } from '../../kubernetes/forward.ts';
import type { OpenCluster } from '../../kubernetes/kubeconfig.ts';
import type { Asked, Sidecar } from '../ask/sidecar.ts';
import { findWritten } from '../ask/written.ts';
import { type Answer, parseAnswer } from './answer.ts';
import { type AskByCommand, createComparing } from './comparing.ts';
import { runForOutput } from './run-for-output.ts';

/** Asks sidecars how they are doing. What keeps one from answering is thrown as a FatalError. */
export type Asker = Disposable & {
  ask: (asked: Asked, signal: AbortSignal) => Promise<Answer>;
  /** What hashes of Secrets are compared by. */
  key: string;
};

/** The requests of a pod follow each other over one forwarded connection. */
class ForwardAgent extends Agent {
  readonly #open: () => Promise<Duplex>;

  constructor(open: () => Promise<Duplex>) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#open = open;
  }

  override createConnection(
    _: ClientRequestArgs,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    void this.#connect(done);
  }

  async #connect(done?: (error: Error | null, stream: Duplex) => void): Promise<void> {
    try {
      const stream = await this.#open();
      done?.(null, stream);
    } catch (error) {
      done?.(toError(error), undefined as never);
    }
  }
}

/** An answer takes milliseconds; the first one of a sidecar loads what makes it. */
const TIMEOUT_MS = 5000;

/** A command starts a process, in a container that may have little of a CPU. */
const COMMAND_TIMEOUT_MS = 15_000;

/** Connections that stay open between two looks. */
const MOST_KEPT = 100;

/**
 * By a forwarded port, which costs the pod no process: the sidecar shows its status to its own pod alone,
 * and that is who asks there. Where it has no port, or ports may not be forwarded, by a command in its
 * container.
 */
export function createAsker({ config }: Pick<OpenCluster, 'config'>): Asker {
  const forward = createForward(config);
  const exec = createExec(config);
  const agents = new Map<string, ForwardAgent>();
  let mayForward = true;

  const agentOf = (place: PodPort, uid: string): ForwardAgent => {
    const agent = agents.get(uid) ?? new ForwardAgent(async () => await forward(place));
    agents.set(uid, agent);
    return agent;
  };

  const askByPort = async (place: PodPort, uid: string, signal: AbortSignal): Promise<string> => {
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      return await get(agentOf(place, uid), place.port, limited);
    } finally {
      // Of a large fleet not every connection is kept.
      if (agents.size > MOST_KEPT) {
        agents.get(uid)?.destroy();
        agents.delete(uid);
      }
    }
  };

  const askByCommand: AskByCommand = async ({ pod, sidecar }, more, signal) => {
    const { name, namespace = '' } = pod.metadata;
    const place = { namespace, pod: name, container: sidecar.container };
    const words = ['rehup', 'status', ...sidecar.flags, '--output=json', ...more];
    const limited = AbortSignal.any([signal, AbortSignal.timeout(COMMAND_TIMEOUT_MS)]);
    try {
      return parseAnswer(await runForOutput(exec, { place, words }, limited));
    } catch (error) {
      signal.throwIfAborted();
      throw limited.aborted ? tooLate(name, namespace) : error;
    }
  };
  const comparing = createComparing(askByCommand);

  const askOnce = async (asked: Asked, signal: AbortSignal): Promise<Answer> => {
    const { pod, sidecar } = asked;
    const { name, namespace = '', uid } = pod.metadata;
    const port = portOf(sidecar);
    if (mayForward && port !== undefined) {
      try {
        return parseAnswer(await askByPort({ namespace, pod: name, port }, uid, signal));
      } catch (error) {
        signal.throwIfAborted();
        if (isForbidden(error)) mayForward = false;
      }
    }
    return await askByCommand(asked, [], signal);
  };

  return {
    key: comparing.key,
    ask: async (asked, signal) =>
      await comparing.complete(asked, await askOnce(asked, signal), signal),
    [Symbol.dispose]: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function tooLate(pod: string, namespace: string): Error {
  return fatal({
    message: `its rehup did not answer within ${COMMAND_TIMEOUT_MS} ms`,
    remedy: `look whether its node is well: kubectl -n ${namespace} get pod ${pod} -o wide`,
  });
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 403;
}

/** `undefined` where it has none. What cannot be read here is left to the sidecar's own defaults. */
function portOf(sidecar: Sidecar): number | undefined {
  const written = findWritten(sidecar, { flag: '--listen', variable: 'REHUP_LISTEN' });
  const { parse, default: fallback } = options.listen;
  try {
    const address = parse(written ?? fallback);
    return address === 'off' ? undefined : address.port;
  } catch {
    return undefined;
  }
}

class NoStatus extends Error {}

async function get(agent: Agent, port: number, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request({ agent, host: 'localhost', port, path: '/status', signal }, (response) => {
    const isStatus =
      response.statusCode === 200 && response.headers['content-type'] === 'application/json';
    if (isStatus) resolve(readText(response));
    else {
      response.resume();
      reject(new NoStatus(`status ${response.statusCode}`));
    }
  })
    .on('error', reject)
    .end();
  return await promise;
}
