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

/** `inter_op_parallelism_threads: -1`: all ops in the thread that runs the session, one after the other. */
const IN_CALLERS_THREAD = '28ffffffffffffffffff01';

/** Compiled into the addon before tfjs-node's own sources, which open sessions with the default options only. */
export const SESSION_CONFIG_HEADER = `#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
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

// TensorFlow's threads take numbers too small to be normal for zero. So must Node's, but only while it computes.
struct SkipwireFlushDenormals {
#if defined(__x86_64__)
  unsigned before = _mm_getcsr();
  SkipwireFlushDenormals() { _mm_setcsr(before | 0x8040); }
  ~SkipwireFlushDenormals() { _mm_setcsr(before); }
#elif defined(__aarch64__)
  uint64_t before;
  SkipwireFlushDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(before));
    asm volatile("msr fpcr, %0" : : "r"(before | (uint64_t{1} << 24)));
  }
  ~SkipwireFlushDenormals() { asm volatile("msr fpcr, %0" : : "r"(before)); }
#endif
};

template <typename... Given>
static inline void SkipwireSessionRun(Given... given) {
  const SkipwireFlushDenormals flush;
  TF_SessionRun(given...);
}
#define TF_SessionRun SkipwireSessionRun
`;

/** Changes with what is compiled into the engine, so that an addon which was compiled without it is compiled again. */
export const addonRecipe = createHash('sha256')
  .update(SESSION_CONFIG_HEADER)
  .update(kernelRecipe)
  .digest('hex')
  .slice(0, 16);

/** How a session computes. */
export interface SessionSettings {
  /** All ops in the thread that runs the session, one after the other, instead of several at a time in TensorFlow's threads. */
  readonly inCallersThread: boolean;
}

/** Opens a session with the product's options. An addon that is not ours ignores them. */
export function withSessionConfig<T>({ inCallersThread }: SessionSettings, open: () => T): T {
  const before = process.env[VARIABLE];
  process.env[VARIABLE] = before ?? `${CONFIG}${inCallersThread ? IN_CALLERS_THREAD : ''}`;
  try {
    return open();
  } finally {
    if (before === undefined) delete process.env[VARIABLE];
  }
}
