import type { Command } from 'commander';
import { formatSchemas } from '../../graph-engine/document/jsonSchema.ts';

/** Adds `schema`. */
export function registerSchemaCommand(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of documents, for editors and other programs')
    .option('--block', 'that of library blocks instead')
    .action(({ block = false }: { block?: boolean }) =>
      console.log(JSON.stringify(formatSchemas()[block ? 'block' : 'document'], null, 2)),
    );
}
