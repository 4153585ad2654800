import { placeMoment } from './place.ts';

/** Every decision as a mark, the newest at the right; each says in words what it stands for. */
export const timeLine = `
const placeMoment = ${placeMoment.toString()};
const CROSS = 'M-4-4L4 4M-4 4L4-4';

const markOf = (outcome) => TAKEN.has(outcome) ? make('circle', { r: 5 })
  : UNTOUCHED.has(outcome) ? make('circle', { r: 4, class: 'untouched' }) : make('path', { d: CROSS });

function timeLine(decisions) {
  if (decisions.length === 0) return [];
  const ages = decisions.map(({ time, first = time }) => [now - Date.parse(time), now - Date.parse(first)]);
  const oldest = Math.max(60_000, ...ages.map(([, first]) => first));
  const at = (age) => placeMoment(age, oldest) * .94 + 2 + '%';
  const ticks = [6e4, 6e5, 36e5, 216e5, 864e5, 6048e5].filter((age) => age < oldest * 1.01);
  return [
    make('svg', { class: 'line', role: 'img', 'aria-label': 'Time line of the last decisions' },
      make('line', { x1: at(oldest), x2: at(0), y1: 10, y2: 10 }),
      [0, ...ticks].map((age) => [
        make('line', { x1: at(age), x2: at(age), y1: 7, y2: 13 }),
        make('text', { x: at(age), y: 32 }, age ? showSpan(age) : 'now')]),
      decisions.map(({ outcome, times }, index) => make('g', { class: markClass(outcome) },
        make('line', { x1: at(ages[index][1]), x2: at(ages[index][0]), y1: 10, y2: 10 }),
        make('svg', { x: at(ages[index][0]), y: 10 }, markOf(outcome),
          make('title', {}, outcome + (times > 1 ? ' × ' + times : '') + ', ' + showSpan(ages[index][0]) + ' ago')))).reverse()),
    make('p', { class: 'dim key' }, '● reloaded  ○ nothing to do  ✕ failed')];
}
`;
