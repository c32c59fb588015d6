import { AST_NODE_TYPES, type TSESTree } from '@typescript-eslint/utils';
import { isHotPath } from './hot-path.js';
import { type Context, houseRule } from './rule.js';

type SourceCode = Context['sourceCode'];

/**
 * Memory that is not cleared has held other people's bytes (CVE-2016-10518, CVE-2026-45736 in `ws`). Outside of files
 * marked 'Hot path:' the very next statement must fill it, so that a reader sees at one glance that nothing leaks.
 */
export const noUnfilledAlloc = houseRule({
  description: 'Buffer.allocUnsafe only when the next statement fills it, or in a hot path',
  message: 'Uncleared memory: fill it in the next statement, or use Buffer.alloc.',
  visit(report, { sourceCode }) {
    if (isHotPath(sourceCode.text)) return {};
    return {
      'CallExpression[callee.property.name=/^allocUnsafe(Slow)?$/]': (call: TSESTree.CallExpression) => {
        if (!isFilledNext(call, sourceCode)) report(call);
      },
    };
  },
});

function isFilledNext(call: TSESTree.CallExpression, source: SourceCode): boolean {
  const declarator = call.parent;
  if (declarator.type !== AST_NODE_TYPES.VariableDeclarator) return false;
  if (declarator.id.type !== AST_NODE_TYPES.Identifier) return false;
  const next = statementAfter(declarator.parent);
  return next !== undefined && fills(next, declarator.id.name, source);
}

function statementAfter(statement: TSESTree.VariableDeclaration): TSESTree.Node | undefined {
  const block = statement.parent;
  if (block.type !== AST_NODE_TYPES.BlockStatement && block.type !== AST_NODE_TYPES.Program) return undefined;
  return block.body[block.body.indexOf(statement) + 1];
}

/** Whether somewhere in a statement the whole of `name` can be written: `.fill`, `.set`, `.copy(name)`, a loop. */
function fills(node: TSESTree.Node, name: string, source: SourceCode): boolean {
  if (node.type === AST_NODE_TYPES.CallExpression && isFillingCall(node, name)) return true;
  if (node.type === AST_NODE_TYPES.AssignmentExpression && isElementOf(node.left, name)) return isInLoop(node);
  return childrenOf(node, source).some((child) => fills(child, name, source));
}

function isFillingCall({ callee, arguments: given }: TSESTree.CallExpression, name: string): boolean {
  const takesIt = given.some((argument) => isNamed(argument, name));
  if (callee.type === AST_NODE_TYPES.Identifier) return takesIt && /fill/i.test(callee.name);
  if (callee.type !== AST_NODE_TYPES.MemberExpression || callee.property.type !== AST_NODE_TYPES.Identifier)
    return false;
  const method = callee.property.name;
  if (isNamed(callee.object, name)) return /^(?:fill|set|write.*)$/.test(method);
  return takesIt && /copy|fill|encodeInto/i.test(method);
}

function isElementOf(node: TSESTree.Node, name: string): boolean {
  return node.type === AST_NODE_TYPES.MemberExpression && node.computed && isNamed(node.object, name);
}

function isNamed(node: TSESTree.Node, name: string): boolean {
  return node.type === AST_NODE_TYPES.Identifier && node.name === name;
}

function isInLoop(node: TSESTree.Node): boolean {
  for (let at: TSESTree.Node | undefined = node; at && !at.type.includes('Function'); at = at.parent) {
    if (/^(?:For|While|DoWhile)/.test(at.type)) return true;
  }
  return false;
}

function childrenOf(node: TSESTree.Node, { visitorKeys }: SourceCode): TSESTree.Node[] {
  const children = new Map<string, unknown>(Object.entries(node));
  const values = (visitorKeys[node.type] ?? []).flatMap((key) => children.get(key) ?? []);
  return values as TSESTree.Node[];
}
