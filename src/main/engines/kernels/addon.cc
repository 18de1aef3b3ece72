// Loaded by Node after TensorFlow: makes our ops known to it. What this module exports are their names.
#include "kernel.h"
#include "node_api.h"

NAPI_MODULE_INIT() {
  // Ops are the process's; a second load of the module in another thread must not register them again.
  static const bool registered = (skipwire::registerNormalization(), true);
  (void)registered;
  napi_value name;
  napi_create_string_utf8(env, "normalization", NAPI_AUTO_LENGTH, &name);
  napi_set_element(env, exports, 0, name);
  return exports;
}
