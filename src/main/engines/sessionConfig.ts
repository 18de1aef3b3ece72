import { createHash } from 'node:crypto';
import { kernelRecipe } from './kernelSources.ts';

/** Read by the addon whenever it opens a session: a serialized ConfigProto in hexadecimal. */
const VARIABLE = 'SKIPWIRE_SESSION_CONFIG';

/**
 * `graph_options { rewrite_options { disable_meta_optimizer: true } }`. TensorFlow's optimizer looks at the whole graph
 * twice for every set of feeds and fetches: 13 of 16 seconds before the first step of ResNet-1001. What it would find the
 * compiler has done, and it must not merge what recomputes activations with what computed them.
 */
const CONFIG = '52055203980101';

/** Compiled into the addon before tfjs-node's own sources, which open sessions with the default options only. */
export const SESSION_CONFIG_HEADER = `#pragma once
#include <cstdio>
#include <cstdlib>
#include <string>
#include "tensorflow/c/c_api.h"

static inline TF_SessionOptions *SkipwireSessionOptions() {
  TF_SessionOptions *options = TF_NewSessionOptions();
  const char *digits = std::getenv("${VARIABLE}");
  if (digits == nullptr) return options;
  std::string config;
  for (; digits[0] != 0 && digits[1] != 0; digits += 2) {
    const char pair[] = {digits[0], digits[1], 0};
    config.push_back(static_cast<char>(std::strtol(pair, nullptr, 16)));
  }
  TF_Status *status = TF_NewStatus();
  TF_SetConfig(options, config.data(), config.size(), status);
  if (TF_GetCode(status) != TF_OK) std::fprintf(stderr, "${VARIABLE}: %s\\n", TF_Message(status));
  TF_DeleteStatus(status);
  return options;
}
#define TF_NewSessionOptions SkipwireSessionOptions
`;

/** Changes with what is compiled into the engine, so that an addon which was compiled without it is compiled again. */
export const addonRecipe = createHash('sha256')
  .update(SESSION_CONFIG_HEADER)
  .update(kernelRecipe)
  .digest('hex')
  .slice(0, 16);

/** Opens a session with the product's options. An addon that is not ours ignores them. */
export function withSessionConfig<T>(open: () => T): T {
  const before = process.env[VARIABLE];
  process.env[VARIABLE] = before ?? CONFIG;
  try {
    return open();
  } finally {
    if (before === undefined) delete process.env[VARIABLE];
  }
}
