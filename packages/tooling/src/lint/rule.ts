import type { TSESLint, TSESTree } from '@typescript-eslint/utils';

export type Context = Readonly<TSESLint.RuleContext<'found', []>>;
export type Report = (node: TSESTree.Node) => void;

/** What a rule of this house is: one message, no options. */
export interface HouseRule {
  readonly description: string;
  readonly message: string;
  /** Makes the visitors of one file; a node handed to `report` is marked. */
  readonly visit: (report: Report, context: Context) => TSESLint.RuleListener;
}

/** Makes a rule that ESLint understands. */
export function houseRule({ description, message, visit }: HouseRule): TSESLint.RuleModule<'found'> {
  return {
    meta: { type: 'problem', docs: { description }, schema: [], messages: { found: message } },
    create: (context) => visit((node) => context.report({ node, messageId: 'found' }), context),
  };
}
