import ts from 'typescript';

export interface Import {
  /** As written: `./core.js`, `node:crypto`, `@sokker/frame`. */
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
}

/** Every module that a source names: static, type-only and dynamic imports, re-exports and `require`. */
export function importsOf(text: string): Import[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName, pos }) => ({ specifier: fileName, line: lineAt(text, pos) }));
}

/** The 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
