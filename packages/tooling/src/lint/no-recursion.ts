import { AST_NODE_TYPES, type TSESTree } from '@typescript-eslint/utils';
import { houseRule } from './rule.js';

/**
 * A decoder or a flush that calls itself lets a peer choose how deep the stack gets. The rule finds the functions and
 * methods of one file that reach themselves through direct calls; a call inside a callback is another function's.
 */
export const noRecursion = houseRule({
  description: 'No function that reaches itself by direct calls within a file',
  message: 'This call leads back to the function it stands in: use a loop.',
  visit(report) {
    const calls: Call[] = [];
    return {
      CallExpression(node) {
        const from = callerOf(node);
        const to = calleeOf(node);
        if (from !== undefined && to !== undefined) calls.push({ node, from, to });
      },
      'Program:exit'() {
        for (const { node, from, to } of calls) if (reachable(to, calls).has(from)) report(node);
      },
    };
  },
});

interface Call {
  readonly node: TSESTree.Node;
  readonly from: string;
  readonly to: string;
}

function reachable(start: string, calls: readonly Call[]): Set<string> {
  const reached = new Set([start]);
  // A Set that grows while it is walked: each name is visited once.
  for (const name of reached) {
    for (const { from, to } of calls) if (from === name) reached.add(to);
  }
  return reached;
}

/** The function or method a call stands in; undefined for one without a name. */
function callerOf(call: TSESTree.Node): string | undefined {
  let node = call.parent;
  while (node && !isFunction(node)) node = node.parent;
  // ESLint says null above the Program, its types undefined.
  if (!node) return undefined;
  if (node.type === AST_NODE_TYPES.FunctionDeclaration) return node.id?.name;
  const { parent } = node;
  if (parent.type === AST_NODE_TYPES.VariableDeclarator) return nameOf(parent.id);
  const isMember = parent.type === AST_NODE_TYPES.MethodDefinition || parent.type === AST_NODE_TYPES.PropertyDefinition;
  return isMember ? memberName(parent.key, call) : undefined;
}

function calleeOf({ callee, parent }: TSESTree.CallExpression): string | undefined {
  if (callee.type !== AST_NODE_TYPES.MemberExpression) return nameOf(callee);
  const isOwn = callee.object.type === AST_NODE_TYPES.ThisExpression && !callee.computed;
  return isOwn ? memberName(callee.property, parent) : undefined;
}

type FunctionNode =
  | TSESTree.FunctionDeclaration
  | TSESTree.FunctionDeclarationWithName
  | TSESTree.FunctionExpression
  | TSESTree.ArrowFunctionExpression;

function isFunction(node: TSESTree.Node): node is FunctionNode {
  return (
    node.type === AST_NODE_TYPES.FunctionDeclaration ||
    node.type === AST_NODE_TYPES.FunctionExpression ||
    node.type === AST_NODE_TYPES.ArrowFunctionExpression
  );
}

/** `Decoder.next`, `Decoder.#next`: two classes of a file may use one name. */
function memberName(key: TSESTree.Node, inside: TSESTree.Node): string | undefined {
  const name = nameOf(key);
  let node: TSESTree.Node | undefined = inside;
  while (node && node.type !== AST_NODE_TYPES.ClassBody) node = node.parent;
  return name && `${node?.parent.id?.name ?? ''}.${name}`;
}

function nameOf(node: TSESTree.Node): string | undefined {
  if (node.type === AST_NODE_TYPES.PrivateIdentifier) return `#${node.name}`;
  return node.type === AST_NODE_TYPES.Identifier ? node.name : undefined;
}
