import type { Action, Escalation } from '../act/action.ts';
import type { RetryPolicy } from '../../system/retry.ts';
import type { Counts, GlobInput } from '../../config/globs.ts';
import type { Ends } from '../ends.ts';
import type { Decision, EventBus } from '../events.ts';
import type { Burst } from '../settle.ts';
import type { View } from '../snapshot/view.ts';
import { announceSoon } from './announce-soon.ts';
import { attempt, type AttemptInput, attemptInTurn } from './attempt.ts';
import { whoKeptIt } from './comeback.ts';
import { conclude } from './conclude.ts';
import { changedOnly, type Content, hasMoved, hasStayed, newestOf, observe } from './content.ts';
import { aboutOf, type About, decide, nothingReadable, type Step } from './decide.ts';
import { chooseAction } from './escalation.ts';
import { type Knowledge, learn, nothingKnown } from './knowledge.ts';
import { assume, holdersOfApplied, type Ledger } from './ledger.ts';
import { isWhole, lookBack, type LookBackParts, sourcesOf } from './look-back.ts';
import { previewTargets, type Preview } from './preview.ts';
import type { Publishing } from './published.ts';

export type RuleParts = LookBackParts & {
  counts: Counts;
  /** What `counts` is made of, for reports; absent where every key counts. */
  globs?: GlobInput;
  retry: RetryPolicy;
  escalation?: Escalation;
  random: () => number;
  /** Where the app sees another directory than the sources. */
  publishing?: Publishing | undefined;
  events: EventBus;
  /** The longest time from a change of a mount to the first hint of it, in milliseconds. */
  hintWithinMs: number;
};

/** One look at the content, what brought it about, and a way to look once more. */
export type Turn = { view: View; burst: Burst; readAgain: (signal: AbortSignal) => Promise<View> };

export type Considered = {
  /** When to come back without a hint, in milliseconds. */
  retryInMs?: number;
  /** The app was acted on. */
  acted: boolean;
  /** Time went into an attempt. */
  attempted?: true;
  /** The content is another by now, and nothing was done: it is to be looked at again. */
  movedOn?: true;
  /** There was nothing to do; says so, if no other rule had anything to do either. */
  sayIdle?: () => void;
};

export type Rule = {
  name: string;
  action: Action['kind'];
  globs?: GlobInput;
  /** Takes the first look. Acts on nobody. */
  begin: (view: View) => void;
  /** Compares what was read with what is applied, and reloads the app where they differ. */
  consider: (turn: Turn, ends: Ends) => Promise<Considered>;
  /** Whom it would act on now. */
  preview: () => Preview;
  /** What it knows now, for reports; a copy of nothing. */
  inspect: () => RuleKnowledge;
};

export type RuleKnowledge = Pick<Knowledge, 'content' | 'ledger'>;

/** What is known once something was read. */
type Known = Knowledge & { content: Content };

/**
 * One rule: the only place where its knowledge changes. A turn is taken in (`learn`), decided on
 * (`decide`), carried out (`attempt`), and what came of that is taken in as well (`conclude`). Here is
 * only what those four, which are pure or given all they touch, leave over: to tell, and to write down
 * what must outlive this process.
 */
export function createRule(parts: RuleParts): Rule {
  const { name, events, clock, memory, publishing } = parts;
  let knowledge = nothingKnown;

  const say = (said: Pick<Decision, 'outcome'> & About & Partial<Decision>): void => {
    const { pending } = knowledge.ledger;
    const common = { rule: name, action: parts.action.kind, targets: [] };
    events.emit('decided', { ...common, ...said, pending: pending !== undefined });
  };
  /** Other rules may watch other mounts. */
  const ownView = (view: View): View =>
    new Map([...view].filter(([mount]) => sourcesOf(parts).includes(mount)));

  const remember = ({ ledger }: Knowledge): void => {
    // Of a mount that cannot be read yet, what was remembered still holds.
    if (!isWhole(parts, ledger.applied) && memory.recall(name) !== undefined) return;
    memory.remember(name, ledger.applied, holdersOfApplied(ledger));
  };
  /** Without a reload: who has the content may turn out to be others than was remembered. */
  const correct = (ledger: Ledger): void => {
    const before = holdersOfApplied(knowledge.ledger).join(' ');
    // Both of the content that was applied so far.
    const after = holdersOfApplied({ ...ledger, applied: knowledge.ledger.applied }).join(' ');
    knowledge = { ...knowledge, ledger };
    if (before === after || parts.dryRun || memory.recall(name) === undefined) return;
    memory.forget(name);
    remember(knowledge);
  };
  const apply = (ledger: Ledger): void => {
    knowledge = { ...knowledge, ledger };
    if (!ledger.doubt) remember(knowledge);
    events.emit('applied', { rule: name, snapshots: ledger.applied });
  };
  const tellCircuit = (open: boolean): void => void events.emit('circuit', { rule: name, open });

  /** Takes in what was read. */
  const takeIn = (view: View, burst: Burst): Known => {
    const hintedMs = clock.uptime() - (clock.elapsed() - burst.sinceMs);
    const seen = { view, quietUntilMs: hintedMs - parts.hintWithinMs };
    const { knowledge: next, superseded, comeback } = learn(knowledge, seen, parts.counts);
    const { hash, snapshots } = next.content;
    if (knowledge.content?.hash !== hash) events.emit('desired', { rule: name, snapshots });
    if (superseded) {
      const about = { changes: new Map(), hash: superseded.hash };
      say({ outcome: 'superseded', ...about, reason: 'newer content arrived' });
    }
    knowledge = next;
    // Another content gives a broken circuit another chance.
    if (superseded?.exhausted === true) tellCircuit(false);
    if (comeback === undefined) return next;
    const found = whoKeptIt(parts.resolve(parts.watched), comeback, next.ledger.known);
    if (found === undefined) return next;
    correct(assume(next.content, found, next.ledger.known));
    return { ...next, ...knowledge, content: next.content };
  };

  const dueIn = (): Considered => {
    const retryMs = knowledge.ledger.pending?.retryAtMs ?? Number.POSITIVE_INFINITY;
    const lookMs = publishing?.lookInMs() ?? Number.POSITIVE_INFINITY;
    const leftMs = Math.min(retryMs - clock.elapsed(), lookMs);
    const isDue = Number.isFinite(leftMs);
    return isDue ? { acted: false, retryInMs: Math.max(0, leftMs) } : { acted: false };
  };

  const inputOf = (known: Known, { burst, readAgain }: Turn, ends: Ends): AttemptInput => {
    const { content, ledger } = known;
    const about = aboutOf(known);
    return {
      ...about,
      snapshots: content.snapshots,
      about: changedOnly(parts.watched, about.changes),
      becameAtMs: newestOf(content, [...about.changes.keys()])?.becameAtMs ?? 0,
      force: burst.force,
      known: ledger.known,
      // Whoever starts after us must not believe that the app still has what it had.
      beforeActing: () => memory.forget(name),
      hasMoved: async () => hasMoved(content, await readAgain(ends.soon), parts.counts),
      hasStayed: async () => hasStayed(content, await readAgain(ends.now), parts.counts),
    };
  };

  /** What is published already and not proved yet, while what the sources hold waits or is held. */
  const complete = async (done: Considered, turn: Turn, ends: Ends): Promise<Considered> => {
    const { content } = knowledge;
    if (publishing === undefined || content === undefined || done.movedOn) return done;
    const input = inputOf({ ...knowledge, content }, turn, ends);
    const completed = await publishing.complete(parts, input, ends);
    if (completed === undefined) return done;
    const { known, said, acted } = completed;
    correct({ ...knowledge.ledger, known });
    if (said) say({ action: parts.action.kind, ...said });
    return { ...done, acted: done.acted || acted, attempted: true };
  };

  const carryOut = async (
    { isUpdate, lookOnly }: Extract<Step, { do: 'attempt' }>,
    known: Known,
    turn: Turn,
    ends: Ends,
  ): Promise<Considered> => {
    const { content, ledger } = known;
    const about = aboutOf(known);
    const announced = isUpdate
      ? announceSoon(() => void events.emit('update-seen', { rule: name, ...about }))
      : undefined;
    const startMs = clock.elapsed();
    const action = chooseAction(parts.action, parts.escalation, ledger.pending);
    const result = await attemptInTurn(
      publishing?.attempt ?? attempt,
      publishing && publishing.hasPublished() && publishing.isBehind(content.hash),
      { ...parts, action },
      { ...inputOf(known, turn, ends), lookOnly },
      ends,
    ).finally(announced);
    if ('movedOn' in result) return { acted: false, attempted: true, movedOn: true };
    const [nowMs, toMs] = [clock.elapsed(), clock.uptime()];
    const took = { fromMs: toMs - (nowMs - startMs), toMs };
    const escalated = action !== parts.action;
    const ended = { content, about, result, took, nowMs, escalated };
    const concluded = conclude(ledger, ended, parts);
    if (concluded.circuit === 'closes') tellCircuit(false);
    // A dry run must not make a later real one believe that the content was applied.
    if ('failure' in result) correct(concluded.ledger);
    else if (result.outcome === 'dry-run') knowledge = { ...knowledge, ledger: concluded.ledger };
    else apply(concluded.ledger);
    if (concluded.said === undefined || result.silent === true) return dueIn();
    say({ action: action.kind, ...about, ...concluded.said });
    if (concluded.circuit === 'opens') tellCircuit(true);
    return { ...dueIn(), acted: result.actedAtMs !== undefined, attempted: true };
  };

  return {
    name,
    action: parts.action.kind,
    ...(parts.globs && { globs: parts.globs }),
    preview: () => previewTargets(parts),
    inspect: () => knowledge,
    begin: (view) => {
      const content = observe(undefined, ownView(view), parts.counts);
      const isBehind = publishing?.isBehind(content.hash) === true;
      const standing = isBehind ? { holders: [], doubt: true } : lookBack(parts, content);
      const ledger = assume(content, standing);
      knowledge = { ...nothingKnown, content, ledger };
      events.emit('desired', { rule: name, snapshots: content.snapshots });
      if (!ledger.doubt) apply(ledger);
    },
    consider: async (turn, ends) => {
      const { burst } = turn;
      const before = knowledge.content;
      const view = ownView(turn.view);
      const known = takeIn(view, burst);
      const look = { isReadable: view.size > 0, nowMs: clock.elapsed() };
      const decided = decide({ knowledge: known, before, burst, ...look });
      const trouble = decided.do === 'rest' && (await publishing?.refresh(known, before, ends));
      const isOpen = decided.do === 'rest' && publishing?.isOpen() === true;
      const step: Step = isOpen ? { do: 'attempt', isUpdate: false, lookOnly: undefined } : decided;
      const said = trouble || (step.do === 'rest' && step.say && { outcome: step.say });
      switch (step.do) {
        case 'rest':
          if (!said) return { acted: false };
          return { acted: false, sayIdle: () => say({ ...said, ...aboutOf(known) }) };
        case 'refuse':
          if (step.say) say({ outcome: 'not-ready', ...aboutOf(known), ...nothingReadable });
          return { acted: false };
        case 'wait':
          return await complete(dueIn(), turn, ends);
        case 'attempt':
          return await complete(await carryOut(step, known, turn, ends), turn, ends);
        default:
          return step satisfies never;
      }
    },
  };
}
