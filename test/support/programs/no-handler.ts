// Has no handler for any signal: each would kill it.
const [title = 'app'] = process.argv.slice(2);
process.title = title;
process.stdin.resume().on('end', () => process.exit());
console.log('ready');
