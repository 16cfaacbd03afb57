// node scripts/types.mjs tsconfig.json: what tsc reports, and promises that nobody waits for.
//
// The linter's own rule sees promises of our functions only; most of those that matter (a driver's, the file
// system's) come typed from packages, and with the type checker at hand they cost nothing more to find.
// `void work()` says that it is meant.
//
// Looked at are the files that the configuration names: what they import of others has its own.
import { relative } from 'node:path';
import ts from 'typescript';

const host = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
  },
};
const config = ts.getParsedCommandLineOfConfigFile(process.argv[2], undefined, host);
const program = ts.createProgram({
  rootNames: config.fileNames,
  options: config.options,
  configFileParsingDiagnostics: config.errors,
});
const checker = program.getTypeChecker();

function isThenable(type) {
  if (type.isUnionOrIntersection()) return type.types.some(isThenable);
  const then = type.getProperty('then');
  return then !== undefined && checker.getTypeOfSymbol(then).getCallSignatures().length > 0;
}

/** A promise handled in place: .then(done, failed), .catch(failed), and .finally after either. */
function isHandled(call) {
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return false;
  const { name, expression } = call.expression;
  if (name.text === 'catch') return call.arguments.length >= 1;
  if (name.text === 'then') return call.arguments.length >= 2;
  return name.text === 'finally' && isHandled(ts.skipParentheses(expression));
}

/** The parts of a statement's expression whose value is dropped. */
function dropped(expression) {
  const bare = ts.skipParentheses(expression);
  if (ts.isConditionalExpression(bare)) return [...dropped(bare.whenTrue), ...dropped(bare.whenFalse)];
  if (!ts.isBinaryExpression(bare)) return [bare];
  const { kind } = bare.operatorToken;
  if (kind === ts.SyntaxKind.CommaToken) return [...dropped(bare.left), ...dropped(bare.right)];
  const logical = [
    ts.SyntaxKind.AmpersandAmpersandToken,
    ts.SyntaxKind.BarBarToken,
    ts.SyntaxKind.QuestionQuestionToken,
  ].includes(kind);
  return logical ? dropped(bare.right) : []; // an assignment keeps its value
}

const floating = [];
function walk(node) {
  if (ts.isExpressionStatement(node)) {
    for (const part of dropped(node.expression)) {
      if (ts.isCallExpression(part) && !isHandled(part) && isThenable(checker.getTypeAtLocation(part)))
        floating.push(part);
    }
  }
  ts.forEachChild(node, walk);
}

const diagnostics = [
  ...program.getConfigFileParsingDiagnostics(),
  ...program.getOptionsDiagnostics(),
  ...program.getGlobalDiagnostics(),
];
for (const name of config.fileNames) {
  const file = program.getSourceFile(name);
  diagnostics.push(...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file));
  if (!file.isDeclarationFile) walk(file);
}

if (diagnostics.length > 0)
  console.log(
    ts.formatDiagnostics(diagnostics, {
      getCurrentDirectory: process.cwd,
      getCanonicalFileName: (name) => name,
      getNewLine: () => '\n',
    }),
  );
for (const node of floating) {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  const text = node.getText().split('\n')[0].slice(0, 100);
  console.log(`${relative('', file.fileName)}:${line + 1}  a promise that nobody waits for: ${text}`);
}
process.exitCode = diagnostics.length + floating.length === 0 ? 0 : 1;
