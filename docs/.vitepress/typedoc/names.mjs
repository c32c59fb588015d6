// Modules are called what they are imported as, not where they lie.
import { Converter, ReflectionKind } from 'typedoc';

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const [room, , ...subpath] = module.name.split('/');
      module.name = ['@sokker', room, ...subpath].join('/');
    }
  });
}
