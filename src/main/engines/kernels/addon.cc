// Loaded by Node after TensorFlow: makes our ops known to it. What this module exports are the names of what it has.
#include "kernel.h"
#include "node_api.h"
#ifdef SKIPWIRE_LENT_THREADS
#include "lentThreads.h"
#endif

namespace {

const char *const FAMILIES[] = {
    "normalization",
#ifdef SKIPWIRE_LENT_THREADS
    "threads",
#endif
};

bool registerAll() {
  skipwire::registerNormalization();
#ifdef SKIPWIRE_LENT_THREADS
  skipwire::lendThreads();
#endif
  return true;
}

}  // namespace

NAPI_MODULE_INIT() {
  // Ops are the process's; a second load of the module in another thread must not register them again.
  static const bool registered = registerAll();
  (void)registered;
  uint32_t index = 0;
  for (const char *family : FAMILIES) {
    napi_value name;
    napi_create_string_utf8(env, family, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, exports, index++, name);
  }
  return exports;
}
