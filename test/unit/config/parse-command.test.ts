import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/config/parse-command.ts';

describe('parseCommand', () => {
  it.each<[raw: string, words: string[]]>([
    ['nginx -s reload', ['nginx', '-s', 'reload']],
    ['  nginx\t-s   reload \n', ['nginx', '-s', 'reload']],
    [`node '/scripts/my reload.mjs'`, ['node', '/scripts/my reload.mjs']],
    [`a "b 'c' \\" \\\\ \\x" d`, ['a', `b 'c' " \\ \\x`, 'd']],
    [`a'b c'"d e"f\\ g`, ['ab cd ef g']],
    [`a '' ""`, ['a', '', '']],
    ['a\\\n b "c\\\nd"', ['a', 'b', 'cd']],
    ['a $HOME ${HOME} "$HOME" \'$HOME\' ~/x', ['a', '$HOME', '${HOME}', '$HOME', '$HOME', '~/x']],
    ['a b#c x=1 {d,e}', ['a', 'b#c', 'x=1', '{d,e}']],
    [`a '*' "?" \\[ "|" '&&' "#" \\#`, ['a', '*', '?', '[', '|', '&&', '#', '#']],
    ['a b\\ ', ['a', 'b ']],
    [' ["nginx", "-s", "re load"]\n', ['nginx', '-s', 're load']],
  ])('splits %j', (raw, words) => {
    expect(parseCommand(raw)).toEqual(words);
  });

  const noShell = 'and there is no shell to carry it out';
  it.each<[raw: string, reason: string]>([
    ['', 'names no program'],
    ["''", 'names no program'],
    ['[]', 'names no program'],
    ['["a", 1]', 'begins with [ but is not a JSON array of strings'],
    ['[a-z]*', 'begins with [ but is not a JSON array of strings'],
    [`a 'b`, 'has a quote at character 3 that is never closed'],
    [`a "b\\"`, 'has a quote at character 3 that is never closed'],
    ['a b\\', 'ends with a backslash that quotes nothing'],
    ['a | b', `has the operator | at character 3, ${noShell}`],
    ['a && b', `has the operator & at character 3, ${noShell}`],
    ['a; b', `has the operator ; at character 2, ${noShell}`],
    ['a > /dev/null', `has the operator > at character 3, ${noShell}`],
    ['a < b', `has the operator < at character 3, ${noShell}`],
    ['(a)', `has the operator ( at character 1, ${noShell}`],
    ['a\nb', `has a line break at character 2, ${noShell}`],
    ['a *.conf', `has the pattern character * at character 3, ${noShell}`],
    ['a b?', `has the pattern character ? at character 4, ${noShell}`],
    ['a [b]', `has the pattern character [ at character 3, ${noShell}`],
    ['a # b', `has a comment at character 3, ${noShell}`],
    ['a $(b)', `has $( at character 3, ${noShell}`],
    ['a "$(b)"', `has $( at character 4, ${noShell}`],
    ['a `b`', `has a backquote at character 3, ${noShell}`],
    ['a "`b`"', `has a backquote at character 4, ${noShell}`],
    ['A=1 b', 'begins with an assignment, and there is no shell to carry it out'],
    ['["a", "\\u0000"]', 'holds a NUL character'],
  ])('refuses %j', (raw, reason) => {
    expect(() => parseCommand(raw)).toThrow(reason);
  });
});
