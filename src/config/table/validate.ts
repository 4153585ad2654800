import { option } from '../option.ts';
import { parseCommand } from '../parse-command.ts';
import { parseKeyPaths, parseValidation } from '../parse-validate.ts';

const group = 'Validation';

export const validateOptions = {
  validate: option({
    flag: 'validate',
    placeholder: 'CHECKS',
    group,
    help: 'What new content must be before the app is told of it, as GLOB=CHECK, comma separated: json, yaml, toml, ini, env, pem, certificate (in force, and its private key NAME.key or certificate:KEY fits), not-empty',
    parse: parseValidation,
    separator: ',',
  }),
  requireKeys: option({
    flag: 'require-keys',
    placeholder: 'KEYS',
    group,
    help: 'Key paths that must be there, comma separated; one that begins with / has the mount path in front',
    parse: parseKeyPaths,
    separator: ',',
  }),
  validateExec: option({
    flag: 'validate-exec',
    placeholder: 'COMMAND',
    group,
    separator: 'json',
    help: 'Program that checks new content, without a shell; the directory of the content is its last argument, anything but exit code 0 means invalid. Its output is logged as it is: it must print no secrets',
    parse: parseCommand,
    secret: true,
  }),
};
