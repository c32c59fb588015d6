import { AST_NODE_TYPES, ESLintUtils, type TSESTree } from '@typescript-eslint/utils';
import ts from 'typescript';
import { type Context, houseRule } from './rule.js';

/**
 * An object keyed by a peer's string meets `__proto__` and `constructor` (GHSA-5v72-xg48-5rpm in `ws`). Where a string
 * came from cannot be seen, so in the rooms this binds no key is any string at all: a union of literals, as of a table
 * of ours, or a number is fine, and a Map takes the rest. Needs types.
 */
export const noKeyedObject = houseRule({
  description: 'No object that is read or written by a key of type string',
  message: 'No object keyed by any string here: use a Map, or a key of known literals.',
  visit(report, context) {
    const isAnyString = stringJudge(context);
    return {
      'MemberExpression[computed=true]': (node: TSESTree.MemberExpression) => {
        if (isAnyString(node.property)) report(node);
      },
      'Property[computed=true]': (node: TSESTree.Property) => {
        if (isAnyString(node.key)) report(node);
      },
      'BinaryExpression[operator="in"]': (node: TSESTree.BinaryExpression) => {
        if (isAnyString(node.left)) report(node);
      },
    };
  },
});

function stringJudge(context: Context): (node: TSESTree.Node) => boolean {
  const services = ESLintUtils.getParserServices(context);
  const checker = services.program.getTypeChecker();
  return (node) => {
    if (node.type === AST_NODE_TYPES.PrivateIdentifier) return false;
    const type = services.getTypeAtLocation(node);
    return includesString(checker.getBaseConstraintOfType(type) ?? type);
  };
}

function includesString(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some(includesString);
  return (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) !== 0;
}
