import type { Failure } from '../outcome.ts';
import type { ContentRequest } from '../snapshot/content-request.ts';
import type { Process } from '../target/processes.ts';

/** What is to be applied, and on whom. */
export type ReloadRequest = ContentRequest & {
  /** When that content came to be there, on `Clock.uptime`: other content may have been read before. */
  becameAtMs?: number;
  /** Somebody asked for it, whatever the app has. */
  force?: boolean;
  /** May be empty for an action that needs no target. */
  targets: readonly Process[];
};

/** What was done, to be proved. */
export type ProofRequest = ReloadRequest & {
  /** The signal that was sent to the targets, if one was. */
  sent: number | undefined;
};

/** One way to make the app take the new content. Chosen once, at the composition root. */
export type Action = {
  kind: 'signal' | 'http' | 'exec' | 'restart' | 'none';
  /** Without a target process nothing can be done. */
  needsTarget: boolean;
  /** The signal that will be sent, if that is how it works: decides between candidates. */
  signal?: number;
  /** The target is meant to end: it need not survive. */
  endsTarget?: boolean;
  /** A target that mounts the volume by subPath is helped, too. */
  actsOnSubPath?: boolean;
  /** What stands against acting, found without acting. */
  check: (request: ReloadRequest) => Failure | undefined;
  perform: (request: ReloadRequest, signal: AbortSignal) => Promise<Failure | undefined>;
};

/** A harder action after some failures of the first one. */
export type Escalation = { action: Action; afterFailures: number };
