/** The oldest whose HTTP/2 gets fixes. */
const FIXED_MAJOR = 22;

let isSaid = false;

/** Says once what SECURITY.md says: the HTTP/2 of Node.js 20 has holes that are known and stay. */
export function warnOfOldNode(version = process.versions.node): void {
  if (isSaid || Number.parseInt(version, 10) >= FIXED_MAJOR) return;
  isSaid = true;
  process.emitWarning(`HTTP/2 of Node.js ${version} has known holes that are not fixed any more`, {
    type: 'SokkerWarning',
    code: 'SOKKER_OLD_NODE',
    detail:
      'For WebSockets over HTTP/2 use Node.js 22.23.2, 24.18.1, 26.5.1 or later; over HTTP/1.1 this does not matter.',
  });
}
