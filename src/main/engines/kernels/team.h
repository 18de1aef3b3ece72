// Threads that share one piece of work at a time: the kernels' own, since TensorFlow does not lend its threads through its C interface.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace skipwire {

inline void relax() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

class Team {
 public:
  // Never freed: its threads wait until the process ends.
  static Team &instance() {
    static Team *team = new Team();
    return *team;
  }

  int members() const { return members_; }

  // Calls work(piece) for each piece below `count`, each once, on whatever thread is free; returns when all are done. While other
  // kernels hold the team, the calling thread does everything: what a piece computes must not depend on who does it.
  template <typename Work>
  void each(int64_t count, const Work &work) {
    if (count <= 1 || members_ == 1 || !busy_.try_lock()) {
      for (int64_t piece = 0; piece < count; piece++) work(piece);
      return;
    }
    work_ = &work;
    call_ = [](const void *given, int64_t piece) { (*static_cast<const Work *>(given))(piece); };
    count_ = count;
    next_.store(0);
    open_.store(true);
    call_in();
    take_pieces();
    // Whoever is inside has counted himself before he looked whether it is open.
    open_.store(false);
    for (int turn = 0; inside_.load() != 0; turn++) {
      if (turn < 2000) relax();
      else std::this_thread::yield();
    }
    busy_.unlock();
  }

 private:
  Team() {
    const char *wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int named = wanted == nullptr ? 0 : std::atoi(wanted);
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    members_ = named > 0 ? named : cores > 0 ? cores : 1;
    for (int helper = 1; helper < members_; helper++) std::thread([this] { help(); }).detach();
  }

  void call_in() {
    round_.fetch_add(1);
    if (asleep_.load() == 0) return;
    std::lock_guard<std::mutex> hold(mutex_);
    bell_.notify_all();
  }

  void take_pieces() {
    for (int64_t piece = next_.fetch_add(1); piece < count_; piece = next_.fetch_add(1)) call_(work_, piece);
  }

  void help() {
    uint64_t seen = 0;
    for (;;) {
      seen = wait_for(seen);
      inside_.fetch_add(1);
      if (open_.load()) take_pieces();
      inside_.fetch_sub(1);
    }
  }

  // Kernels come in pairs of passes, so the next call is often near; convolutions between them need the processor.
  uint64_t wait_for(uint64_t seen) {
    for (int turn = 0; turn < 400; turn++) {
      if (round_.load() != seen) return round_.load();
      relax();
    }
    std::unique_lock<std::mutex> hold(mutex_);
    asleep_.fetch_add(1);
    bell_.wait(hold, [&] { return round_.load() != seen; });
    asleep_.fetch_sub(1);
    return round_.load();
  }

  int members_ = 1;
  std::mutex busy_;
  const void *work_ = nullptr;
  void (*call_)(const void *, int64_t) = nullptr;
  int64_t count_ = 0;
  std::atomic<int64_t> next_{0};
  std::atomic<bool> open_{false};
  std::atomic<int> inside_{0};
  std::atomic<int> asleep_{0};
  std::atomic<uint64_t> round_{0};
  std::mutex mutex_;
  std::condition_variable bell_;
};

}  // namespace skipwire
