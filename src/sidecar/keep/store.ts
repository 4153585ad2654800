import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../../kubernetes/client.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { resourceOf } from '../../kubernetes/request.ts';
import { readSourceObject } from '../../kubernetes/source-object.ts';
import type { Kept } from '../publish/kept.ts';
import { keptNames } from './names.ts';
import { buildObject, describeKeeps, type Found, judgeObject, type KeptFor } from './object.ts';

/** One of the two names, and what is under it. */
export type Slot = { name: string; uid: string | undefined; found: Found | undefined };

/** The two objects that content of a rule is kept in, in turn. All throws KubeProblem. */
export type Store = {
  read: (signal: AbortSignal) => Promise<readonly Slot[]>;
  /** `false`: somebody was faster. */
  create: (name: string, kept: Kept, signal: AbortSignal) => Promise<boolean>;
  /** Deletes what was read. `false`: it is another one by now. */
  drop: (slot: Slot, signal: AbortSignal) => Promise<boolean>;
  describe: (slot: Pick<Slot, 'name'>) => string;
};

export type StoreInput = KeptFor & { client: KubeClient; namespace: string };

/** Verbs: `get` and `delete` of the two names, `create`. */
export function createStore({ client, namespace, ...about }: StoreInput): Store {
  const { kind, owner, rule } = about;
  const names = keptNames(owner, rule);
  const resource = resourceOf(kind);
  const describe: Store['describe'] = ({ name }) => `${kind}/${name}`;

  const readOne = async (name: string, signal: AbortSignal): Promise<Slot> => {
    const object = await readSourceObject(client, { kind, name, namespace }, signal);
    if (object === undefined) return { name, uid: undefined, found: undefined };
    const found = judgeObject(object, about);
    if (found.is === 'foreign')
      throw foreign(describe({ name }), found.whose, describeKeeps(about));
    return { name, uid: object.metadata.uid, found };
  };
  const allowed = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof KubeProblem && error.kind === 'forbidden'
        ? forbidden(error, resource.resource, names)
        : error;
    }
  };

  return {
    describe,
    read: async (signal) =>
      await allowed(
        async () => await Promise.all(names.map(async (name) => await readOne(name, signal))),
      ),
    create: async (name, kept, signal) => {
      const salt = randomBytes(16).toString('hex');
      const body = buildObject(about, { name, kept, salt });
      return await unlessPassed('AlreadyExists', async () => {
        const request = { ...resource, verb: 'create' as const, namespace, body };
        await allowed(async () => await client.request(request, signal));
      });
    },
    drop: async ({ name, uid }, signal) => {
      if (uid === undefined) return true;
      const body = { preconditions: { uid } };
      const request = { ...resource, verb: 'delete' as const, namespace, name, body };
      return await unlessPassed('Conflict', async () => {
        try {
          await allowed(async () => await client.request(request, signal));
        } catch (error) {
          if (!(error instanceof KubeProblem) || error.kind !== 'not-found') throw error;
        }
      });
    },
  };
}

async function unlessPassed(reason: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const isPassed = error instanceof KubeProblem && error.kind === 'conflict';
    if (isPassed && (error.statusReason ?? reason) === reason) return false;
    throw error;
  }
}

/** All that it takes: nobody wants to be told of one verb after the other. */
function forbidden(
  { message, kind, cause }: KubeProblem,
  resource: string,
  names: readonly string[],
): KubeProblem {
  const quoted = names.map((name) => `"${name}"`).join(', ');
  const group = `apiGroups: [""], resources: ["${resource}"]`;
  return new KubeProblem({
    kind,
    message,
    remedy: `add to its Role: - {${group}, resourceNames: [${quoted}], verbs: ["get", "delete"]} and - {${group}, verbs: ["create"]}`,
    cause,
  });
}

function foreign(object: string, whose: string | undefined, ours: string): KubeProblem {
  return new KubeProblem({
    kind: 'rejected',
    message: `${object} is not what ${ours} has kept: ${whose === undefined ? 'rehup has not made it' : `it is of ${whose}`}`,
    remedy: `rename ${object} or the rule; where nobody needs it, delete it`,
  });
}
