import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { dataSourceNamed } from '../datasets/dataSources.ts';
import { fitImages } from '../datasets/fitImages.ts';
import { splitSamples, type Split } from '../datasets/splitSamples.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { feedsOf, type NetworkFeeds } from './networkFeeds.ts';

/** A data set as one network takes it. */
export interface PreparedData {
  /** `[samples, sampleSize]`. */
  readonly images: Float32Array;
  readonly labels: Int32Array;
  /** Elements of one image. */
  readonly sampleSize: number;
  readonly split: Split;
  readonly feeds: NetworkFeeds;
  readonly notices: readonly string[];
}

/** Loads the data, fits them to the network and splits them. Throws a `HostFailure` where that cannot be done. */
export async function prepareData(lowered: LoweredDocument, settings: TrainingSettings): Promise<PreparedData> {
  const feeds = feedsOf(lowered);
  const data = await dataSourceNamed(settings.data).load();
  const classes = data.description.classes.length;
  if (feeds.output.classes !== classes) {
    throw new HostFailure({
      code: 'data/classes-mismatch',
      message: `"${data.description.title}" has ${classes} classes, but the network's output "${feeds.output.path}" has ${feeds.output.classes}.`,
      expected: `${classes} classes`,
      received: `${feeds.output.classes} classes`,
      remedy: `Give the last Dense node ${classes} units, or choose other data.`,
    });
  }
  const { images, notices } = fitImages(data, feeds.input.type);
  const samples = data.labels.length;
  if (samples < 2) {
    throw new HostFailure({
      code: 'data/too-few',
      message: `"${data.description.title}" has ${samples} sample; training and validation need one each.`,
      remedy: 'Choose a larger data set.',
    });
  }
  const split = splitSamples(samples, settings.validationShare, settings.seed);
  return { images, labels: data.labels, sampleSize: images.length / samples, split, feeds, notices };
}
