/** The port (none for a socket), or why nothing listens. */
export type Started = { port?: number } | { reason: string; remedy: string };
