import os from 'node:os';
import path from 'node:path';
import type { Handlers } from '../../contract/contract.ts';
import { dataSources } from '../datasets/dataSources.ts';
import { listVersions, readVersion } from '../files/documentVersions.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { productVersion } from '../files/productRoot.ts';
import { newRunId } from '../runs/newRunId.ts';
import { listRuns, openRun } from '../runs/runArchive.ts';
import { readRun } from '../runs/runFolder.ts';
import { readHistograms, readStatistics } from '../runs/runStatistics.ts';
import { requireTrainable } from '../training/requireTrainable.ts';
import { listLibrary, removeFromLibrary, writeLibrary } from './blockLibrary.ts';
import type { HostServices } from './createHost.ts';
import { createArchiveHandlers } from './archiveRequests.ts';
import { createDataHandlers } from './dataRequests.ts';
import { checkDocuments, listFolder, readDocument, writeDocument } from './documentFiles.ts';
import { createDocumentJournal } from './documentJournal.ts';
import { createEngineHandlers, requireEngine } from './engineRequests.ts';
import { createEvaluationHandlers } from './evaluationRequests.ts';
import { createExaminationHandlers } from './examinationRequests.ts';
import { createExportHandlers } from './exportRequests.ts';
import { createImportHandlers } from './importRequests.ts';
import { createRecentDocuments } from './recentDocuments.ts';
import { createSampleSessions } from './sampleSessions.ts';
import { runControlHandlers } from './runControlHandlers.ts';
import { createSweepArchiveHandlers } from './sweepArchiveRequests.ts';
import { createSweepHandlers } from './sweepRequests.ts';
import { createTrialSessions } from './trialSessions.ts';

/** One function per request of the contract. */
export function createHandlers(services: HostServices): Handlers {
  const { workspace, runs, runsFolder, engines, prober, describeData } = services;
  const sessions = createSampleSessions(prober, (run) => workspace.resolve(`runs/${run}`));
  const recent = createRecentDocuments(workspace);
  const journal = createDocumentJournal(workspace);
  const trials = createTrialSessions(services);
  return {
    'host/describe': () =>
      answerOf(async () => ({
        version: productVersion,
        machine: os.hostname(),
        workspace: workspace.root,
        platform: process.platform,
        engines: await engines.list(),
      })),

    ...createEngineHandlers(services),
    'workspace/list': (input) => answerOf(() => listFolder(workspace, input)),
    'document/read': (input) =>
      answerOf(async () => {
        const document = await readDocument(workspace, input);
        if (!input.glance) await recent.remember(input.path);
        return document;
      }),
    'document/write': (input) =>
      answerOf(async () => {
        const written = await writeDocument(workspace, input);
        await recent.remember(input.path);
        return written;
      }),
    'document/check': (input) => answerOf(() => checkDocuments(workspace, input)),
    'document/recent': () => answerOf(async () => ({ documents: await recent.list() })),
    'document/versions': (input) =>
      answerOf(async () => ({ versions: await listVersions(await workspace.resolve(input.path)) })),
    'document/version': (input) =>
      answerOf(async () => ({ text: await readVersion(await workspace.resolve(input.path), input.revision) })),
    'journal/write': (input, caller) => answerOf(() => journal.write(input, caller)),
    'journal/remove': (input, caller) => answerOf(() => journal.remove(input, caller)),
    'journal/list': (input, caller) => answerOf(() => journal.list(input, caller)),
    'journal/read': (input, caller) => answerOf(() => journal.read(input, caller)),
    'library/list': () => answerOf(() => listLibrary(workspace)),
    'library/write': (input) => answerOf(() => writeLibrary(workspace, input)),
    'library/remove': (input) => answerOf(() => removeFromLibrary(workspace, input)),

    ...createDataHandlers(services),
    'data/list': () => answerOf(() => ({ dataSets: dataSources.map(({ description }) => description) })),

    'variance/measure': ({ document }) =>
      answerOf(async () => {
        const { points, batch } = await prober.variance(document);
        return { points: [...points], batch };
      }),
    'probe/open': (input) => answerOf(() => sessions.open(input)),
    'probe/samples': (input) => answerOf(() => sessions.samples(input)),
    'probe/read': (input) => answerOf(() => sessions.read(input)),

    'run/start': ({ document, documentPath, engine: wanted }) =>
      answerOf(async () => {
        await requireTrainable(document, describeData);
        await requireEngine(engines, wanted);
        const id = newRunId(runsFolder, document.name);
        await runs.start({ id, folder: path.join(runsFolder, id), document, documentPath, engine: wanted });
        return { run: id };
      }),

    'run/stop': ({ run }) =>
      answerOf(() => {
        if (runs.stop(run)) return {};
        throw new HostFailure({ code: 'run/not-running', message: `The run "${run}" is not going on.` });
      }),

    ...runControlHandlers(services),

    'run/list': () =>
      answerOf(async () => {
        const kept = runs.summaries();
        const others = await listRuns(runsFolder, new Set(kept.map(({ id }) => id)), workspace.root);
        return { runs: [...kept, ...others].toSorted((a, b) => b.started - a.started) };
      }),

    'run/read': ({ run }) =>
      answerOf(async () => {
        const folder = await workspace.resolve(`runs/${run}`);
        await runs.settled(run);
        if (!runs.active().has(run)) await openRun(folder);
        const record = await readRun(folder);
        const current = runs.summaries().find(({ id }) => id === run);
        return { ...record, summary: current ?? { ...record.summary, id: run } };
      }),

    'trial/run': (input) => answerOf(() => trials.run(input)),
    'trial/stop': (input) => answerOf(() => trials.stop(input)),

    'run/statistics': ({ run, after, most }) =>
      answerOf(async () => readStatistics(await workspace.resolve(`runs/${run}`), { after, most })),
    'run/histograms': ({ run, path: of, kind, most }) =>
      answerOf(async () => readHistograms(await workspace.resolve(`runs/${run}`), { path: of, kind }, most)),

    ...createArchiveHandlers(services),
    ...createExportHandlers(services),
    ...createImportHandlers(services),
    ...createEvaluationHandlers(services),
    ...createSweepHandlers(services),
    ...createSweepArchiveHandlers(services),
    ...createExaminationHandlers(services),
  } satisfies Handlers;
}
