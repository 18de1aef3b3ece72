// TensorFlow's C interface has no say in threads, so this file alone is written against its C++ headers.
#define EIGEN_USE_THREADS
#include "lentThreads.h"

#include "team.h"
#include "tensorflow/core/common_runtime/device_factory.h"
#include "tensorflow/core/framework/device.h"
#include "tensorflow/core/platform/threadpool.h"
#include "tensorflow/core/platform/threadpool_interface.h"
#include "tensorflow/core/public/session_options.h"

namespace skipwire {
namespace {

// oneDNN schedules the root of a tree that splits itself, and then sleeps until the last branch is done. Here the root runs at
// once, its branches go to the team, and all of it is done before there is anything to sleep for. Everything else goes where it
// went before.
class LentThreads : public tsl::thread::ThreadPoolInterface {
 public:
  LentThreads(Eigen::ThreadPoolInterface *own, int threads)
      : own_(own), threads_(threads), borrower_(std::this_thread::get_id()) {}

  void Schedule(std::function<void()> work) override { own_->Schedule(std::move(work)); }

  void ScheduleWithHint(std::function<void()> work, int start, int limit) override {
    Team &team = Team::instance();
    if (inside_) {
      team.offer([work = std::move(work)] { runInside(work); });
    } else if (start == 0 && limit == 1 && std::this_thread::get_id() == borrower_ && team.lead()) {
      runInside(work);
      team.finish();
    } else {
      own_->ScheduleWithHint(std::move(work), start, limit);
    }
  }

  int NumThreads() const override { return threads_; }

  // oneDNN asks this to know whether it is within a section already.
  int CurrentThreadId() const override { return inside_ ? 0 : own_->CurrentThreadId(); }

 private:
  static void runInside(const std::function<void()> &work) {
    const bool before = inside_;
    inside_ = true;
    work();
    inside_ = before;
  }

  static thread_local bool inside_;
  Eigen::ThreadPoolInterface *own_;
  int threads_;
  std::thread::id borrower_;
};

thread_local bool LentThreads::inside_ = false;

}  // namespace

void lendThreads() {
  // Every device of a process shares one pool, which is reached through any of them. It lives as long as the process.
  const tensorflow::SessionOptions options;
  static const auto device = tensorflow::DeviceFactory::NewDevice("CPU", options, "/job:localhost/replica:0/task:0");
  if (device == nullptr) return;
  auto *shared = const_cast<tensorflow::DeviceBase::CpuWorkerThreads *>(device->tensorflow_cpu_worker_threads());
  shared->workers = new tsl::thread::ThreadPool(new LentThreads(shared->workers->AsEigenThreadPool(), shared->num_threads));
}

}  // namespace skipwire
