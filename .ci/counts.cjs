// counts.cjs REPORT SUITE: "PASSED FAILED" of vitest's JSON report on stdout, each failed test with its
// message on stderr. "0 0" where there is no report. Runs on any Node.
const [, , report, suite] = process.argv;
let read;
try {
  read = JSON.parse(require('node:fs').readFileSync(report, 'utf8'));
} catch {
  console.log(0, 0);
  process.exit();
}
console.log(read.numPassedTests, read.numFailedTests);
for (const file of read.testResults) {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  for (const test of failed) {
    console.error(`FAILED: ${suite}: ${file.name}: ${test.fullName}`);
    for (const message of test.failureMessages) console.error(message.slice(0, 4000));
  }
  // A file that could not be loaded has no tests, and a message of its own.
  if (file.status === 'failed' && failed.length === 0)
    console.error(`FAILED: ${suite}: ${file.name}: ${file.message}`);
}
