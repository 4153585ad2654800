/** A piece of what a program wrote to its terminal, and when, in seconds. */
export type Event = readonly [seconds: number, text: string];

type Span = { text: string; codes: string };
type Line = { spans: Span[]; fromS: number };

const WIDTH_PX = 8.4;
const LINE_PX = 19;
const PADDING_PX = 14;
/** How long the end of a recording stays before it begins anew. */
const REST_S = 5;

const COLOURS: Readonly<Record<string, string>> = {
  '1': 'font-weight:700',
  '2': 'opacity:.65',
  '31': 'fill:#ff7b72',
  '32': 'fill:#7ee787',
  '33': 'fill:#e3b341',
  '36': 'fill:#76e3ea',
};

/** A colour, a line break, or text. */
const PIECES = new RegExp(String.raw`\x1B\[([\d;]*)m|\r?\n|[^\x1B\r\n]+`, 'g');

/** What a terminal shows of output that only ever grows, as lines with the time at which each began. */
function readLines(events: readonly Event[], columns: number): Line[] {
  let line: Line = { spans: [], fromS: 0 };
  const lines = [line];
  let codes = '';
  let column = 0;
  const begin = (seconds: number): void => {
    line = { spans: [], fromS: seconds };
    lines.push(line);
    column = 0;
  };
  for (const [seconds, text] of events) {
    for (const [piece, code] of text.matchAll(PIECES)) {
      if (code !== undefined) codes = /^(?:0|22|39)?$/.test(code) ? '' : code;
      else if (piece.endsWith('\n')) begin(seconds);
      else {
        for (let rest = piece; rest !== '';) {
          if (column === columns) begin(seconds);
          if (line.spans.length === 0) line.fromS = seconds;
          const part = rest.slice(0, columns - column);
          line.spans.push({ text: part, codes });
          column += part.length;
          rest = rest.slice(part.length);
        }
      }
    }
  }
  while (lines.at(-1)?.spans.length === 0) lines.pop();
  return lines;
}

/** A terminal as a picture; with a recording, a line appears when it did. */
export function drawTerminal(title: string, events: readonly Event[], columns: number): string {
  const lines = readLines(events, columns);
  const width = Math.ceil(columns * WIDTH_PX) + 2 * PADDING_PX;
  const height = lines.length * LINE_PX + 2 * PADDING_PX;
  const endS = (lines.at(-1)?.fromS ?? 0) + REST_S;
  const moments = [...new Set(lines.map(({ fromS }) => fromS))].filter((fromS) => fromS > 0);
  const styles = moments.map((fromS, index) => {
    const share = ((100 * fromS) / endS).toFixed(2);
    return `@keyframes k${index}{0%,${share}%{opacity:0}${share}1%,to{opacity:1}}.m${index}{animation:k${index} ${endS.toFixed(1)}s step-end infinite}`;
  });
  const texts = lines.map(({ spans, fromS }, index) => {
    const moment = moments.indexOf(fromS);
    const y = PADDING_PX + (index + 0.75) * LINE_PX;
    const body = spans.map(({ text, codes }) => drawSpan(text, codes)).join('');
    if (body === '') return '';
    return `<text x="${PADDING_PX}" y="${y}"${moment < 0 ? '' : ` class="m${moment}"`}>${body}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>text{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6edf3;white-space:pre}
${styles.join('\n')}
@media (prefers-reduced-motion:reduce){text{animation:none!important}}</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${texts.filter((text) => text !== '').join('\n')}
</svg>
`;
}

function drawSpan(text: string, codes: string): string {
  const style = codes.split(';').flatMap((code) => COLOURS[code] ?? []);
  const shown = escapeXml(text);
  return style.length === 0 ? shown : `<tspan style="${style.join(';')}">${shown}</tspan>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
