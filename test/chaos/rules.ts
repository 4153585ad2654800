/** The file with one rule for each volume; broken, it is none that rehup can use. */
export function rulesFile(settleMs: number): string {
  return `settle: ${settleMs}ms
rules:
  - name: config
    watch: /etc/config
  - name: secret
    watch: /etc/secret
`;
}

export const BROKEN_RULES = 'rules: [';
