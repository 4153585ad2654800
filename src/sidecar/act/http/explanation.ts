import type { Failure } from '../../outcome.ts';

export type ExplainInput = {
  /** The option that names the URL. */
  option: string;
  url: URL;
  unixSocket: string | undefined;
  /** A client certificate was offered. */
  hasCertificate: boolean;
};

export type Explanation = { what: string; remedy: string } & Pick<Failure, 'check' | 'set'>;
