import type { Logger } from 'pino';
import type { EventBus } from '../events.ts';
import type { ShowHash } from '../report/hashes.ts';

/** Beside those of `report/log.ts`: of what is kept alone, and loaded with that. */
export const keepPhrases = {
  kept: 'content kept',
  notKept: 'content not kept',
  started: 'started from kept content',
} as const;

export function logKept(events: EventBus, logger: Logger, showHash: ShowHash): void {
  events.on('kept', ({ rule, object, hash, isNew }) => {
    const fields = { rule, object, hash: showHash(hash, { rule }) };
    // In a fleet, all but one pod find it there.
    logger[isNew ? 'info' : 'debug'](fields, keepPhrases.kept);
  });
  events.on('not-kept', ({ isOfApi, ...fields }) => {
    if (!isOfApi) logger.warn(fields, keepPhrases.notKept);
  });
  events.on('started-from-kept', ({ rule, object, at, by, hashes, reason, remedy }) => {
    const hash = showHash(hashes.shown, { rule });
    const ofSource = { source_hash: showHash(hashes.source, { rule }) };
    const fields = { rule, object, kept_at: at, kept_by: by, hash, ...ofSource, reason, remedy };
    logger.error(fields, keepPhrases.started);
  });
}
