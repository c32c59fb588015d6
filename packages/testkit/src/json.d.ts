/** Fixture files are read as they are: fixtures/schema.json, not the compiler, says what is in them. */
declare module '*.json' {
  const content: unknown;
  export default content;
}
