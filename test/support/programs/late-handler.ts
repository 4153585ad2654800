// Installs its handler only when it is told to.
const [title = 'app'] = process.argv.slice(2);
process.title = title;
process.stdin.once('data', () => {
  process.on('SIGHUP', () => console.log('reloaded'));
  console.log('handling');
});
process.stdin.on('end', () => process.exit());
console.log('ready');
