/** Configuration files, as the documentation has them, and what YAML can do besides. */
export const configFiles = [
  `settle: 1s
logLevel: debug
rules:
  - name: nginx
    watch: /etc/nginx/conf.d
    target: container:nginx
    validate: ["*.conf=not-empty"]
  - name: tls
    watch: [/etc/tls, /etc/ca]
    url: http://127.0.0.1:8080/-/reload
    header:
      - "Authorization: Bearer abc"
      - "X-Hash: {{hash}}"
    success: [200, 204]
    dryRun: true
    retries: 3
`,
  `# all of one process
watch: auto
exec: [nginx, -s, reload]
stateDir: /var/lib/rehup
listen: off
`,
  `rules:
  - &base
    name: a
    watch: /etc/a
    body: |
      {"hash": "{{hash}}"}
  - <<: *base
    name: b
`,
  `{"rules": [{"name": "json", "url": "https://user:secret@app/reload", "minAge": "5s"}]}`,
  'watch: &list [*list]\n',
  'exec: &list [a, *list]\nrules: &rules [{name: x, watch: *list}, *rules]\n',
  '%YAML 1.1\n---\nrules: !!set {a, b}\nlisten: 0o17\nsettle: 1:30\ndryRun: yes\n',
  '--- !!binary aGVsbG8=\n...\n---\nsecond: document\n',
] as const;

export const configFileJunk = [
  ': ',
  '- ',
  '  ',
  '\n  - ',
  '\nrules:\n',
  '\nname: ',
  '&a ',
  '*a',
  '*list',
  '<<: ',
  '!!set ',
  '!!binary ',
  '!!timestamp 2001-01-01',
  '!custom ',
  '? ',
  '| ',
  '>-\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '%YAML 1.1\n',
  '---\n',
  '...\n',
  '~',
  'null',
  '.inf',
  '.nan',
  '-0',
  '0xff',
  '1_000',
  'watch',
  'exec',
  'config',
  'settel',
] as const;
