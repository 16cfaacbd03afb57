// Imported first by every entry point: an old Node would otherwise stop somewhere deep, in a way that says nothing.
// Plain syntax and process only, so that even a very old Node can read it.
const wanted = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
  console.error(
    `Svodka needs Node ${wanted.join('.')} or newer; this is Node ${process.versions.node} (${process.execPath}).`,
  );
  process.exit(1);
}
