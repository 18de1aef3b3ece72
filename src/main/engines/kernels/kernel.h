// What kernels have in common: tensors of TensorFlow that are let go of at the end, and errors that it hears.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// Else the header asks for others, which engines come without.
#define IS_SLIM_BUILD
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace skipwire {

struct Release {
  void operator()(TF_Tensor *tensor) const { TF_DeleteTensor(tensor); }
  void operator()(TF_Status *status) const { TF_DeleteStatus(status); }
};
using Tensor = std::unique_ptr<TF_Tensor, Release>;
using Status = std::unique_ptr<TF_Status, Release>;

template <typename T>
T *dataOf(const Tensor &tensor) {
  return static_cast<T *>(TF_TensorData(tensor.get()));
}

inline std::vector<int64_t> dimsOf(const Tensor &tensor) {
  std::vector<int64_t> dims(TF_NumDims(tensor.get()));
  for (size_t axis = 0; axis < dims.size(); axis++) dims[axis] = TF_Dim(tensor.get(), static_cast<int>(axis));
  return dims;
}

inline int64_t countOf(const std::vector<int64_t> &dims) {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  return count;
}

// One call of a kernel. The first error is told to TensorFlow; `failed` says that there was one.
class Call {
 public:
  explicit Call(TF_OpKernelContext *context) : context_(context), status_(TF_NewStatus()) {}

  Tensor input(int index) {
    TF_Tensor *tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_.get());
    check();
    return Tensor(tensor);
  }

  Tensor output(int index, TF_DataType type, const std::vector<int64_t> &dims) {
    TF_Tensor *tensor = TF_AllocateOutput(context_, index, type, dims.data(), static_cast<int>(dims.size()),
                                          static_cast<size_t>(countOf(dims)) * TF_DataTypeSize(type), status_.get());
    check();
    return Tensor(tensor);
  }

  // The memory of an input that nobody else needs, or new memory. Ask before the input is taken hold of.
  Tensor outputOver(const std::vector<int> &inputs, int index, const std::vector<int64_t> &dims) {
    int forwarded = -1;
    TF_Tensor *tensor = TF_ForwardInputOrAllocateOutput(context_, inputs.data(), static_cast<int>(inputs.size()), index,
                                                        dims.data(), static_cast<int>(dims.size()), &forwarded,
                                                        status_.get());
    check();
    return Tensor(tensor);
  }

  void fail(const std::string &message) {
    if (failed_) return;
    TF_SetStatus(status_.get(), TF_INVALID_ARGUMENT, message.c_str());
    check();
  }

  int inputs() const { return TF_NumInputs(context_); }
  bool failed() const { return failed_; }

 private:
  void check() {
    if (failed_ || TF_GetCode(status_.get()) == TF_OK) return;
    failed_ = true;
    TF_OpKernelContext_Failure(context_, status_.get());
  }

  TF_OpKernelContext *context_;
  Status status_;
  bool failed_ = false;
};

// Attributes of the node that a kernel is made for.
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction *construction) : construction_(construction), status_(TF_NewStatus()) {}
  ~Attributes() {
    if (TF_GetCode(status_.get()) != TF_OK) TF_OpKernelConstruction_Failure(construction_, status_.get());
  }

  float real(const char *name) {
    float value = 0;
    TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status_.get());
    return value;
  }

  bool flag(const char *name) {
    TF_Bool value = 0;
    TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status_.get());
    return value != 0;
  }

  int32_t integer(const char *name) {
    int32_t value = 0;
    TF_OpKernelConstruction_GetAttrInt32(construction_, name, &value, status_.get());
    return value;
  }

  TF_DataType type(const char *name) {
    TF_DataType value = TF_FLOAT;
    TF_OpKernelConstruction_GetAttrType(construction_, name, &value, status_.get());
    return value;
  }

 private:
  TF_OpKernelConstruction *construction_;
  Status status_;
};

// Registers `Kernel` for one op on processors. A kernel is made from attributes and has compute(Call &).
template <typename Kernel>
void registerKernel(const char *op) {
  const Status status(TF_NewStatus());
  TF_KernelBuilder *builder = TF_NewKernelBuilder(
      op, "CPU",
      [](TF_OpKernelConstruction *construction) -> void * {
        Attributes attributes(construction);
        return new Kernel(attributes);
      },
      [](void *kernel, TF_OpKernelContext *context) {
        Call call(context);
        static_cast<Kernel *>(kernel)->compute(call);
      },
      [](void *kernel) { delete static_cast<Kernel *>(kernel); });
  TF_RegisterKernelBuilder(op, builder, status.get());
}

void registerNormalization();

}  // namespace skipwire
