import { isHotPath } from './hot-path.js';
import { houseRule } from './rule.js';

/** Globals of Node that are getters: to read one takes longer than to read four bytes of a frame. */
const GETTERS: ReadonlySet<string> = new Set(['Buffer', 'process', 'performance']);

/** An import is a constant to the compiler; a global that is a getter is looked up and called each time. */
export const importedGlobals = houseRule({
  description: 'In a hot path Buffer, process and performance are imported',
  message: "Import it from its module, as in `import { Buffer } from 'node:buffer'`: the global is a getter.",
  visit(report, { sourceCode }) {
    if (!isHotPath(sourceCode.text)) return {};
    return {
      'Program:exit': () => {
        for (const { identifier, isValueReference } of sourceCode.scopeManager?.globalScope?.through ?? []) {
          if (isValueReference && GETTERS.has(identifier.name)) report(identifier);
        }
      },
    };
  },
});
