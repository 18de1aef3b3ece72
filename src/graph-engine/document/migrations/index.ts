import { FORMAT_VERSION } from '../schema.ts';

/** Turns the plain JSON of format version `to - 1` into version `to`. Pure; released versions are never edited. */
export interface Migration {
  readonly to: number;
  readonly description: string;
  migrate(json: Readonly<Record<string, unknown>>): Record<string, unknown>;
}

/** Numbered without gaps from 2 up to the present version; version 1 is the first. */
export const migrations: readonly Migration[] = [];

for (const [index, migration] of migrations.entries()) {
  if (migration.to !== index + 2)
    throw new Error(`Migration ${index} leads to version ${migration.to}, expected ${index + 2}`);
}
if (migrations.length !== FORMAT_VERSION - 1)
  throw new Error(`Version ${FORMAT_VERSION} needs ${FORMAT_VERSION - 1} migrations`);
