// The threads that share the work of one kernel: the one that runs it, and helpers that stay awake between kernels.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace skipwire {

inline void relax() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// As TensorFlow sets its own threads: numbers too small to be normal are zero, so who computes a piece does not show.
inline void flushDenormals() {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
  uint64_t control;
  asm volatile("mrs %0, fpcr" : "=r"(control));
  asm volatile("msr fpcr, %0" : : "r"(control | (uint64_t{1} << 24)));
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

  // Makes the calling thread the leader, until finish(). False while another leads, or where there is nobody to lead: then it
  // does everything itself.
  bool lead() { return members_ > 1 && !led_.exchange(true); }

  // A piece of work for whoever is free. Only from the leader, or from within a piece.
  void offer(std::function<void()> work) {
    unfinished_.fetch_add(1);
    for (Place &place : places_) {
      int empty = EMPTY;
      if (!place.state.compare_exchange_strong(empty, CLOSED)) continue;
      place.work = std::move(work);
      place.state.store(FILLED);
      waiting_.fetch_add(1);
      wake();
      return;
    }
    work();
    unfinished_.fetch_sub(1);
  }

  // The leader takes what nobody has begun, and returns when everything that was offered is done.
  void finish() {
    for (int turn = 0; unfinished_.load() != 0;) {
      if (waiting_.load() > 0 && take()) continue;
      if (++turn < 20000) relax();
      else std::this_thread::yield();
    }
    led_.store(false);
  }

  // Calls work(piece) for each piece below `count`, each once, on whatever thread is free; returns when all are done. What a piece
  // computes must not depend on who does it.
  template <typename Work>
  void each(int64_t count, const Work &work) {
    if (count <= 1 || !lead()) {
      for (int64_t piece = 0; piece < count; piece++) work(piece);
      return;
    }
    std::atomic<int64_t> next{0};
    const auto takePieces = [&] {
      for (int64_t piece = next.fetch_add(1); piece < count; piece = next.fetch_add(1)) work(piece);
    };
    const int64_t others = count - 1 < members_ - 1 ? count - 1 : members_ - 1;
    for (int64_t other = 0; other < others; other++) offer([&takePieces] { takePieces(); });
    takePieces();
    finish();
  }

 private:
  enum { EMPTY, CLOSED, FILLED };
  struct alignas(64) Place {
    std::atomic<int> state{EMPTY};
    std::function<void()> work;
  };

  Team() {
    const char *wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int named = wanted == nullptr ? 0 : std::atoi(wanted);
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    members_ = named > 0 ? named : cores > 0 ? cores : 1;
    for (int helper = 1; helper < members_; helper++) std::thread([this] { help(); }).detach();
  }

  bool take() {
    for (Place &place : places_) {
      int filled = FILLED;
      if (!place.state.compare_exchange_strong(filled, CLOSED)) continue;
      waiting_.fetch_sub(1);
      {
        const std::function<void()> work = std::move(place.work);
        place.work = nullptr;
        place.state.store(EMPTY);
        work();
      }
      unfinished_.fetch_sub(1);
      return true;
    }
    return false;
  }

  void wake() {
    if (asleep_.load() == 0) return;
    const std::lock_guard<std::mutex> hold(mutex_);
    bell_.notify_one();
  }

  void help() {
    flushDenormals();
    for (;;) {
      if (!wait()) sleep();
      take();
    }
  }

  // The next kernel comes within microseconds while a network is trained, and to be woken takes as long as many a kernel does.
  // Whoever else needs the core is let in between.
  bool wait() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(200);
    for (;;) {
      for (int turn = 0; turn < 256; turn++) {
        if (waiting_.load(std::memory_order_relaxed) > 0) return true;
        relax();
      }
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::yield();
    }
  }

  void sleep() {
    std::unique_lock<std::mutex> hold(mutex_);
    asleep_.fetch_add(1);
    bell_.wait(hold, [&] { return waiting_.load() > 0; });
    asleep_.fetch_sub(1);
  }

  int members_ = 1;
  std::array<Place, 64> places_;
  std::atomic<bool> led_{false};
  std::atomic<int> unfinished_{0};
  std::atomic<int> waiting_{0};
  std::atomic<int> asleep_{0};
  std::mutex mutex_;
  std::condition_variable bell_;
};

}  // namespace skipwire
