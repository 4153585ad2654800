/** As the kubelet writes `metadata.annotations` into a downwardAPI volume: `key="value"`, one a line. */
const MARK = 'rehup.dev/sync=';
const LINE = /^rehup\.dev\/sync=.*(?:\n|$)/gm;

/**
 * Content without the annotation by which rehup itself makes the kubelet sync the pod: that one
 * changes with each update, and must not look like one.
 */
export function hideOwnAnnotation(content: Buffer): Buffer {
  if (!content.includes(MARK)) return content;
  const rest = content.toString('latin1').replaceAll(LINE, '');
  // The kubelet ends the last line without a line break, whichever that is.
  return Buffer.from(rest.replace(/\n$/, ''), 'latin1');
}
