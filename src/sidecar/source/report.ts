import type { Logger } from 'pino';
import type { EventBus } from '../events.ts';

/** Beside those of `report/log.ts`: of sources alone, and loaded with them. */
export const sourcePhrases = {
  delivered: 'source delivered',
  refused: 'key not published',
  gone: 'source object deleted',
} as const;

export function logSource(events: EventBus, logger: Logger): void {
  events.on('source-delivered', ({ directory, objects, files, refused, tookMs }) => {
    const took = { took_ms: Math.round(tookMs * 10) / 10 };
    const counts = { objects, files, ...(refused > 0 && { refused }) };
    logger.info({ directory, ...counts, ...took }, sourcePhrases.delivered);
  });
  events.on('source-refused', (fields) => logger.warn(fields, sourcePhrases.refused));
  events.on('source-object-gone', ({ object }) => {
    const reason = 'a source names it: what was published of it stays';
    const remedy = 'create it again, or take it out of REHUP_SOURCE';
    logger.warn({ object, reason, remedy }, sourcePhrases.gone);
  });
}
