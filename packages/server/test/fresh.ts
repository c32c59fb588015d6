/** A module of this package's sources anew, for one that does something once. @param path as a test would import it */
export function fresh<Module>(path: string): Module {
  let loaded: Module | undefined;
  jest.isolateModules(() => (loaded = jest.requireActual<Module & object>(path)));
  if (loaded === undefined) throw new Error('not loaded');
  return loaded;
}
