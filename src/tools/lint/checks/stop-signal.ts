import { parseSignal } from '../../../config/parse.ts';
import { asRecord, asText } from '../../../system/plain.ts';
import type { Container } from '../../manifest/container.ts';
import { restarts } from '../../manifest/needs.ts';
import type { Check } from '../check.ts';
import { changeSettings } from '../edits.ts';
import { findTargets, rulesThat } from '../subject.ts';

/** Whether a restart asks the app to end as the kubelet would. */
export const stopSignalChecks: readonly Check[] = [
  {
    id: 'stop-signal-differs',
    severity: 'warning',
    summary: 'a restart sends another signal than the lifecycle.stopSignal of the app',
    find: (subject) =>
      rulesThat(subject, restarts).flatMap(({ settings }) =>
        findTargets(subject, settings).flatMap((app) => {
          const wanted = stopSignalOf(app);
          if (wanted === undefined || wanted === settings.stopSignal.name) return [];
          return [
            {
              path: [...app.path, 'lifecycle', 'stopSignal'],
              message: `${app.name} is to be ended by ${wanted}, and rehup sends ${settings.stopSignal.name}`,
              why: 'with another signal an app may drop what it is serving, or not end at all before it is killed',
              remedies: [
                {
                  text: `set REHUP_STOP_SIGNAL=${wanted}`,
                  edits: changeSettings(subject, { stopSignal: wanted }) ?? [],
                },
              ],
            },
          ];
        }),
      ),
  },
];

/** `lifecycle.stopSignal` (KEP-4960), by its usual name; what is not a signal is the API server's to refuse. */
function stopSignalOf({ value }: Container): string | undefined {
  const written = asText(asRecord(value['lifecycle'])['stopSignal']);
  try {
    return written === undefined ? undefined : parseSignal(written).name;
  } catch {
    return undefined;
  }
}
