#include "normalizationTable.h"

#define LOOPS_NAMESPACE plain
#include "normalizationLoops.h"
#undef LOOPS_NAMESPACE

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SKIPWIRE_KINDS_OF_PROCESSOR 1
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,bmi2,prefer-vector-width=256")
#define LOOPS_NAMESPACE avx2
#include "normalizationLoops.h"
#undef LOOPS_NAMESPACE
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c,bmi2,avx512f,avx512bw,avx512vl,avx512dq,prefer-vector-width=512")
#define LOOPS_NAMESPACE avx512
#include "normalizationLoops.h"
#undef LOOPS_NAMESPACE
#pragma GCC pop_options
#endif

namespace skipwire {
namespace {

template <typename T>
NormalizationLoops<T> choose() {
#ifdef SKIPWIRE_KINDS_OF_PROCESSOR
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    return avx512::loops<T>();
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::loops<T>();
#endif
  return plain::loops<T>();
}

}  // namespace

template <>
const NormalizationLoops<float> &normalizationLoops<float>() {
  static const NormalizationLoops<float> chosen = choose<float>();
  return chosen;
}

template <>
const NormalizationLoops<uint16_t> &normalizationLoops<uint16_t>() {
  static const NormalizationLoops<uint16_t> chosen = choose<uint16_t>();
  return chosen;
}

}  // namespace skipwire
