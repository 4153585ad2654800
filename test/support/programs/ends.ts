// Has a handler for SIGHUP, and ends at it, as the JVM and the Go runtime do.
const [title = 'app'] = process.argv.slice(2);
process.title = title;
process.on('SIGHUP', () => process.exit(129));
process.stdin.resume().on('end', () => process.exit());
console.log('ready');
