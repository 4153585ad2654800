import { errorCode, Plain, reasonOf } from '../../system/errors.ts';
import { InvalidPathError } from '../../system/volume/paths.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import type { Failure } from '../outcome.ts';
import { CannotWriteEnv } from './env-lines.ts';
import { CannotFill } from './expand.ts';
import { UnreadableSource, KeyConflict } from './copy.ts';

const FULL = ['ENOSPC', 'EDQUOT'];
const CLOSED = ['EACCES', 'EPERM', 'EROFS'];

/** Why nothing could be published; what was published before stays as it is. */
export function explainPublish(error: unknown, directory: string): Failure {
  if (error instanceof SwappedWhileReading) {
    return {
      outcome: 'not-ready',
      reason: 'what was copied is not what was read before',
      remedy: 'none needed: it is tried again',
    };
  }
  if (error instanceof KeyConflict) {
    return {
      outcome: 'held',
      reason: `${error.message}, and only one can be published`,
      remedy:
        'give one of them another name, or set REHUP_MERGE=later, which takes what the later source has',
    };
  }
  if (error instanceof UnreadableSource) {
    const { message: reason, remedy, isClosed } = error;
    return { outcome: isClosed ? 'not-permitted' : 'not-ready', reason, remedy };
  }
  if (error instanceof InvalidPathError) {
    const { path, reason } = error;
    return { outcome: 'held', reason: `the key ${path} ${reason}`, remedy: 'rename the key' };
  }
  if (error instanceof CannotWriteEnv) {
    return {
      outcome: 'held',
      reason: `${error.message}: it cannot be published in the form env`,
      remedy: 'correct the key, or take another form for it (REHUP_PUBLISH_AS)',
    };
  }
  if (error instanceof CannotFill) {
    return {
      outcome: 'held',
      reason: error.message,
      remedy: 'correct the key, or give the rehup container what it refers to',
    };
  }
  const code = errorCode(error) ?? '';
  if (FULL.includes(code)) {
    return {
      outcome: 'not-ready',
      reason: `there is no room left in ${directory} (${code}); what is published stays as it is`,
      remedy:
        'give the emptyDir room for three times the content: volumes: [{name: <volume>, emptyDir: {sizeLimit: 16Mi}}]',
    };
  }
  if (CLOSED.includes(code)) {
    return {
      outcome: 'not-permitted',
      reason: `${directory} cannot be written: ${reasonOf(error)}`,
      remedy:
        'mount an emptyDir there in the rehup container, without readOnly, and let both be of its user or group: securityContext: {fsGroup: <id>} in the pod',
    };
  }
  if (code === '' && !(error instanceof Plain)) throw error;
  return {
    outcome: 'not-ready',
    reason: `nothing could be published in ${directory}: ${reasonOf(error)}`,
    remedy: 'mount an emptyDir there in the rehup container, without readOnly',
  };
}
